import { replyTextOf, tokenAddress } from '@maildesk/core'
import { countBadTokenEmails, type InboundEmailRow, type MailboxRow } from '@maildesk/db'
import { createTestDatabase, type SmtpSink, startSmtpSink, type TestDatabase } from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  deskDeps,
  fileMail,
  queueAgentReply,
  type RawMail,
  rawMail,
  type TestDesk,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

// Mails that other help desks are known to have stumbled over, as they happen; docs/generated/scenarios.md has them all.

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
  mailbox = await addMailbox(desk, sink.port)
})

const fileAt = (place: MailboxRow, fields: RawMail) =>
  fileMail(desk, place, rawMail({ To: place.address, ...fields }))
const messageOf = (row: InboundEmailRow) => desk.db('messages').where({ inbound_email_id: row.id }).first()
const ticketOf = (row: InboundEmailRow) => desk.db('tickets').where({ id: row.ticket_id }).first()
const acknowledged = async (row: InboundEmailRow) =>
  (await desk.db('outbound_emails').where({ cause_inbound_id: row.id, kind: 'acknowledgement' })).length

test('a no-reply alias that answers into a ticket, marked as automatic, is stored and visible (scenario 12)', async () => {
  const { ticket } = await queueAgentReply(desk, mailbox, { Cc: 'no-reply@partner.example' })
  const reply = await desk.db('outbound_emails').where({ ticket_id: ticket.id, kind: 'reply' }).first()
  const row = await fileAt(mailbox, {
    From: 'Partner <no-reply@partner.example>',
    'Auto-Submitted': 'auto-generated',
    'In-Reply-To': `<${reply.rfc822_id}>`,
    body: 'The part was shipped.\r\n',
  })
  expect(row).toMatchObject({ outcome: 'appended', ticket_id: ticket.id })
  expect(await messageOf(row)).toMatchObject({
    is_internal: false,
    is_unverified: false,
    is_automatic: true,
    message_text: expect.stringContaining('The part was shipped.'),
  })
})

test('a list mail to a closed ticket reopens it and is not answered (scenario 13)', async () => {
  const ada = aPerson()
  const first = await fileAt(mailbox, { From: ada, 'Message-ID': `<first.${ada}>` })
  await desk
    .db('tickets')
    .where({ id: first.ticket_id })
    .update({ status: 'closed', closed_at: desk.db.fn.now() })
  const row = await fileAt(mailbox, {
    From: ada,
    'In-Reply-To': `<first.${ada}>`,
    'List-Id': 'Support <support.desk.example>',
    Precedence: 'list',
  })
  expect(row).toMatchObject({ outcome: 'appended', ticket_id: first.ticket_id })
  expect(await ticketOf(row)).toMatchObject({ status: 'open' })
  expect(await acknowledged(row)).toBe(0)
})

test('answers written between the lines of a quote are all kept, the quote told apart (scenario 14)', async () => {
  const { ticket, customer } = await queueAgentReply(desk, mailbox)
  const reply = await desk.db('outbound_emails').where({ ticket_id: ticket.id, kind: 'reply' }).first()
  const row = await fileAt(mailbox, {
    From: customer,
    'In-Reply-To': `<${reply.rfc822_id}>`,
    body: [
      'On Mon, 23 Nov 2026, Grace Hopper wrote:',
      '> Turn it the other way.',
      'Done, no change.',
      '> Then tell me its number.',
      'It is 4711.',
      '',
    ].join('\r\n'),
  })
  const message = await messageOf(row)
  for (const line of ['Done, no change.', 'It is 4711.', '> Turn it the other way.'])
    expect(message.message_text).toContain(line)
  const written = message.text_ranges
    ? replyTextOf(message.message_text, message.text_ranges)
    : message.message_text
  expect(written).toContain('Done, no change.')
  expect(written).toContain('It is 4711.')
})

describe('one mail to two mailboxes of ours (scenario 20)', () => {
  const toBoth = async (second: Partial<MailboxRow>) => {
    const other = await addMailbox(desk, sink.port, second)
    const ada = aPerson()
    const raw = rawMail({
      From: ada,
      To: `${mailbox.address}, ${other.address}`,
      'Message-ID': `<both.${ada}>`,
    })
    const rows = [
      await fileMail(desk, mailbox, raw),
      await fileMail(desk, other, raw),
      await fileMail(desk, other, raw, '2'),
    ] as const
    return { ada, other, raw, rows }
  }

  test('is one ticket, and the other copy points to it', async () => {
    const { rows } = await toBoth({})
    expect(rows.map(({ outcome }) => outcome)).toEqual(['new_ticket', 'duplicate', 'duplicate'])
    expect(rows[1].duplicate_of_id).toBe(rows[0].id)
  })

  test('is a linked ticket of its own where the mailbox wants it, never two in one mailbox', async () => {
    const { ada, other, rows } = await toBoth({ opens_own_copies: true })
    expect(rows.map(({ outcome }) => outcome)).toEqual(['new_ticket', 'new_ticket', 'duplicate'])
    expect(await desk.db('ticket_links').where({ from_ticket_id: rows[1].ticket_id })).toMatchObject([
      { to_ticket_id: rows[0].ticket_id, relation: 'copy_of' },
    ])
    const answer = await fileAt(other, { From: ada, 'In-Reply-To': `<both.${ada}>` })
    expect(answer).toMatchObject({ outcome: 'appended', ticket_id: rows[1].ticket_id })
  })
})

test('a token with one letter changed is no evidence, is counted, and its mail is filed all the same (scenario 24)', async () => {
  const { ticket, customer } = await queueAgentReply(desk, mailbox)
  const reply = await desk.db('outbound_emails').where({ ticket_id: ticket.id, kind: 'reply' }).first()
  const token: string = reply.rfc822_id.split('@')[0]
  const last = token.at(-1) === 'a' ? 'b' : 'a'
  const row = await fileAt(mailbox, {
    From: customer,
    To: tokenAddress(mailbox.address, token.slice(0, -1) + last) ?? '',
  })
  expect(row).toMatchObject({ status: 'filed', outcome: 'new_ticket' })
  expect(row.decision).toMatchObject({ facts: { badTokens: 1, evidence: [] } })
  expect(await countBadTokenEmails(desk.db)).toBe(1)
})
