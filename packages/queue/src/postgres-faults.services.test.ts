import { randomUUID } from 'node:crypto'
import { type PostgresServer, quietLog, startPostgres, waitUntil } from '@maildesk/testkit'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { migrateQueue, openJobQueue, runWorkers } from './index.ts'
import { answeredOnce, healed, noteAnswers } from './testing/answers.ts'
import { spawnWorker } from './testing/spawn-worker.ts'

const commandTimeoutMs = 2000
const lockMs = 2000
const longTestMs = 120_000
const cuts = 5
/** Halts of the server, each while connections of the halt before are being made anew. */
const restarts = 3

let server: PostgresServer
let closing: Array<() => Promise<void>> = []

beforeAll(async () => {
  server = await startPostgres()
  await migrateQueue(server.url)
})
afterAll(() => server.stop())
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  closing = []
})

async function openDesk() {
  const settings = { redisUrl: undefined, databaseUrl: server.url, prefix: `t${randomUUID().slice(0, 8)}` }
  const seen = noteAnswers()
  const queue = openJobQueue({ ...settings, commandTimeoutMs })
  closing.push(() => queue.close())
  const workerSettings = {
    ...settings,
    commandTimeoutMs,
    lockMs,
    concurrency: { 'file-email': 4, 'send-email': 1, 'copy-sent': 1 },
  }
  return {
    queue,
    seen,
    workerSettings,
    async startWorkers() {
      const workers = await runWorkers(seen.handlers, workerSettings, quietLog)
      closing.push(() => workers.close())
    },
  }
}

async function inDatabase<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  return work(client).finally(() => client.end())
}

/** Ends the connection that listens for mails to file. */
const endListener = () =>
  inDatabase(async (client) => {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE '%-file-email' AND query LIKE '%LISTEN bullmq_jobs%'`,
    )
    return rowCount ?? 0
  })

test('the only ring after the listening connection was ended is answered', {
  timeout: longTestMs,
}, async () => {
  const { queue, seen, startWorkers } = await openDesk()
  await startWorkers()
  await healed(queue, seen.has)
  for (let cut = 0; cut < cuts; cut++) {
    await waitUntil(async () => (await endListener()) > 0, { what: 'a listening connection' })
    await answeredOnce(queue, seen.has)
  }
})

test('rings are answered after a server that restarted again and again', {
  timeout: longTestMs,
}, async () => {
  const { queue, seen, startWorkers } = await openDesk()
  await startWorkers()
  await healed(queue, seen.has)
  for (let restart = 0; restart < restarts; restart++) {
    await server.halt()
    await server.resume()
  }
  await healed(queue, seen.has)
  await answeredOnce(queue, seen.has)
})

test('a worker and a queue opened while there is no server work when it comes', {
  timeout: longTestMs,
}, async () => {
  await server.halt()
  const { queue, workerSettings } = await openDesk()
  const worker = await spawnWorker({ settings: workerSettings, holds: false, clockAheadMs: 0 })
  closing.push(() => worker.stop())
  await expect(queue.ring({ name: 'file-email', id: randomUUID() })).rejects.toMatchObject({
    code: 'queue.unavailable',
  })
  await waitUntil(() => worker.complaints().includes('made anew'), { what: 'a start that failed' })
  await server.resume()
  await healed(queue, (id) => worker.finished(id) > 0)
})

for (const { state, change, undo } of [
  {
    state: 'too new',
    change: 'UPDATE bullmq.migration SET min_client_version = 99',
    undo: 'UPDATE bullmq.migration SET min_client_version = 6',
  },
  {
    state: 'missing',
    change: 'ALTER SCHEMA bullmq RENAME TO elsewhere',
    undo: 'ALTER SCHEMA elsewhere RENAME TO bullmq',
  },
]) {
  test(`a worker lives on while the tables are ${state}, and works when they are right`, {
    timeout: longTestMs,
  }, async () => {
    // First: a queue that is open already does not look again.
    await inDatabase((client) => client.query(change))
    const { queue, workerSettings } = await openDesk()
    const worker = await spawnWorker({ settings: workerSettings, holds: false, clockAheadMs: 0 })
    closing.push(() => worker.stop())
    try {
      await waitUntil(() => worker.complaints().split('made anew').length > 6, {
        what: 'every start to fail twice',
      })
      await expect(queue.ring({ name: 'file-email', id: randomUUID() })).rejects.toMatchObject({
        code: 'queue.unavailable',
      })
    } finally {
      await inDatabase((client) => client.query(undo))
    }
    await healed(queue, (id) => worker.finished(id) > 0)
    expect(worker.isAlive()).toBe(true)
  })
}
