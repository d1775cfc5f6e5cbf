import type { InboundEmailId, JobHandlers, JobQueue, OutboundEmailId } from '@maildesk/core'
import { findInboundEmail, findOutboundEmail, type MailboxRow } from '@maildesk/db'
import { openJobQueue } from '@maildesk/queue'
import {
  anId,
  createTestDatabase,
  freePort,
  type SmtpSink,
  startSmtpSink,
  type TestDatabase,
} from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  deskDeps,
  queueAgentReply,
  rawMail,
  receiveMail,
  type TestDesk,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { copySent } from './copy-sent.ts'
import { fileEmail } from './file-email.ts'
import { sendEmail } from './send-email.ts'
import { sweep } from './sweep.ts'

let database: TestDatabase
let sink: SmtpSink
let desk: TestDesk
let mailbox: MailboxRow
const handlers: JobHandlers = {
  'file-email': (id) => fileEmail(desk, id as InboundEmailId),
  'send-email': (id) => sendEmail(desk, id as OutboundEmailId),
  'copy-sent': (id) => copySent(desk, id as OutboundEmailId),
}

beforeAll(async () => {
  database = await createTestDatabase()
  sink = await startSmtpSink()
})
afterAll(async () => {
  await sink.stop()
  await database.drop()
})
beforeEach(async () => {
  await database.db.raw('TRUNCATE inbound_emails, tickets, users, mailboxes CASCADE')
  await desk?.close()
  desk = await deskDeps(database)
  mailbox = await addMailbox(desk, sink.port)
})
afterAll(() => desk.close())

const aMail = () => receiveMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address }))
const inbound = (id: InboundEmailId) => findInboundEmail(desk.db, id)
const outbound = (id: OutboundEmailId) => findOutboundEmail(desk.db, id)
const overdue = (table: string, seconds: number) =>
  desk.db(table).update({ next_attempt_at: desk.db.raw(`now() - ? * interval '1 second'`, [seconds]) })

test('rings for what is due, and for nothing else', async () => {
  const due = await aMail()
  const later = await aMail()
  await desk
    .db('inbound_emails')
    .where({ id: later })
    .update({ next_attempt_at: new Date(Date.now() + 60_000) })
  const leased = await aMail()
  await desk
    .db('inbound_emails')
    .where({ id: leased })
    .update({ leased_until: new Date(Date.now() + 60_000) })
  const dead = await aMail()
  await desk
    .db('inbound_emails')
    .where({ id: dead })
    .update({ leased_until: new Date(Date.now() - 60_000) })
  const before = desk.rings.length
  expect(await sweep(desk, handlers, 0)).toEqual({ rung: 2, direct: 0, takenOver: 0 })
  expect(
    desk.rings
      .slice(before)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([due, dead].sort())
})

test('of a backlog that half as many doorbells wait for it rings for the longest overdue alone', async () => {
  const ids: string[] = []
  for (let index = 0; index < 21; index += 1) ids.push(await aMail())
  const [youngest] = ids
  await desk.db('inbound_emails').where({ id: youngest }).update({ next_attempt_at: desk.db.fn.now() })
  const rungWith = async (waiting: number) => {
    const countWaiting: JobQueue['countWaiting'] = async (name) => (name === 'file-email' ? waiting : 0)
    const before = desk.rings.length
    await sweep({ ...desk, jobs: { ...desk.jobs, countWaiting } }, handlers, 0)
    return desk.rings
      .slice(before)
      .map(({ id }) => id)
      .sort()
  }
  expect(await rungWith(11)).toEqual(ids.filter((id) => id !== youngest).sort())
  expect(await rungWith(10)).toEqual([...ids].sort())
  const lease = { leased_until: new Date(Date.now() + 60_000) }
  await desk.db('inbound_emails').where({ id: ids[0] }).update(lease)
  expect(await rungWith(500)).toHaveLength(20)
})

test('a ring that never came after the commit is made up for', async () => {
  const { id } = await queueAgentReply(desk, mailbox)
  const before = desk.rings.length
  await sweep(desk, handlers, 0)
  expect(desk.rings.slice(before)).toContainEqual(expect.objectContaining({ name: 'send-email', id }))
})

test('takes over what a dead worker was sending, and rings for it in the same sweep', async () => {
  const { id } = await queueAgentReply(desk, mailbox)
  await desk
    .db('outbound_emails')
    .where({ id })
    .update({ status: 'sending', lease_token: anId(), leased_until: new Date(Date.now() - 1000) })
  const before = desk.rings.length
  expect(await sweep(desk, handlers, 0)).toMatchObject({ takenOver: 1 })
  expect(desk.rings.slice(before)).toContainEqual(expect.objectContaining({ name: 'send-email', id }))
  await sendEmail(desk, id)
  expect(await outbound(id)).toMatchObject({ status: 'sent' })
})

test('works without the queue while the queue is away', async () => {
  const id = await aMail()
  const { id: reply } = await queueAgentReply(desk, mailbox)
  const away = openJobQueue({
    redisUrl: `redis://127.0.0.1:${await freePort()}`,
    databaseUrl: '',
    commandTimeoutMs: 200,
  })
  try {
    const swept = await sweep({ ...desk, jobs: away }, handlers, 0)
    expect(swept).toMatchObject({ rung: 0, direct: 3 })
  } finally {
    await away.close()
  }
  expect(await inbound(id)).toMatchObject({ status: 'filed' })
  expect(await outbound(reply)).toMatchObject({ status: 'sent' })
})

test('works without the queue when rings are taken but answered by nobody', async () => {
  const id = await aMail()
  await overdue('inbound_emails', 60)
  expect(await sweep(desk, handlers, 5_000)).toMatchObject({ rung: 1, direct: 0 })
  expect(await sweep(desk, handlers, 60_000)).toMatchObject({ rung: 1, direct: 1 })
  expect(await inbound(id)).toMatchObject({ status: 'filed' })
})

test('one row that fails does not keep the sweep from the others', async () => {
  const [bad, good] = [await aMail(), await aMail()]
  await overdue('inbound_emails', 60)
  const failing: JobHandlers = {
    ...handlers,
    'file-email': (id) =>
      id === bad ? Promise.reject(new Error('as the test wants it')) : handlers['file-email'](id),
  }
  await sweep({ ...desk, log: { ...desk.log, error: () => {} } }, failing, 60_000)
  expect(await inbound(good)).toMatchObject({ status: 'filed' })
})

test('many sweepers at once do everything once', async () => {
  const ids = [await aMail(), await aMail(), await aMail()]
  await overdue('inbound_emails', 60)
  await Promise.all([1, 2, 3].map(() => sweep(desk, handlers, 60_000)))
  expect(await desk.db('messages').whereIn('inbound_email_id', ids)).toHaveLength(3)
})

test('leaves the mails of a paused mailbox alone', async () => {
  await queueAgentReply(desk, mailbox)
  await desk.db('mailboxes').where({ id: mailbox.id }).update({ smtp_paused_reason: '535 no' })
  expect(await sweep(desk, handlers, 0)).toMatchObject({ rung: 0 })
})
