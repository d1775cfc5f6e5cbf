import type { MailboxRow } from '@maildesk/db'
import { createTestDatabase, type SmtpSink, startSmtpSink, type TestDatabase } from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  deskDeps,
  fileMail,
  queueAgentReply,
  rawMail,
  type TestDesk,
  withSettings,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordRestore } from './record-restore.ts'
import { sendEmail } from './send-email.ts'

let database: TestDatabase
let sink: SmtpSink
let desk: TestDesk
let mailbox: MailboxRow

beforeAll(async () => {
  database = await createTestDatabase()
  sink = await startSmtpSink()
  desk = await deskDeps(database)
  mailbox = await addMailbox(desk, sink.port)
})
afterAll(async () => {
  await desk?.close()
  await sink?.stop()
  await database?.drop()
})

const fileNew = () => fileMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address }))
const outboundOf = (ticket_id: string | null) => desk.db('outbound_emails').where({ ticket_id })
const now = () => new Date()

test('what waited in the backup is doubted, not sent; what was not due then leaves as it should', async () => {
  const before = await fileNew()
  const reply = await queueAgentReply(desk, mailbox)
  const later = await queueAgentReply(desk, mailbox)
  await desk
    .db('outbound_emails')
    .where({ id: later.id })
    .update({ next_attempt_at: desk.db.raw("now() + interval '1 hour'") })

  const { maybeSent } = await recordRestore(desk, { workedUntil: now(), skipNumbers: 100 })
  // Two acknowledgements of the tickets that were answered, one of the first, and one reply.
  expect(maybeSent).toBe(4)
  const impatient = withSettings(desk, { uncertainWaitMs: 0 })
  for (const { id } of await desk.db('outbound_emails').select('id')) await sendEmail(impatient, id)
  expect(sink.transactions).toEqual([])
  expect(await outboundOf(before.ticket_id)).toMatchObject([{ kind: 'acknowledgement', status: 'failed' }])
  const replyRow = (id: string) => desk.db('outbound_emails').where({ id }).first()
  expect(await replyRow(reply.id)).toMatchObject({ status: 'uncertain', next_attempt_at: null })
  expect(await replyRow(later.id)).toMatchObject({ status: 'queued' })
  const types = await desk
    .db('ticket_events')
    .where({ outbound_email_id: reply.id })
    .orderBy('created_at')
    .pluck('type')
  expect(types).toEqual(expect.arrayContaining(['reply_doubted', 'reply_needs_decision']))
})

test('mail from before is filed without an automatic answer, mail from after is answered', async () => {
  await recordRestore(desk, { workedUntil: now(), skipNumbers: 1 })
  await desk.db('restores').update({ worked_until: desk.db.raw("now() + interval '1 minute'") })
  const old = await fileNew()
  expect(await outboundOf(old.ticket_id)).toEqual([])
  expect(
    await desk.db('ticket_events').where({ ticket_id: old.ticket_id, type: 'acknowledgement_withheld' }),
  ).toMatchObject([{ data: { reason: 'restored' } }])
  await desk.db('restores').update({ worked_until: desk.db.raw("now() - interval '1 minute'") })
  const fresh = await fileNew()
  expect(await outboundOf(fresh.ticket_id)).toMatchObject([{ kind: 'acknowledgement', status: 'queued' }])
})

test('numbers that the lost desk may have told are given to no other ticket', async () => {
  const numberOf = async ({ ticket_id }: { ticket_id: string | null }) =>
    Number((await desk.db('tickets').where({ id: ticket_id }).first()).number)
  const before = await numberOf(await fileNew())
  const { lastSkippedNumber } = await recordRestore(desk, { workedUntil: now(), skipNumbers: 1000 })
  expect(Number(lastSkippedNumber)).toBe(before + 1000)
  expect(await numberOf(await fileNew())).toBe(before + 1001)
})

test('a time to come is refused', async () => {
  const workedUntil = new Date(Date.now() + 60_000)
  await expect(recordRestore(desk, { workedUntil, skipNumbers: 1 })).rejects.toMatchObject({
    code: 'request.invalid',
  })
})
