import { createTestDatabase, describeQueueProcesses } from '@maildesk/testkit'
import { migrateQueue, openJobQueue } from './index.ts'
import { spawnWorker } from './testing/spawn-worker.ts'

const lockMs = 1000
const concurrency = 4
let databaseUrl: string

describeQueueProcesses('PostgreSQL', {
  lockMs,
  concurrency,
  clocksMatter: true,
  async startServer() {
    const database = await createTestDatabase()
    await migrateQueue(database.url)
    databaseUrl = database.url
    return { stop: () => database.drop() }
  },
  openDesk(prefix) {
    const settings = { redisUrl: undefined, databaseUrl, prefix }
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
