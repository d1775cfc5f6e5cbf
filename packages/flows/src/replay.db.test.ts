import type { InboundEmailId, OutboundEmailId } from '@maildesk/core'
import { findOutboundEmail, type MailboxRow } from '@maildesk/db'
import { anId, createTestDatabase, type SmtpSink, startSmtpSink, type TestDatabase } from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  deskDeps,
  fileMail,
  queueAgentReply,
  rawMail,
  receiveMail,
  type TestDesk,
  withParsed,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fileEmail } from './file-email.ts'
import { replayInbound, retryOutbound } from './replay.ts'
import { sendEmail } from './send-email.ts'

let database: TestDatabase
let sink: SmtpSink
let desk: TestDesk
let mailbox: MailboxRow

beforeAll(async () => {
  database = await createTestDatabase()
  sink = await startSmtpSink()
  desk = await deskDeps(database)
})
afterAll(async () => {
  await desk.close()
  await sink.stop()
  await database.drop()
})
beforeEach(async () => {
  sink.clearScript()
  mailbox = await addMailbox(desk, sink.port)
})

const file = (fields: Record<string, string> = {}) =>
  fileMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address, ...fields }))
/** Everything a ticket holds, to compare. */
const all = async (ticketId: string | null) =>
  Promise.all(
    ['tickets', 'messages', 'attachments', 'ticket_events', 'outbound_emails'].map((table) =>
      desk
        .db(table)
        .where(table === 'tickets' ? { id: ticketId } : { ticket_id: ticketId })
        .orderBy('id'),
    ),
  )

test('replaying a filed mail changes nothing', async () => {
  const row = await file()
  const before = await all(row.ticket_id)
  expect(await replayInbound(desk, row.id)).toEqual(row)
  await fileEmail(desk, row.id)
  expect(await all(row.ticket_id)).toEqual(before)
})

test('replaying a recorded bounce does not record it twice', async () => {
  const { id, ticket } = await queueAgentReply(desk, mailbox)
  const { composed } = await desk.db('outbound_emails').where({ id }).first()
  const row = await file({
    From: 'mailer-daemon@mx.example',
    To: composed.replyTo.address,
    'X-Failed-Recipients': 'ada@person.example',
  })
  expect(row).toMatchObject({ outcome: 'bounce_recorded', ticket_id: ticket.id })
  await replayInbound(desk, row.id)
  await fileEmail(desk, row.id)
  expect(await desk.db('ticket_events').where({ inbound_email_id: row.id })).toHaveLength(1)
})

test('a filed mail whose ticket was deleted can be filed anew', async () => {
  const row = await file()
  await desk.db('tickets').where({ id: row.ticket_id }).delete()
  await replayInbound(desk, row.id)
  await fileEmail(desk, row.id)
  expect(await desk.db('messages').where({ inbound_email_id: row.id })).toHaveLength(1)
})

test('a quarantined mail is filed by a replay, with its starts counted anew', async () => {
  const ada = aPerson()
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  await fileEmail(
    withParsed(desk, { ok: false, failure: 'limit-exceeded', detail: 'as the test wants it' }),
    id,
  )
  const row = await replayInbound(desk, id)
  expect(row).toMatchObject({ status: 'received', outcome: null, attempts: 0 })
  expect(desk.rings.at(-1)).toEqual({ name: 'file-email', id })
  await fileEmail(desk, id)
  expect(await desk.db('inbound_emails').where({ id }).first()).toMatchObject({
    status: 'filed',
    outcome: 'new_ticket',
    attempts: 1,
  })
})

test('replays at the same time file a mail once', async () => {
  const id = await receiveMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address }))
  await fileEmail(withParsed(desk, { ok: false, failure: 'unparseable', detail: '' }), id)
  await Promise.all(
    [1, 2, 3].map(async () => {
      await replayInbound(desk, id)
      await fileEmail(desk, id)
    }),
  )
  expect(await desk.db('messages').where({ inbound_email_id: id })).toHaveLength(1)
})

test('a replay of what is not there says so', async () => {
  await expect(replayInbound(desk, anId<InboundEmailId>())).rejects.toMatchObject({
    code: 'request.not-found',
  })
  await expect(retryOutbound(desk, anId<OutboundEmailId>())).rejects.toMatchObject({
    code: 'request.not-found',
  })
})

test('a failed reply is sent by a retry, and the ticket says who was refused and that it was tried again', async () => {
  const { id } = await queueAgentReply(desk, mailbox)
  sink.script({ at: 'rcpt', action: { reply: '550 5.1.1 nobody' } })
  await sendEmail(desk, id)
  expect(await retryOutbound(desk, id)).toMatchObject({ status: 'queued', attempts: 0 })
  expect(desk.rings.at(-1)).toEqual({ name: 'send-email', id })
  await sendEmail(desk, id)
  expect(await findOutboundEmail(desk.db, id)).toMatchObject({ status: 'sent' })
  expect(await desk.db('ticket_events').where({ outbound_email_id: id }).orderBy('id').pluck('type')).toEqual(
    ['reply_queued', 'reply_failed', 'retry_requested', 'reply_sent'],
  )
})

test.each(['queued', 'sending', 'sent'] as const)('a retry of what is %s is refused', async (status) => {
  const { id } = await queueAgentReply(desk, mailbox)
  await desk
    .db('outbound_emails')
    .where({ id })
    .update({ status, lease_token: status === 'sending' ? anId() : null })
  await expect(retryOutbound(desk, id)).rejects.toMatchObject({
    code: 'request.conflict',
    fields: { status },
  })
})

test('of two retries at once one is refused', async () => {
  const { id } = await queueAgentReply(desk, mailbox)
  await desk.db('outbound_emails').where({ id }).update({ status: 'uncertain', next_attempt_at: null })
  const outcomes = await Promise.allSettled([retryOutbound(desk, id), retryOutbound(desk, id)])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})
