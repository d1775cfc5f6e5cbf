import type { OutboundEmailId } from '@maildesk/core'
import { findOutboundEmail, listDueCopies, type MailboxRow } from '@maildesk/db'
import { createTestDatabase, type SmtpSink, startSmtpSink, type TestDatabase } from '@maildesk/testkit'
import { addMailbox, deskDeps, queueAgentReply, type TestDesk } from '@maildesk/testkit/desk-deps'
import { startSandboxMail } from '@maildesk/testkit/sandbox-mail'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { copySent } from './copy-sent.ts'
import { sendEmail } from './send-email.ts'

const address = 'support@sent.example'
let database: TestDatabase
let sink: SmtpSink
let imap: Awaited<ReturnType<typeof startSandboxMail>>
let desk: TestDesk
let mailbox: MailboxRow

beforeAll(async () => {
  database = await createTestDatabase()
  sink = await startSmtpSink()
  imap = await startSandboxMail('sent.example')
  desk = await deskDeps(database)
  mailbox = await addMailbox(desk, sink.port, { ...imap.accessOf(address), sent_folder: 'Sent' })
})
afterAll(async () => {
  await desk.close()
  await imap.stop()
  await sink.stop()
  await database.drop()
})
beforeEach(() => sink.clearScript())

const row = async (id: OutboundEmailId) =>
  (await findOutboundEmail(desk.db, id)) as NonNullable<Awaited<ReturnType<typeof findOutboundEmail>>>
const sentTo = (customer: string) =>
  sink.transactions.filter(({ recipients }) => recipients.includes(customer)).map(({ raw }) => raw)
const copiesOf = async (id: string) =>
  (await imap.mailsIn(address, 'Sent')).filter(({ raw }) => raw.includes(`Message-ID: <${id}>`))

test('what was sent is kept in the folder of sent mail, read, byte for byte, once', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  await sendEmail(desk, id)
  expect(desk.rings).toContainEqual({ name: 'copy-sent', id })
  expect((await listDueCopies(desk.db, 10)).map((due) => due.id)).toEqual([id])
  await Promise.all([copySent(desk, id), copySent(desk, id)])
  const { rfc822_id, copy_state } = await row(id)
  expect(copy_state).toBe('done')
  // A copy whose outcome was lost is asked for again, and found.
  await desk
    .db('outbound_emails')
    .where({ id })
    .update({ copy_state: 'pending', copy_next_at: desk.db.fn.now() })
  await copySent(desk, id)
  expect(await row(id)).toMatchObject({ copy_state: 'done', copy_error: null })
  const [copy, ...others] = await copiesOf(rfc822_id)
  expect(others).toEqual([])
  expect(copy?.flags).toContain('\\Seen')
  expect(copy?.raw.equals(sentTo(customer)[0] ?? Buffer.alloc(0))).toBe(true)
})

test('a copy that cannot be kept is tried again later, and the mail stays sent', async () => {
  const { id } = await queueAgentReply(desk, mailbox)
  await sendEmail(desk, id)
  await desk.db('mailboxes').where({ id: mailbox.id }).update({ imap_secret: 'wrong' })
  await copySent(desk, id)
  const { copy_next_at, ...after } = await row(id)
  expect(after).toMatchObject({ status: 'sent', copy_state: 'pending', copy_attempts: 1 })
  expect(after.copy_error).not.toBe('')
  expect(Math.round(((copy_next_at?.getTime() ?? 0) - Date.now()) / 60_000)).toBe(1)
  await desk.db('mailboxes').where({ id: mailbox.id }).update({ imap_secret: mailbox.imap_secret })
})

test('a mail of unknown fate that the server filed as sent was sent, and is not sent again', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  sink.script({ at: 'final', action: { drop: true } })
  await sendEmail(desk, id)
  const [raw] = sentTo(customer)
  await imap.put(address, 'Sent', raw ?? Buffer.alloc(0))
  await desk
    .db('outbound_emails')
    .where({ id })
    .update({ next_attempt_at: desk.db.fn.now(), data_started_at: new Date(Date.now() - 3_600_000) })
  await sendEmail(desk, id)
  const after = await row(id)
  expect(after).toMatchObject({ status: 'sent', next_attempt_at: null })
  const [event] = await desk.db('ticket_events').where({ outbound_email_id: id, type: 'reply_sent' })
  expect(event.data).toMatchObject({ proof: 'sent-copy' })
  await copySent(desk, id)
  expect(await copiesOf(after.rfc822_id)).toHaveLength(1)
  expect(sentTo(customer)).toHaveLength(1)
})

test('an acknowledgement leaves no copy', async () => {
  const { ticket } = await queueAgentReply(desk, mailbox)
  const { id } = await desk
    .db('outbound_emails')
    .where({ ticket_id: ticket.id, kind: 'acknowledgement' })
    .first()
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'sent', copy_state: 'none' })
})
