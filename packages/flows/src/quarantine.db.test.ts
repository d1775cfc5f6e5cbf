import type { InboundDecision, InboundEmailId } from '@maildesk/core'
import { tellDecision } from '@maildesk/core'
import {
  blockSender,
  findInboundEmail,
  insertInboundRule,
  inTransaction,
  type MailboxRow,
} from '@maildesk/db'
import { anId, createTestDatabase, seedUser, type TestDatabase } from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  deskDeps,
  fileMail,
  rawMail,
  type TestDesk,
  withParsed,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fileEmail } from './file-email.ts'
import { discardInbound, releaseInbound } from './judge-inbound.ts'

let database: TestDatabase
let desk: TestDesk
let mailbox: MailboxRow

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await deskDeps(database)
})
afterAll(async () => {
  await desk?.close()
  await database?.drop()
})
beforeEach(async () => {
  mailbox = await addMailbox(desk, 25)
})

const file = (fields: Record<string, string> = {}, on = desk) =>
  fileMail(on, mailbox, rawMail({ From: aPerson(), To: mailbox.address, ...fields }))
const byNobody = { actorId: null, note: null }
const release = async (id: InboundEmailId, more: Partial<Parameters<typeof releaseInbound>[2]> = {}) => {
  await releaseInbound(desk, id, { ...byNobody, ticketId: null, ...more })
  await fileEmail(desk, id)
  return findInboundEmail(desk.db, id)
}
const block = (entry: string) =>
  inTransaction(desk.db, (tx) => blockSender(tx, { id: anId(), entry, reason: '', createdById: null }))
const hold = (word: string, value: string) =>
  inTransaction(desk.db, (tx) =>
    insertInboundRule(tx, anId(), {
      name: `hold ${word}`,
      isActive: true,
      mailboxId: mailbox.id,
      match: 'all',
      conditions: [{ field: 'subject', operator: 'contains', value }],
      actions: { quarantine: word, tags: ['seen'] },
      stop: false,
    }),
  )

test('mail of a blocked domain is held, counted, and filed once when a person releases it', async () => {
  const agent = await seedUser(desk.db, { role: 'provider' })
  await block('spam.example')
  const row = await file({ From: 'eve@mx.spam.example' })
  expect(row).toMatchObject({ status: 'quarantined', reason: 'blocked-sender', ticket_id: null })
  expect(await desk.db('blocked_senders').where({ entry: 'spam.example' }).first()).toMatchObject({
    hits: '1',
    last_hit_at: expect.any(Date),
  })
  const say = { actorId: agent.id, note: 'a customer after all', ticketId: null }
  await Promise.all([releaseInbound(desk, row.id, say), releaseInbound(desk, row.id, say)])
  await Promise.all([fileEmail(desk, row.id), fileEmail(desk, row.id)])
  expect(await releaseInbound(desk, row.id, say)).toMatchObject({
    outcome: 'new_ticket',
    judgement: 'released',
  })
  const events = await desk.db('ticket_events').where({ inbound_email_id: row.id, type: 'inbound_released' })
  expect(events).toMatchObject([
    { actor_id: agent.id, data: { held_for: ['blocked-sender'], note: 'a customer after all' } },
  ])
  const { decision } = (await findInboundEmail(desk.db, row.id)) ?? {}
  expect(tellDecision(decision as InboundDecision)).toContain('released by a person from: blocked-sender')
})

test('a mail that two rules hold is released from each, and then does what else they want', async () => {
  await hold('first', 'engine')
  await hold('second', 'stuck')
  const row = await file({ Subject: 'engine stuck' })
  expect(row).toMatchObject({ outcome: 'quarantined', reason: 'rule:first' })
  expect(await release(row.id)).toMatchObject({ outcome: 'quarantined', reason: 'rule:second' })
  const released = await release(row.id)
  expect(released).toMatchObject({ outcome: 'new_ticket', waived_reasons: ['rule:first', 'rule:second'] })
  expect(await desk.db('tickets').where({ id: released?.ticket_id }).first()).toMatchObject({
    tags: ['seen'],
  })
})

test('a mail is released into the ticket that a person names, or into what that was merged into', async () => {
  const into = await file()
  const merged = await file()
  await desk
    .db('tickets')
    .where({ id: merged.ticket_id })
    .update({ merged_into_id: into.ticket_id, merged_at: new Date() })
  const row = await file({ 'Auto-Submitted': 'auto-replied' })
  expect(row).toMatchObject({ reason: 'auto-reply-without-ticket' })
  expect(await release(row.id, { ticketId: merged.ticket_id })).toMatchObject({
    outcome: 'appended',
    ticket_id: into.ticket_id,
  })
  expect(await desk.db('messages').where({ inbound_email_id: row.id })).toMatchObject([
    { is_unverified: true, is_automatic: true },
  ])
})

test('a discarded mail is kept, its sender blocked if wanted, and it can still be released', async () => {
  const From = aPerson()
  await hold('spam', 'winner')
  const row = await file({ From, Subject: 'winner' })
  for (const blocks of [false, true])
    await discardInbound(desk, row.id, { ...byNobody, note: 'spam', blockSender: blocks })
  expect(await findInboundEmail(desk.db, row.id)).toMatchObject({
    status: 'filed',
    outcome: 'ignored_by_rule',
    reason: 'rule:spam',
    judgement: 'discarded',
    raw_key: row.raw_key,
  })
  expect(await desk.db('blocked_senders').where({ entry: From })).toHaveLength(1)
  expect(await file({ From })).toMatchObject({ reason: 'blocked-sender' })
  expect(await release(row.id)).toMatchObject({ outcome: 'quarantined', reason: 'blocked-sender' })
  expect(await release(row.id)).toMatchObject({ outcome: 'new_ticket' })
})

test('what is not held, or names nobody, is refused; a dead letter is tried again', async () => {
  const filed = await file()
  const refused = { code: 'request.conflict' }
  await expect(releaseInbound(desk, filed.id, { ...byNobody, ticketId: null })).rejects.toMatchObject(refused)
  await expect(discardInbound(desk, filed.id, { ...byNobody, blockSender: false })).rejects.toMatchObject(
    refused,
  )
  const nobody = await file({ From: 'undisclosed' })
  expect(nobody).toMatchObject({ reason: 'no-sender' })
  await expect(releaseInbound(desk, nobody.id, { ...byNobody, ticketId: null })).rejects.toMatchObject(
    refused,
  )
  await expect(discardInbound(desk, nobody.id, { ...byNobody, blockSender: true })).rejects.toMatchObject(
    refused,
  )
  const broken = withParsed(desk, { ok: false, failure: 'unparseable', detail: 'x' })
  const dead = await file({}, broken)
  expect(dead).toMatchObject({ outcome: 'dead_letter', reason: 'unparseable' })
  expect(await release(dead.id)).toMatchObject({ outcome: 'new_ticket' })
})

test('a mail too large to be kept becomes a ticket that says so', async () => {
  const id = (await file()).id
  await desk.db('messages').where({ inbound_email_id: id }).delete()
  await desk.db('inbound_emails').where({ id }).update({
    status: 'quarantined',
    outcome: 'dead_letter',
    reason: 'oversize',
    raw_complete: false,
    ticket_id: null,
  })
  expect(await release(id)).toMatchObject({ outcome: 'new_ticket' })
  const message = await desk.db('messages').where({ inbound_email_id: id }).first()
  expect(message.message_text).toContain('larger than the limit')
})
