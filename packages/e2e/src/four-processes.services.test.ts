import {
  createTestDatabase,
  type DovecotServer,
  type RedisServer,
  type SmtpSink,
  startDovecot,
  startRedis,
  startSmtpSink,
  type TestDatabase,
} from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FourProcesses, startFourProcesses } from './four-processes.ts'
import { tellKillStory } from './kill-story.ts'
import { headerOf } from './sandbox-client.ts'

// Poller, two workers and API as processes of their own, on real Dovecot, Redis and PostgreSQL.

/** `MAILDESK_E2E_MAILS=1000` runs the full story; the seed is printed with it. */
const mails = Number(process.env.MAILDESK_E2E_MAILS ?? 300)
const seed = Number(process.env.MAILDESK_E2E_SEED ?? 1)
const support = 'support@example.com'

let database: TestDatabase
let dovecot: DovecotServer
let redis: RedisServer
let sink: SmtpSink
let desk: FourProcesses

beforeAll(async () => {
  database = await createTestDatabase()
  dovecot = await startDovecot()
  redis = await startRedis()
  sink = await startSmtpSink()
  desk = await startFourProcesses({
    database,
    redisUrl: redis.url,
    imap: { port: dovecot.imapPort, user: support, password: dovecot.password },
    smtpPort: sink.port,
  })
})
afterAll(async () => {
  await desk?.stop()
  await Promise.all([dovecot?.stop(), redis?.stop(), sink?.stop()])
  await database?.drop()
})

test(`${mails} mails, a third of them replies, and every process killed in turn: each filed once, in its ticket, acknowledged at most once (scenario 1)`, async () => {
  const told = await tellKillStory(database.db, desk, {
    mails,
    to: support,
    seed,
    pauseMs: 1500,
    rounds: 2,
    deliver: (mail) => dovecot.deliver(support, mail.raw, mail.from),
  })
  const conversations = mails - Math.floor(mails / 3)
  expect(told).toEqual({
    account: {
      ledgerRows: mails,
      filed: mails,
      messages: mails,
      tickets: conversations,
      lost: [],
      doubled: [],
      misthreaded: [],
    },
    kills: 8,
  })

  const acknowledged = sink.transactions.map(({ raw }) => headerOf(raw.toString(), 'In-Reply-To'))
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  expect(acknowledged.length).toBeLessThanOrEqual(conversations)
  // What was not acknowledged is known as uncertain: a worker died with the body on the wire.
  const uncertain = await database
    .db('outbound_emails')
    .where({ status: 'uncertain' })
    .count('* as all')
    .first()
  const sent = await database.db('outbound_emails').where({ status: 'sent' }).count('* as all').first()
  expect(Number(sent?.all) + Number(uncertain?.all)).toBe(conversations)
  expect(acknowledged.length).toBeGreaterThanOrEqual(Number(sent?.all))
}, 300_000)

test('the API answers that all is well once the storm is over', async () => {
  const response = await fetch(`${desk.apiUrl}/health/ready`)
  expect(response.status).toBe(200)
})
