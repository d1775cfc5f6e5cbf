import { setTimeout as sleep } from 'node:timers/promises'
import {
  createTestDatabase,
  type DovecotServer,
  freePort,
  type RedisServer,
  type SmtpSink,
  startDovecot,
  startRedis,
  startSmtpSink,
  startTcpProxy,
  type TcpProxy,
  type TestDatabase,
} from '@maildesk/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MadeMail, makeConversations } from './conversations.ts'
import { type FourProcesses, startFourProcesses } from './four-processes.ts'
import { makeAdminToken, settle, waitForHealth } from './real-desk.ts'
import { type ApiAccess, callApi, listTickets } from './sandbox-client.ts'

// Servers that are away at the start or go away in the middle: said aloud, and healed without a restart.

const fine = { lost: [], doubled: [], misthreaded: [] }
/** Pause between two deliveries of a stream, milliseconds: long enough that a cut falls into its middle. */
const betweenMailsMs = 60

let dovecot: DovecotServer
let sink: SmtpSink
beforeAll(async () => {
  dovecot = await startDovecot({
    users: {
      'db@example.com': 'a password',
      'redis@example.com': 'a password',
      'lru@example.com': 'a password',
    },
  })
  sink = await startSmtpSink()
})
afterAll(async () => {
  await Promise.all([dovecot?.stop(), sink?.stop()])
})

function start(database: TestDatabase, user: string, redisUrl: string | undefined, settings = {}) {
  const imap = { port: dovecot.imapPort, user, password: 'a password' }
  return startFourProcesses({ database, redisUrl, imap, smtpPort: sink.port }, settings)
}

async function deliverAll(user: string, mails: readonly MadeMail[]): Promise<void> {
  for (const { raw, from } of mails) {
    await dovecot.deliver(user, raw, from)
    await sleep(betweenMailsMs)
  }
}

describe('PostgreSQL', () => {
  const user = 'db@example.com'
  let database: TestDatabase
  let proxy: TcpProxy | undefined
  let desk: FourProcesses
  let proxyPort: number
  const mails: MadeMail[] = []
  beforeAll(async () => {
    database = await createTestDatabase()
    proxyPort = await freePort()
    const url = new URL(database.url)
    url.port = String(proxyPort)
    // The queue lies in PostgreSQL too: everything is away at once.
    desk = await start(database, user, undefined, { DATABASE_URL: url.href })
  })
  afterAll(async () => {
    await desk?.stop()
    await proxy?.stop()
    await database?.drop()
  })

  test('away at the start: all processes stay and say so, and when it is there mail is filed without a restart', async () => {
    await Promise.all(desk.all.map((each) => each.waitForLog('"msg":"ready"')))
    const red = await waitForHealth(desk.apiUrl, 'red', ({ status }) => status === 503)
    expect(Object.keys(red.down)).toContain('database')
    expect(red.down.database).toMatch(/connect|ECONNREFUSED|unavailable/)
    expect((await fetch(`${desk.apiUrl}/health/live`)).status).toBe(200)
    await desk.poller.waitForLog('list of mailboxes cannot be read')
    await Promise.all(desk.workers.map((each) => each.waitForLog('server does not answer, waiting')))
    mails.push(...makeConversations(3, user, 1, new Date()))
    await deliverAll(user, mails)

    proxy = await startTcpProxy({ targetPort: Number(new URL(database.url).port), port: proxyPort })
    expect(await settle(database.db, desk, mails)).toEqual(fine)
    await waitForHealth(desk.apiUrl, 'good', ({ status }) => status === 200)
    expect(desk.all.map((each) => each.isRunning())).toEqual([true, true, true, true])
  })

  test('cut, and silent for some seconds, in the middle of a stream of mails: each is filed once', async () => {
    const stream = makeConversations(60, user, 2, new Date())
    mails.push(...stream)
    const delivering = deliverAll(user, stream)
    for (let cut = 0; cut < 5; cut += 1) {
      await sleep(400)
      proxy?.cut()
    }
    proxy?.blackhole(true)
    await sleep(3000)
    proxy?.blackhole(false)
    await delivering
    expect(await settle(database.db, desk, mails)).toEqual(fine)
    await waitForHealth(desk.apiUrl, 'good', ({ status }) => status === 200)
    expect(desk.all.map((each) => each.isRunning())).toEqual([true, true, true, true])
  })
})

describe('Redis', () => {
  const user = 'redis@example.com'
  let database: TestDatabase
  let redis: RedisServer
  let desk: FourProcesses
  let api: ApiAccess
  const mails: MadeMail[] = []
  beforeAll(async () => {
    database = await createTestDatabase()
    redis = await startRedis()
    await redis.kill('SIGKILL')
    desk = await start(database, user, redis.url)
    api = { api_url: desk.apiUrl, admin_token: await makeAdminToken(database.db) }
  })
  afterAll(async () => {
    await desk?.stop()
    await redis?.stop()
    await database?.drop()
  })

  /** Posting an answer must not wait for the queue, which is given up after this; milliseconds. */
  const queueTimeoutMs = 2000

  async function reply(): Promise<number> {
    const [ticket] = await listTickets(api)
    const startedAt = performance.now()
    const { status } = await callApi(api, 'POST', `/tickets/${ticket?.id}/messages`, {
      message_text: 'We are looking into it.',
      is_internal: false,
      attachment_ids: [],
    })
    expect(status).toBe(201)
    return performance.now() - startedAt
  }

  async function deliver(count: number, seed: number): Promise<void> {
    const stream = makeConversations(count, user, seed, new Date())
    mails.push(...stream)
    await deliverAll(user, stream)
  }

  test('away at the start: mail is filed and answered all the same, and health says what is missing', async () => {
    await Promise.all(desk.all.map((each) => each.waitForLog('"msg":"ready"')))
    const red = await waitForHealth(desk.apiUrl, 'red', ({ status }) => status === 503)
    expect(Object.keys(red.down)).toEqual(['queue'])
    expect(red.down.queue).toMatch(/^queue\.unavailable/)
    await deliver(3, 3)
    expect(await settle(database.db, desk, mails)).toEqual(fine)
    expect(await reply()).toBeLessThan(queueTimeoutMs)
    expect(await settle(database.db, desk, mails)).toEqual(fine)
  })

  test('there at last: health turns good, and the queue is used', async () => {
    await redis.restart()
    await waitForHealth(desk.apiUrl, 'good', ({ status }) => status === 200)
    await deliver(3, 4)
    expect(await settle(database.db, desk, mails)).toEqual(fine)
  })

  test('killed, emptied and back in the middle of a stream: each mail is filed once, and replies are taken meanwhile', async () => {
    const delivering = deliver(60, 5)
    await sleep(1000)
    await redis.flushAll()
    await sleep(500)
    await redis.kill('SIGKILL')
    expect(await reply()).toBeLessThan(queueTimeoutMs)
    await waitForHealth(desk.apiUrl, 'red', ({ down }) => 'queue' in down)
    await redis.restart()
    await delivering
    expect(await settle(database.db, desk, mails)).toEqual(fine)
    await waitForHealth(desk.apiUrl, 'good', ({ status }) => status === 200)
    expect(desk.all.map((each) => each.isRunning())).toEqual([true, true, true, true])
  })
})

test('a Redis that may throw jobs away is refused aloud, and mail is filed without it', async () => {
  const database = await createTestDatabase()
  const redis = await startRedis({ maxmemoryPolicy: 'allkeys-lru' })
  const desk = await start(database, 'lru@example.com', redis.url)
  try {
    const red = await waitForHealth(desk.apiUrl, 'red', ({ down }) => 'queue' in down)
    expect(red.down.queue).toMatch(/^queue\.unsuitable: .*allkeys-lru.*noeviction/)
    await desk.workers[0].waitForLog('queue.unsuitable: Redis has maxmemory-policy allkeys-lru')
    const mails = makeConversations(3, 'lru@example.com', 6, new Date())
    await deliverAll('lru@example.com', mails)
    expect(await settle(database.db, desk, mails)).toEqual(fine)
  } finally {
    await desk.stop()
    await redis.stop()
    await database.drop()
  }
})
