// Queries by which mail threads: Message-IDs, tokens, numbers, participants.
import {
  evidenceRanks,
  type InboundEmailId,
  type MessageId,
  normalAddress,
  type Pointer,
  type Rfc822Id,
  type TicketEvidence,
  type TicketId,
} from '@maildesk/core'
import type { Database } from './connect.ts'
import type { MailboxRow, TicketParticipantRow, UserRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

interface TicketOfPointer {
  readonly ticketId: TicketId
  readonly ticketNumber: string
  readonly ticketStatus: TicketEvidence['ticketStatus']
  readonly closedForMs: number | null
  readonly mailboxId: TicketEvidence['mailboxId']
  readonly customerId: string
  readonly messageId: MessageId | null
  readonly messageIsInternal: boolean
  readonly messageAt: Date | null
}

const ticketColumns = `t.id AS "ticketId", t.number AS "ticketNumber", t.status AS "ticketStatus", t.mailbox_id AS "mailboxId", t.customer_id AS "customerId",
  (extract(epoch FROM now() - t.closed_at) * 1000)::float8 AS "closedForMs",
  m.id AS "messageId", coalesce(m.is_internal, false) AS "messageIsInternal", m.created_at AS "messageAt"`

/**
 * Looks the pointers up: each ticket they name, strongest evidence first. At the same rank the nearest ancestor comes
 * first; among recipient addresses, which have no nearness, the addressed mailbox's ticket, then the newest message.
 */
export async function findTicketEvidence(
  db: Database,
  pointers: readonly Pointer[],
  sender: { readonly address: string; readonly user: UserRow | undefined },
  mailbox: MailboxRow | undefined,
): Promise<TicketEvidence[]> {
  const byMessageId = await ticketsByMessageId(db, pointers)
  const all: { pointer: Pointer; order: number; ticket: TicketOfPointer }[] = []
  for (const [order, pointer] of pointers.entries()) {
    const tickets =
      pointer.by === 'message-id' ? (byMessageId.get(pointer.rfc822Id) ?? []) : await ticketsOf(db, pointer)
    all.push(...tickets.map((ticket) => ({ pointer, order, ticket })))
  }
  const members = await findMembers(
    db,
    [...new Set(all.map(({ ticket }) => ticket.ticketId))],
    sender.address,
  )
  const isStaff = sender.user !== undefined && sender.user.role !== 'customer' && sender.user.is_active
  const rankOf = ({ pointer }: (typeof all)[number]) => evidenceRanks.indexOf(pointer.rank)
  const nearness = ({ pointer, order }: (typeof all)[number]) => (pointer.rank === 'E1' ? 0 : order)
  const elsewhere = ({ ticket }: (typeof all)[number]) => Number(ticket.mailboxId !== (mailbox?.id ?? null))
  const age = ({ ticket }: (typeof all)[number]) => -(ticket.messageAt?.getTime() ?? 0)
  return all
    .sort(
      (a, b) =>
        rankOf(a) - rankOf(b) ||
        nearness(a) - nearness(b) ||
        elsewhere(a) - elsewhere(b) ||
        age(a) - age(b) ||
        a.order - b.order,
    )
    .map(({ pointer, ticket }) => ({
      rank: pointer.rank,
      matched: pointer.matched,
      ticketId: ticket.ticketId,
      ticketNumber: ticket.ticketNumber,
      ticketStatus: ticket.ticketStatus,
      closedForMs: ticket.closedForMs,
      mailboxId: ticket.mailboxId,
      messageId: ticket.messageId,
      isInternal: ticket.messageIsInternal || (pointer.by === 'token' && pointer.internal),
      senderMayWrite:
        isStaff ||
        (sender.user !== undefined && ticket.customerId === sender.user.id) ||
        members.has(ticket.ticketId),
    }))
}

async function ticketsOf(
  db: Database,
  pointer: Exclude<Pointer, { by: 'message-id' }>,
): Promise<TicketOfPointer[]> {
  const nonce = pointer.by === 'token' ? pointer.nonce : null
  const { rows } = await db.raw(
    `SELECT ${ticketColumns}
       FROM tickets t
       LEFT JOIN outbound_emails o ON o.ticket_id = t.id AND o.token_nonce = ?
       LEFT JOIN messages m ON m.id = o.message_id
      WHERE t.number = ?`,
    [nonce, pointer.ticketNumber],
  )
  return rows
}

/** Tickets of the newest mails with one Message-ID; more than these share it only by mischief. */
const maxTicketsPerId = 10

/** All Message-IDs in one query. A message's present ticket wins: it may have been moved since. */
async function ticketsByMessageId(
  db: Database,
  pointers: readonly Pointer[],
): Promise<Map<Rfc822Id, TicketOfPointer[]>> {
  const ids = pointers.flatMap((pointer) => (pointer.by === 'message-id' ? [pointer.rfc822Id] : []))
  const found = new Map<Rfc822Id, TicketOfPointer[]>()
  if (ids.length === 0) return found
  const { rows } = await db.raw(
    `SELECT w.rfc822_id AS "rfc822Id", ${ticketColumns}
       FROM wire_ids w
       LEFT JOIN messages m ON m.id = w.message_id
       JOIN tickets t ON t.id = coalesce(m.ticket_id, w.ticket_id)
      WHERE w.rfc822_id = ANY (?::text[]) ORDER BY w.id DESC LIMIT ?`,
    [ids, ids.length * maxTicketsPerId],
  )
  for (const row of rows as (TicketOfPointer & { rfc822Id: Rfc822Id })[]) {
    const tickets = found.get(row.rfc822Id) ?? []
    if (tickets.length < maxTicketsPerId) found.set(row.rfc822Id, [...tickets, row])
  }
  return found
}

async function findMembers(
  db: Database,
  ticketIds: readonly TicketId[],
  address: string,
): Promise<Set<TicketId>> {
  if (ticketIds.length === 0 || address === '') return new Set()
  const rows = await db<TicketParticipantRow>('ticket_participants')
    .select('ticket_id')
    .whereIn('ticket_id', ticketIds)
    .where({ address: normalAddress(address) })
    .whereIn('role', ['requester', 'collaborator'])
  return new Set(rows.map(({ ticket_id }) => ticket_id))
}

/** Another mail in the ledger with this content and the same Message-ID (or both without), finished before. */
export async function findDuplicate(
  db: Database,
  mail: { id: InboundEmailId; contentHash: string; rfc822Id: Rfc822Id | null },
): Promise<InboundEmailId | undefined> {
  const { rows } = await db.raw(
    `SELECT id FROM inbound_emails
      WHERE content_hash = ? AND rfc822_id IS NOT DISTINCT FROM ? AND id <> ? AND status IN ('filed', 'quarantined')
      ORDER BY received_at, id LIMIT 1`,
    [mail.contentHash, mail.rfc822Id, mail.id],
  )
  return rows[0]?.id
}

/** A mail with one of these Message-IDs that is still being filed. */
export async function findPendingParent(
  db: Database,
  id: InboundEmailId,
  references: readonly Rfc822Id[],
): Promise<InboundEmailId | undefined> {
  if (references.length === 0) return undefined
  const row = await db('inbound_emails')
    .select('id')
    .whereIn('rfc822_id', references)
    .where({ status: 'received' })
    .whereNot({ id })
    .orderBy('received_at')
    .first()
  return row?.id
}

/** Tickets this address opened by mail within the last hour. */
export async function countTicketsOpenedBy(db: Database, address: string): Promise<number> {
  const { rows } = await db.raw(
    `SELECT count(*)::int AS opened FROM inbound_emails
      WHERE lower(from_address) = ? AND outcome = 'new_ticket' AND received_at > now() - interval '1 hour'`,
    [address],
  )
  return rows[0].opened
}

/** Adds people to a ticket; one who is there keeps the role they have, except that `requester` and `collaborator` lift `unverified`. */
export async function addParticipants(
  tx: Transaction,
  ticketId: TicketId,
  addresses: readonly string[],
  role: TicketParticipantRow['role'],
): Promise<void> {
  if (addresses.length === 0) return
  const insert = tx('ticket_participants')
    .insert(addresses.map((address) => ({ ticket_id: ticketId, address: normalAddress(address), role })))
    .onConflict(['ticket_id', 'address'])
  if (role === 'unverified') await insert.ignore()
  else await insert.merge({ role }).where('ticket_participants.role', 'unverified')
}

/** Remembers a message's own Message-ID and those it refers to. */
export async function insertWireIds(
  tx: Transaction,
  message: { id: MessageId; ticketId: TicketId; rfc822Id: Rfc822Id | null; references: readonly Rfc822Id[] },
): Promise<void> {
  if (message.rfc822Id)
    await tx('wire_ids').insert({
      rfc822_id: message.rfc822Id,
      ticket_id: message.ticketId,
      message_id: message.id,
    })
  if (message.references.length > 0) {
    await tx('referenced_ids').insert(
      message.references.map((id, position) => ({ rfc822_id: id, message_id: message.id, position })),
    )
  }
}

/** Holds back every other transaction with the same word until this one ends. */
export async function lockWord(tx: Transaction, word: string): Promise<void> {
  await tx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [word])
}
