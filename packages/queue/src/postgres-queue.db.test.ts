import { createTestDatabase, describeJobQueueContract, quietLog, startTcpProxy } from '@maildesk/testkit'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { createGuardedPostgresBackend } from './guarded-postgres-backend.ts'
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

test('a connection that the server ends between two statements ends nobody', async () => {
  const database = await createTestDatabase()
  await migrateQueue(database.url)
  const { connection } = createGuardedPostgresBackend('guarded', {
    connection: { connectionString: database.url, schema: 'bullmq', max: 1 },
  } as never)
  const { pool } = connection as unknown as { readonly pool: pg.Pool }
  const client = await pool.connect()
  const ended = new Promise<void>((resolve) => {
    client.once('end', () => resolve())
  })
  await database.db.raw(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  await ended
  client.release(true)
  await pool.end()
  await database.drop()
})

test('says that the tables are missing, too old or too new, and what to do', async () => {
  const database = await createTestDatabase()
  const queue = openJobQueue({ redisUrl: undefined, databaseUrl: database.url })
  const missing = /missing; run: maildesk migrate/
  try {
    await expect(queue.probe()).rejects.toThrow(missing)
    await Promise.all([1, 2, 3].map(() => migrateQueue(database.url)))
    await queue.probe()

    // BullMQ asks for at least this major version of itself.
    await database.db.raw('UPDATE bullmq.migration SET min_client_version = 99')
    const tooNew = { code: 'queue.unsuitable', fields: { needs: 99 } }
    await expect(queue.probe()).rejects.toMatchObject(tooNew)
    await expect(migrateQueue(database.url)).rejects.toMatchObject(tooNew)

    await database.db.raw('UPDATE bullmq.migration SET min_client_version = 6, version = version - 1')
    await expect(queue.probe()).rejects.toThrow(/older maildesk; run: maildesk migrate/)

    await database.db.raw('DROP SCHEMA bullmq CASCADE')
    await expect(queue.probe()).rejects.toThrow(missing)
  } finally {
    await queue.close()
    await database.drop()
  }
})
