import { Socket } from 'node:net'
import {
  createTestDatabase,
  describeJobQueueContract,
  quietLog,
  startTcpProxy,
  waitUntil,
} from '@maildesk/testkit'
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

test('a connection that the server ends in the breath it lets it in with is made anew and ends nobody', async () => {
  const database = await createTestDatabase()
  const goodbye = async () => {
    await database.db.raw(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
  }
  let opened = 0
  const backend = createGuardedPostgresBackend('guarded', {
    connection: {
      connectionString: database.url,
      stream: () => (opened++ === 0 ? socketOfOneBreath(goodbye) : new Socket()),
    },
  } as never)
  const { connection } = backend
  backend.on('error', () => undefined) // as BullMQ’s classes do
  try {
    await connection.getListenClient()
    await waitUntil(
      async () => {
        const client = await connection.getListenClient()
        return client.query('LISTEN ring').then(
          () => true,
          () => false,
        )
      },
      { what: 'a connection that lives' },
    )
    expect(opened).toBe(2)
  } finally {
    await connection.close()
    await database.drop()
  }
})

/** The first welcome of the server is kept back until its goodbye, and both are read in one piece. */
function socketOfOneBreath(whenWelcome: () => Promise<unknown>): Socket {
  const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1')
  const socket = new Socket()
  const pass = socket.emit.bind(socket)
  let kept: Buffer | undefined
  socket.emit = ((event: string, ...args: unknown[]) => {
    const [chunk] = args
    if (event !== 'data' || !(chunk instanceof Buffer)) return pass(event, ...args)
    if (!kept && chunk.subarray(-readyForQuery.length).equals(readyForQuery)) {
      kept = chunk
      void whenWelcome()
      return true
    }
    return pass(event, kept ? Buffer.concat([kept, chunk]) : chunk)
  }) as Socket['emit']
  return socket
}

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
