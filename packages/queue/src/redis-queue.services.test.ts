import { describeJobQueueContract, quietLog, type RedisServer, startRedis } from '@maildesk/testkit'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { openJobQueue, runWorkers } from './index.ts'

const commandTimeoutMs = 2000
let redis: RedisServer

describeJobQueueContract('Redis', {
  commandTimeoutMs,
  async startServer() {
    redis = await startRedis()
    return {
      freeze: () => redis.kill('SIGSTOP'),
      thaw: () => redis.kill('SIGCONT'),
      kill: () => redis.kill('SIGKILL'),
      revive: () => redis.restart(),
      async cut() {
        const admin = new Redis(redis.url)
        await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        await admin.quit()
      },
      forget: () => redis.flushAll(),
      stop: () => redis.stop(),
    }
  },
  openDesk(prefix) {
    const settings = { redisUrl: redis.url, databaseUrl: '', prefix, commandTimeoutMs }
    return {
      openQueue: () => openJobQueue(settings),
      startWorkers: (handlers, each) =>
        runWorkers(
          handlers,
          {
            ...settings,
            concurrency: { 'file-email': each, 'send-email': each, 'copy-sent': each },
            lockMs: 2000,
          },
          quietLog,
        ),
    }
  },
})

test('refuses a Redis that may throw jobs away', async () => {
  const unfit = await startRedis({ maxmemoryPolicy: 'allkeys-lru' })
  const queue = openJobQueue({ redisUrl: unfit.url, databaseUrl: '' })
  try {
    await expect(queue.probe()).rejects.toMatchObject({
      code: 'queue.unsuitable',
      fields: { policy: 'allkeys-lru' },
    })
  } finally {
    await queue.close()
    await unfit.stop()
  }
})
