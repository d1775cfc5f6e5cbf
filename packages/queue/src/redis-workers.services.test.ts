import { describeQueueProcesses, startRedis } from '@maildesk/testkit'
import { openJobQueue } from './index.ts'
import { spawnWorker } from './testing/spawn-worker.ts'

const lockMs = 1000
const concurrency = 4
let redisUrl: string

describeQueueProcesses('Redis', {
  lockMs,
  concurrency,
  clocksMatter: false,
  async startServer() {
    const redis = await startRedis()
    redisUrl = redis.url
    return redis
  },
  openDesk(prefix) {
    const settings = { redisUrl, databaseUrl: '', prefix }
    return {
      openQueue: () => openJobQueue(settings),
      spawnWorker: ({ holds = false, clockAheadMs = 0 } = {}) =>
        spawnWorker({
          settings: {
            ...settings,
            lockMs,
            concurrency: { 'file-email': concurrency, 'send-email': concurrency, 'copy-sent': 1 },
          },
          holds,
          clockAheadMs,
        }),
    }
  },
})
