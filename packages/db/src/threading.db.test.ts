import {
  evidenceOf,
  type InboundEmailId,
  type OutboundEmailId,
  type Pointer,
  pointersOf,
  type Rfc822Id,
  signReplyToken,
  type TicketId,
  tokenMessageId,
} from '@maildesk/core'
import {
  anAddress,
  anEmail,
  anId,
  createTestDatabase,
  seedInbound,
  seedMailbox,
  seedMessage,
  seedTicket,
  seedUser,
  type TestDatabase,
  waitUntil,
} from '@maildesk/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from './connect.ts'
import { insertOutboundEmail } from './outbound-emails.ts'
import type { MailboxRow, TicketRow, UserRow } from './tables.ts'
import {
  addParticipants,
  countTicketsOpenedBy,
  findDuplicate,
  findPendingParent,
  findPointedTickets,
  insertWireIds,
  lockWord,
} from './threading.ts'
import { inTransaction } from './transaction.ts'

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await createTestDatabase()
  db = database.db
})
afterAll(() => database?.drop())

const stranger = { address: 'eve@evil.example', user: undefined }
const rfc822 = (text: string) => text as Rfc822Id
const byNumber = (ticket: TicketRow): Pointer => ({
  rank: 'E7',
  matched: `[#${ticket.number}]`,
  by: 'number',
  ticketNumber: ticket.number,
})
const byId = (rank: 'E4' | 'E5', id: string): Pointer => ({
  rank,
  matched: id,
  by: 'message-id',
  rfc822Id: rfc822(id),
})
const byToken = (
  ticket: TicketRow,
  more: { rank?: 'E1' | 'E2'; nonce?: string; internal?: boolean } = {},
): Pointer => ({
  rank: 'E2',
  matched: 'token',
  by: 'token',
  ticketNumber: ticket.number,
  nonce: 'abcdefgh',
  internal: false,
  ...more,
})

/** A ticket with one message whose Message-ID is remembered. */
async function knownMail(fields: Parameters<typeof seedMessage>[2] & { mailbox_id?: MailboxRow['id'] } = {}) {
  const { mailbox_id, ...message } = fields
  const ticket = await seedTicket(db, { mailbox_id: mailbox_id ?? null })
  const rfc822Id = rfc822(`${anId()}@customer.example`)
  const row = await seedMessage(db, ticket, { rfc822_id: rfc822Id, ...message })
  await inTransaction(db, (tx) =>
    insertWireIds(tx, { id: row.id, ticketId: ticket.id, rfc822Id, references: [] }),
  )
  return { ticket, message: row, rfc822Id }
}

const evidence = async (
  pointers: readonly Pointer[],
  sender: { address: string; user: UserRow | undefined } = stranger,
  mailbox?: MailboxRow,
) => {
  const userId = sender.user?.id ?? null
  const { found, tickets } = await findPointedTickets(
    db,
    pointers,
    { address: sender.address, userId },
    mailbox,
  )
  return evidenceOf(found, tickets, {
    senderAddress: sender.address,
    senderIsStaff: sender.user !== undefined && sender.user.role !== 'customer' && sender.user.is_active,
    mailboxId: mailbox?.id ?? null,
    messageIdReused: false,
    text: '',
    ownTokens: [],
  })
}

describe('evidence', () => {
  test('is nothing where nothing points, or to what is not there', async () => {
    expect(await evidence([])).toEqual([])
    expect(
      await evidence([
        byId('E4', 'unknown@x.example'),
        { rank: 'E7', matched: '', by: 'number', ticketNumber: '999999999999999999' },
      ]),
    ).toEqual([])
  })

  test('of a Message-ID names the ticket and the message', async () => {
    const { ticket, message, rfc822Id } = await knownMail({ is_internal: true })
    expect(await evidence([byId('E4', rfc822Id)])).toEqual([
      {
        rank: 'E4',
        matched: rfc822Id,
        ticketId: ticket.id,
        ticketNumber: ticket.number,
        ticketTitle: ticket.title,
        ticketStatus: 'open',
        closedForMs: null,
        mailboxId: null,
        mergedFrom: [],
        messageId: message.id,
        isInternal: true,
        senderMayWrite: false,
        sharesRequesterDomain: false,
        quotesTicket: false,
        senderIsRequester: false,
        notificationRole: null,
      },
    ])
  })

  test('of a number names the ticket alone', async () => {
    const ticket = await seedTicket(db)
    expect(await evidence([byNumber(ticket)])).toMatchObject([
      { rank: 'E7', ticketId: ticket.id, messageId: null, isInternal: false },
    ])
  })

  test('of a token names the ticket, and the message of the mail that carried it', async () => {
    const ticket = await seedTicket(db)
    const agent = await seedUser(db, { role: 'provider' })
    const message = await seedMessage(db, ticket, { sender_id: agent.id, is_from_customer: false })
    const mailbox = await seedMailbox(db)
    const token = signReplyToken({ ticketNumber: ticket.number, role: 'public', nonce: 'zzzzzzzz' }, [
      'k'.repeat(32),
    ])
    const email = { messageId: rfc822(tokenMessageId(token, 'desk.example')) } as never
    await inTransaction(db, (tx) =>
      insertOutboundEmail(tx, {
        id: anId<OutboundEmailId>(),
        kind: 'reply',
        ticketId: ticket.id,
        messageId: message.id,
        mailboxId: mailbox.id,
        causeInboundId: null,
        tokenNonce: 'zzzzzzzz',
        envelopeFrom: mailbox.address,
        composed: email,
        deliveries: [{ id: anId(), address: 'ada@customer.example' }],
      }),
    )
    const answer = anEmail({ inReplyTo: [tokenMessageId(token, 'desk.example')] })
    expect(await evidence(pointersOf(answer, ['k'.repeat(32)]))).toMatchObject([
      { rank: 'E2', ticketId: ticket.id, messageId: message.id },
      { rank: 'E4', ticketId: ticket.id, messageId: message.id },
    ])
    expect(await evidence([byToken(ticket, { nonce: 'yyyyyyyy' })])).toMatchObject([
      { ticketId: ticket.id, messageId: null },
    ])
  })

  test('is internal when the token or the message is', async () => {
    const { ticket, rfc822Id } = await knownMail()
    expect(
      await evidence([byToken(ticket, { internal: true }), byToken(ticket), byId('E4', rfc822Id)]),
    ).toMatchObject([{ isInternal: true }, { isInternal: false }, { isInternal: false }])
  })

  test('says for how long the ticket is closed', async () => {
    const ticket = await seedTicket(db, { status: 'closed', closed_at: new Date(Date.now() - 3_600_000) })
    const [found] = await evidence([byNumber(ticket)])
    expect(found?.ticketStatus).toBe('closed')
    expect(Math.round((found?.closedForMs ?? 0) / 60_000)).toBe(60)
  })

  test('follows a message that was moved to another ticket', async () => {
    const { message, rfc822Id } = await knownMail()
    const other = await seedTicket(db)
    await db('messages').where({ id: message.id }).update({ ticket_id: other.id })
    expect(await evidence([byId('E4', rfc822Id)])).toMatchObject([{ ticketId: other.id }])
  })
})

describe('the order of evidence', () => {
  const tickets = async (pointers: readonly Pointer[], mailbox?: MailboxRow): Promise<TicketId[]> =>
    (await evidence(pointers, stranger, mailbox)).map(({ ticketId }) => ticketId)

  test('is by rank, however the pointers came', async () => {
    const [a, b] = [await knownMail(), await knownMail()]
    const [c, d, e] = [await seedTicket(db), await seedTicket(db), await seedTicket(db)]
    const pointers = [
      byNumber(e),
      byId('E5', b.rfc822Id),
      byId('E4', a.rfc822Id),
      byToken(d, { rank: 'E2' }),
      byToken(c, { rank: 'E1' }),
    ]
    expect(await tickets(pointers)).toEqual([c.id, d.id, a.ticket.id, b.ticket.id, e.id])
  })

  test('among References follows the mail: the nearest, which comes first, wins over mailbox and age', async () => {
    const mailbox = await seedMailbox(db)
    const near = await knownMail({ created_at: new Date('2026-01-01') })
    const far = await knownMail({ mailbox_id: mailbox.id, created_at: new Date('2026-11-01') })
    expect(await tickets([byId('E5', near.rfc822Id), byId('E5', far.rfc822Id)], mailbox)).toEqual([
      near.ticket.id,
      far.ticket.id,
    ])
  })

  test('among recipient addresses prefers the ticket of the mailbox that was addressed', async () => {
    const mailbox = await seedMailbox(db)
    const [elsewhere, here] = [await seedTicket(db), await seedTicket(db, { mailbox_id: mailbox.id })]
    const pointers = [byToken(elsewhere, { rank: 'E1' }), byToken(here, { rank: 'E1' })]
    expect(await tickets(pointers, mailbox)).toEqual([here.id, elsewhere.id])
    expect(await tickets(pointers)).toEqual([elsewhere.id, here.id])
  })

  test('of one Message-ID in two tickets prefers the addressed mailbox, then the newest message', async () => {
    const mailbox = await seedMailbox(db)
    const [old, fresh, here] = [
      await knownMail({ created_at: new Date('2026-01-01') }),
      await knownMail({ created_at: new Date('2026-11-01') }),
      await knownMail({ created_at: new Date('2025-01-01'), mailbox_id: mailbox.id }),
    ]
    const shared = rfc822(`${anId()}@x.example`)
    for (const { ticket, message } of [fresh, old, here]) {
      await inTransaction(db, (tx) =>
        insertWireIds(tx, { id: message.id, ticketId: ticket.id, rfc822Id: shared, references: [] }),
      )
    }
    expect(await tickets([byId('E4', shared)], mailbox)).toEqual([
      here.ticket.id,
      fresh.ticket.id,
      old.ticket.id,
    ])
  })
})

describe('who may write to a ticket', () => {
  const mayWrite = async (ticket: TicketRow, sender: { address: string; user: UserRow | undefined }) =>
    (await evidence([byNumber(ticket)], sender))[0]?.senderMayWrite

  test('its customer', async () => {
    const user = await seedUser(db)
    const ticket = await seedTicket(db, { customer_id: user.id })
    expect(await mayWrite(ticket, { address: user.email, user })).toBe(true)
    expect(await mayWrite(await seedTicket(db), { address: user.email, user })).toBe(false)
  })

  test.each([
    ['requester', true],
    ['collaborator', true],
    ['unverified', false],
  ] as const)('a %s: %s', async (role, allowed) => {
    const ticket = await seedTicket(db)
    await inTransaction(db, (tx) => addParticipants(tx, ticket.id, [' Bob@Customer.example'], role))
    expect(await mayWrite(ticket, { address: 'bob@customer.example', user: undefined })).toBe(allowed)
    expect(await mayWrite(ticket, stranger)).toBe(false)
    expect(await mayWrite(ticket, { address: '', user: undefined })).toBe(false)
  })

  test.each([
    ['provider', true, true],
    ['admin', true, true],
    ['provider', false, false],
    ['customer', true, false],
  ] as const)('a %s whose account is active (%s): %s', async (role, isActive, allowed) => {
    const user = await seedUser(db, { role, is_active: isActive })
    expect(await mayWrite(await seedTicket(db), { address: user.email, user })).toBe(allowed)
  })

  test('to be a participant of one ticket is nothing in another', async () => {
    const [one, other] = [await seedTicket(db), await seedTicket(db)]
    await inTransaction(db, (tx) => addParticipants(tx, one.id, ['bob@customer.example'], 'collaborator'))
    const found = await evidence([byNumber(one), byNumber(other)], {
      address: 'bob@customer.example',
      user: undefined,
    })
    expect(found.map(({ senderMayWrite }) => senderMayWrite)).toEqual([true, false])
  })
})

test('a participant keeps the better role: unverified is lifted, nothing is lowered', async () => {
  const ticket = await seedTicket(db)
  const address = 'bob@customer.example'
  const seen: string[] = []
  for (const role of [
    'unverified',
    'unverified',
    'collaborator',
    'unverified',
    'requester',
    'collaborator',
  ] as const) {
    await inTransaction(db, (tx) => addParticipants(tx, ticket.id, [address], role))
    seen.push((await db('ticket_participants').where({ ticket_id: ticket.id, address }).first()).role)
  }
  expect(seen).toEqual([
    'unverified',
    'unverified',
    'collaborator',
    'collaborator',
    'collaborator',
    'collaborator',
  ])
  await inTransaction(db, (tx) => addParticipants(tx, ticket.id, [], 'requester'))
})

describe('a duplicate', () => {
  const hash = (letter: string) => letter.repeat(64)
  async function finished(fields: Parameters<typeof seedInbound>[1]) {
    return seedInbound(db, { status: 'filed', outcome: 'appended', ...fields })
  }
  const duplicateOf = async (contentHash: string, rfc822Id: Rfc822Id | null, id = anId<InboundEmailId>()) =>
    (await findDuplicate(db, { id, mailboxId: null, contentHash, rfc822Id }))?.id

  test('has the same content and the same Message-ID, or neither has one; the first counts', async () => {
    const first = await finished({
      content_hash: hash('1'),
      rfc822_id: rfc822('one@x.example'),
      received_at: new Date('2026-01-01'),
    })
    await finished({ content_hash: hash('1'), rfc822_id: rfc822('one@x.example') })
    const without = await finished({ content_hash: hash('1') })
    expect(await duplicateOf(hash('1'), rfc822('one@x.example'))).toBe(first.id)
    expect(await duplicateOf(hash('1'), null)).toBe(without.id)
    expect(await duplicateOf(hash('1'), rfc822('two@x.example'))).toBeUndefined()
    expect(await duplicateOf(hash('9'), rfc822('one@x.example'))).toBeUndefined()
  })

  test('is not the mail itself, nor of a mail still being filed, nor of another duplicate', async () => {
    const self = await finished({ content_hash: hash('2') })
    await seedInbound(db, { content_hash: hash('2') })
    await finished({ content_hash: hash('2'), status: 'duplicate', outcome: 'duplicate' })
    expect(await duplicateOf(hash('2'), null, self.id)).toBeUndefined()
  })

  test('may be of a mail in quarantine', async () => {
    const held = await finished({
      content_hash: hash('3'),
      status: 'quarantined',
      outcome: 'quarantined',
      reason: 'loop',
    })
    expect(await duplicateOf(hash('3'), null)).toBe(held.id)
  })
})

test('a parent that is still being filed is found, one that is finished is not, and none is its own parent', async () => {
  const [pending, done] = [rfc822(`${anId()}@x.example`), rfc822(`${anId()}@x.example`)]
  const parent = await seedInbound(db, { rfc822_id: pending })
  await seedInbound(db, { rfc822_id: done, status: 'filed', outcome: 'appended' })
  const child = anId<InboundEmailId>()
  expect(await findPendingParent(db, child, [done, pending])).toBe(parent.id)
  expect(await findPendingParent(db, child, [done])).toBeUndefined()
  expect(await findPendingParent(db, parent.id, [pending])).toBeUndefined()
  expect(await findPendingParent(db, child, [])).toBeUndefined()
})

test('tickets that an address opened by mail count for an hour', async () => {
  const opened = { status: 'filed', outcome: 'new_ticket' } as const
  await seedInbound(db, { ...opened, from_address: 'Flood@Evil.example' })
  await seedInbound(db, {
    ...opened,
    from_address: 'flood@evil.example',
    received_at: new Date(Date.now() - 59 * 60_000),
  })
  await seedInbound(db, {
    ...opened,
    from_address: 'flood@evil.example',
    received_at: new Date(Date.now() - 61 * 60_000),
  })
  await seedInbound(db, { status: 'filed', outcome: 'appended', from_address: 'flood@evil.example' })
  await seedInbound(db, { ...opened, from_address: 'other@evil.example' })
  expect(await countTicketsOpenedBy(db, 'flood@evil.example')).toBe(2)
})

test('a word holds back another transaction with the same word until the first ends', async () => {
  const order: string[] = []
  const first = inTransaction(db, async (tx) => {
    await lockWord(tx, 'word')
    order.push('first has it')
    const second = inTransaction(db, async (other) => {
      await lockWord(other, 'word')
      order.push('second has it')
    })
    await inTransaction(db, (other) => lockWord(other, 'another word'))
    await waitUntil(
      async () =>
        (await db.raw(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).rowCount,
      { what: 'the second to wait' },
    )
    order.push('first ends')
    return { second }
  })
  await (await first).second
  expect(order).toEqual(['first has it', 'first ends', 'second has it'])
})

test('very long Message-IDs are remembered and found', async () => {
  const long = `${'x'.repeat(10_000)}@x.example`
  const { ticket, message } = await knownMail()
  await inTransaction(db, (tx) =>
    insertWireIds(tx, {
      id: message.id,
      ticketId: ticket.id,
      rfc822Id: rfc822(long),
      references: [rfc822(long)],
    }),
  )
  expect(
    await evidence([byId('E5', long)], { address: anAddress('x@y.example').address, user: undefined }),
  ).toMatchObject([{ ticketId: ticket.id }])
})
