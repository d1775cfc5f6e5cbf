import type { MailRuleDraft } from '@maildesk/core'
import { insertInboundRule, inTransaction, type MailboxRow } from '@maildesk/db'
import { anId, createTestDatabase, seedUser, type TestDatabase } from '@maildesk/testkit'
import { addMailbox, aPerson, deskDeps, fileMail, rawMail, type TestDesk } from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

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

/** A rule for this test's mailbox alone. */
const addRule = (value: string, actions: MailRuleDraft['actions']) =>
  inTransaction(desk.db, (tx) =>
    insertInboundRule(tx, anId(), {
      name: `about ${value}`,
      isActive: true,
      mailboxId: mailbox.id,
      match: 'all',
      conditions: [{ field: 'subject', operator: 'contains', value }],
      actions,
      stop: false,
    }),
  )
const file = (fields: Record<string, string> = {}) =>
  fileMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address, ...fields }))
const ticketOf = (id: string | null) => desk.db('tickets').where({ id }).first()
const eventsOf = async (ticket_id: string | null) =>
  (await desk.db('ticket_events').where({ ticket_id }).orderBy('id')).map(({ type }) => type)

test('a new ticket gets what rules want, then the defaults of its mailbox, and no acknowledgement where none is wanted', async () => {
  const agent = await seedUser(desk.db, { role: 'provider' })
  const other = await seedUser(desk.db, { role: 'provider' })
  await desk
    .db('mailboxes')
    .where({ id: mailbox.id })
    .update({ default_tags: JSON.stringify(['desk']), default_assignee_id: other.id })
  await addRule('invoice', {
    category: 'billing',
    tags: ['money'],
    assign: agent.id,
    no_acknowledgement: true,
  })
  await addRule('invoice', { priority: 'high', category: 'technical' })
  const row = await file({ Subject: 'Your invoice' })
  expect(await ticketOf(row.ticket_id)).toMatchObject({
    category: 'billing',
    priority: 'high',
    tags: ['desk', 'money'],
    assigned_agent_id: agent.id,
    status: 'open',
  })
  expect(row.decision).toMatchObject({ matchedRules: [{ name: 'about invoice' }, {}] })
  expect(await eventsOf(row.ticket_id)).toEqual(
    expect.arrayContaining(['mail_rules_applied', 'assignee_changed', 'acknowledgement_withheld']),
  )
  const plain = await file({ Subject: 'Something else' })
  expect(await ticketOf(plain.ticket_id)).toMatchObject({ tags: ['desk'], assigned_agent_id: other.id })
  expect(await eventsOf(plain.ticket_id)).not.toContain('mail_rules_applied')
})

test('of a reply only the tags count, unless the rule says otherwise, and a stranger closes nothing', async () => {
  const From = aPerson()
  const first = await file({ From, 'Message-ID': `<${mailbox.id}@person.example>` })
  await addRule('refund', { priority: 'urgent', tags: ['refund'] })
  await addRule('solved', { close: true, also_on_replies: true })
  const reply = (Subject: string, from = From) =>
    file({ From: from, Subject, 'In-Reply-To': `<${mailbox.id}@person.example>` })
  expect(await reply('Re: The engine, refund')).toMatchObject({ outcome: 'appended' })
  expect(await ticketOf(first.ticket_id)).toMatchObject({
    priority: 'medium',
    tags: ['refund'],
    status: 'open',
  })
  expect(await reply('Re: The engine is solved', aPerson())).toMatchObject({ ticket_id: first.ticket_id })
  expect(await ticketOf(first.ticket_id)).toMatchObject({ status: 'open' })
  await reply('Re: The engine is solved')
  expect(await ticketOf(first.ticket_id)).toMatchObject({ status: 'closed' })
})

test('an agent who is gone is given nothing, and the mail is filed all the same', async () => {
  const agent = await seedUser(desk.db, { role: 'provider', is_active: false })
  await addRule('engine', { assign: agent.id, tags: ['engine'] })
  const { ticket_id } = await file({ Subject: 'The engine' })
  expect(await ticketOf(ticket_id)).toMatchObject({ assigned_agent_id: null, tags: ['engine'] })
  const event = await desk.db('ticket_events').where({ ticket_id, type: 'mail_rules_applied' }).first()
  expect(event.data).toMatchObject({ not_assigned_to: agent.id })
})
