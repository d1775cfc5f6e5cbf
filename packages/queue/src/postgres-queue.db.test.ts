import { createTestDatabase, describeJobQueueContract, quietLog, startTcpProxy } from '@maildesk/testkit'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { migrateQueue, openJobQueue, runWorkers } from './index.ts'

const commandTimeoutMs = 2000
let databaseUrl: string

describeJobQueueContract('PostgreSQL', {
  commandTimeoutMs,
  async startServer() {
    const database = await createTestDatabase()
    await migrateQueue(database.url)
    const direct = new URL(database.url)
    const proxy = await startTcpProxy({ targetPort: Number(direct.port) })
    const proxied = new URL(database.url)
    proxied.hostname = '127.0.0.1'
    proxied.port = String(proxy.port)
    databaseUrl = proxied.href
    const name = direct.pathname.slice(1)

    const administer = async (statement: string) => {
      const admin = new pg.Client({ connectionString: inject('testPostgres').adminUrl })
      await admin.connect()
      await admin.query(statement).finally(() => admin.end())
    }
    const terminate = () =>
      administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
    return {
      freeze: async () => proxy.blackhole(true),
      thaw: async () => proxy.blackhole(false),
      async kill() {
        await administer(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`)
        await terminate()
      },
      revive: () => administer(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`),
      async cut() {
        await terminate()
        proxy.cut()
      },
      async forget() {
        const client = new pg.Client({ connectionString: database.url })
        await client.connect()
        await client.query('DELETE FROM bullmq.job').finally(() => client.end())
      },
      async stop() {
        await proxy.stop()
        await database.drop()
      },
    }
  },
  openDesk(prefix) {
    const settings = { redisUrl: undefined, databaseUrl, prefix, commandTimeoutMs }
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

test('says that the tables are missing, and how they come', async () => {
  const database = await createTestDatabase()
  const queue = openJobQueue({ redisUrl: undefined, databaseUrl: database.url })
  try {
    await expect(queue.probe()).rejects.toThrow(/maildesk migrate/)
    await Promise.all([1, 2, 3].map(() => migrateQueue(database.url)))
    await queue.probe()
  } finally {
    await queue.close()
    await database.drop()
  }
})
