// Queries by which mail threads: Message-IDs, tokens, numbers, participants.
import {
  type FiledCopy,
  type FoundTicket,
  type InboundEmailId,
  idsOf,
  isSameSubject,
  type MailboxId,
  type MessageId,
  normalAddress,
  type Pointer,
  type Rfc822Id,
  type ThreadTicket,
  type TicketId,
  type UserId,
} from '@maildesk/core'
import type { Database } from './connect.ts'
import type { MailboxRow, TicketLinkRow, TicketParticipantRow, TicketRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** What pointers led to, and every ticket on the way to where they end. */
export interface PointedTickets {
  readonly found: FoundTicket[]
  readonly tickets: Map<TicketId, ThreadTicket>
}

export interface ThreadSender {
  /** Normal form. */
  readonly address: string
  readonly userId: UserId | null
}

interface FoundRow {
  readonly ticketId: TicketId
  readonly messageId: MessageId | null
  readonly messageIsInternal: boolean
  readonly messageAt: Date | null
}

const foundColumns = `m.id AS "messageId", coalesce(m.is_internal, false) AS "messageIsInternal", m.created_at AS "messageAt"`
/** Tickets of the newest mails with one Message-ID; more than these share it only by mischief. */
const maxTicketsPerId = 10
/** Days back to which a ticket with a common ancestor is looked for. */
const ancestorDays = 90
/** Merges followed at most; a longer chain is a mistake. */
const maxMerges = 20
/** Messages of one ticket whose words are looked for in a quote, and UTF-16 units of each. */
const maxTexts = 10
const maxTextLength = 5000

/** Looks pointers up; deciding what they are worth is `evidenceOf`'s. */
export async function findPointedTickets(
  db: Database,
  pointers: readonly Pointer[],
  sender: ThreadSender,
  mailbox: Pick<MailboxRow, 'id' | 'subject_threading_days'> | undefined,
): Promise<PointedTickets> {
  const byMessageId = await ticketsByMessageId(db, idsOf(pointers, 'message-id'))
  const byAncestor = mailbox
    ? await ticketsByAncestor(db, idsOf(pointers, 'ancestor', 'answered'), mailbox.id)
    : new Map()
  const found: FoundTicket[] = []
  for (const pointer of pointers) {
    for (const row of await rowsOf(pointer)) {
      found.push({
        pointer,
        ticketId: row.ticketId,
        messageId: row.messageId,
        messageIsInternal: row.messageIsInternal,
        messageAt: row.messageAt?.getTime() ?? null,
      })
    }
  }
  return {
    found,
    tickets: await threadTickets(db, [...new Set(found.map(({ ticketId }) => ticketId))], sender),
  }

  async function rowsOf(pointer: Pointer): Promise<FoundRow[]> {
    if (pointer.by === 'message-id') return byMessageId.get(pointer.rfc822Id) ?? []
    if (pointer.by === 'ancestor' || pointer.by === 'answered') return byAncestor.get(pointer.rfc822Id) ?? []
    if (pointer.by === 'subject') return ticketsBySubject(db, pointer.subject, sender, mailbox)
    return ticketsByNumber(db, pointer)
  }
}

async function ticketsByNumber(
  db: Database,
  pointer: Extract<Pointer, { ticketNumber: string }>,
): Promise<FoundRow[]> {
  const nonce = pointer.by === 'token' ? pointer.nonce : null
  const { rows } = await db.raw(
    `SELECT coalesce(m.ticket_id, t.id) AS "ticketId", ${foundColumns}
       FROM tickets t
       LEFT JOIN outbound_emails o ON o.ticket_id = t.id AND o.token_nonce = ?
       LEFT JOIN messages m ON m.id = o.message_id
      WHERE t.number = ?`,
    [nonce, pointer.ticketNumber],
  )
  return rows
}

/** The sender's own tickets in this mailbox with the same subject, as far back as the mailbox wants to look. */
async function ticketsBySubject(
  db: Database,
  subject: string,
  sender: ThreadSender,
  mailbox: Pick<MailboxRow, 'id' | 'subject_threading_days'> | undefined,
): Promise<FoundRow[]> {
  if (!mailbox || sender.userId === null || mailbox.subject_threading_days === 0) return []
  const { rows } = await db.raw(
    `SELECT id, title FROM tickets
      WHERE customer_id = ? AND mailbox_id = ? AND updated_at > now() - ? * interval '1 day'
      ORDER BY updated_at DESC LIMIT ?`,
    [sender.userId, mailbox.id, mailbox.subject_threading_days, maxTicketsPerId],
  )
  return (rows as Pick<TicketRow, 'id' | 'title'>[])
    .filter(({ title }) => isSameSubject(title, subject))
    .map(({ id }) => ({ ticketId: id, messageId: null, messageIsInternal: false, messageAt: null }))
}

/** All Message-IDs in one query. A message's present ticket wins: it may have been moved since. */
async function ticketsByMessageId(
  db: Database,
  ids: readonly Rfc822Id[],
): Promise<Map<Rfc822Id, FoundRow[]>> {
  if (ids.length === 0) return new Map()
  const { rows } = await db.raw(
    `SELECT w.rfc822_id AS "rfc822Id", coalesce(m.ticket_id, w.ticket_id) AS "ticketId", ${foundColumns}
       FROM wire_ids w
       LEFT JOIN messages m ON m.id = w.message_id
      WHERE w.rfc822_id = ANY (?::text[]) ORDER BY w.id DESC LIMIT ?`,
    [[...ids], ids.length * maxTicketsPerId],
  )
  return grouped(rows)
}

/** Open tickets of the mailbox in which a message refers to the same mails; lately, or threads would never end. */
async function ticketsByAncestor(
  db: Database,
  ids: readonly Rfc822Id[],
  mailboxId: MailboxId,
): Promise<Map<Rfc822Id, FoundRow[]>> {
  if (ids.length === 0) return new Map()
  const { rows } = await db.raw(
    `SELECT DISTINCT ON (r.rfc822_id, m.ticket_id) r.rfc822_id AS "rfc822Id", m.ticket_id AS "ticketId", ${foundColumns}
       FROM referenced_ids r
       JOIN messages m ON m.id = r.message_id
       JOIN tickets t ON t.id = m.ticket_id
      WHERE r.rfc822_id = ANY (?::text[]) AND t.mailbox_id = ? AND t.status <> 'closed'
        AND m.created_at > now() - ? * interval '1 day'
      ORDER BY r.rfc822_id, m.ticket_id, m.created_at DESC LIMIT ?`,
    [[...ids], mailboxId, ancestorDays, ids.length * maxTicketsPerId],
  )
  return grouped(rows)
}

function grouped(rows: readonly (FoundRow & { rfc822Id: Rfc822Id })[]): Map<Rfc822Id, FoundRow[]> {
  const groups = new Map<Rfc822Id, FoundRow[]>()
  for (const row of rows) {
    const group = groups.get(row.rfc822Id) ?? []
    if (group.length < maxTicketsPerId) groups.set(row.rfc822Id, [...group, row])
  }
  return groups
}

/** The tickets and those they were merged into, with what the sender is to each. */
async function threadTickets(
  db: Database,
  ids: readonly TicketId[],
  sender: ThreadSender,
): Promise<Map<TicketId, ThreadTicket>> {
  if (ids.length === 0) return new Map()
  const { rows } = await db.raw(
    `WITH RECURSIVE chain (id, depth) AS (
       SELECT unnest(?::uuid[]), 0
       UNION
       SELECT t.merged_into_id, c.depth + 1 FROM chain c JOIN tickets t ON t.id = c.id
        WHERE t.merged_into_id IS NOT NULL AND c.depth < ?
     )
     SELECT t.id, t.number, t.title, t.status, t.mailbox_id AS "mailboxId", t.merged_into_id AS "mergedIntoId",
            lower(u.email) AS "requesterAddress",
            (extract(epoch FROM now() - t.closed_at) * 1000)::float8 AS "closedForMs",
            t.customer_id IS NOT DISTINCT FROM ? AS "senderIsRequester",
            (t.customer_id = ? OR EXISTS (
              SELECT FROM ticket_participants p
               WHERE p.ticket_id = t.id AND p.role IN ('requester', 'collaborator') AND p.address IN (
                 SELECT ?::text UNION SELECT lower(email) FROM users WHERE id = ?
                 UNION SELECT address FROM user_addresses WHERE user_id = ?))) AS "senderIsParticipant"
       FROM tickets t JOIN users u ON u.id = t.customer_id
      WHERE t.id IN (SELECT id FROM chain)`,
    [[...ids], maxMerges, sender.userId, sender.userId, sender.address, sender.userId, sender.userId],
  )
  const texts = await textsOfOthers(
    db,
    rows.map((row: ThreadTicket) => row.id),
    sender.userId,
  )
  return new Map(
    rows.map((row: Omit<ThreadTicket, 'texts'>) => [
      row.id,
      { ...row, senderIsParticipant: Boolean(row.senderIsParticipant), texts: texts.get(row.id) ?? [] },
    ]),
  )
}

/** What the sender of a mail may be quoting: the newest public words of others, and what we sent by ourselves. */
async function textsOfOthers(
  db: Database,
  ids: readonly TicketId[],
  userId: UserId | null,
): Promise<Map<TicketId, string[]>> {
  const { rows } = await db.raw(
    `SELECT wanted.id, newest.text FROM unnest(?::uuid[]) AS wanted (id), LATERAL (
       SELECT left(m.message_text, ?) AS text, m.created_at FROM messages m
        WHERE m.ticket_id = wanted.id AND m.sender_id IS DISTINCT FROM ? AND NOT m.is_internal
       UNION ALL
       SELECT left(o.composed ->> 'text', ?), o.created_at FROM outbound_emails o
        WHERE o.ticket_id = wanted.id AND o.message_id IS NULL
       ORDER BY created_at DESC LIMIT ?) AS newest`,
    [[...ids], maxTextLength, userId, maxTextLength, maxTexts],
  )
  const texts = new Map<TicketId, string[]>()
  for (const { id, text } of rows) texts.set(id, [...(texts.get(id) ?? []), text])
  return texts
}

/** What a mail to this ticket may be quoting, newest first: its public messages and all we sent, each cut. */
export async function listTextsOfTicket(db: Database, id: TicketId): Promise<string[]> {
  const { rows } = await db.raw(
    `SELECT left(message_text, ?) AS text, created_at FROM messages WHERE ticket_id = ? AND NOT is_internal
     UNION ALL
     SELECT left(composed ->> 'text', ?), created_at FROM outbound_emails
      WHERE ticket_id = ? AND kind IN ('reply', 'acknowledgement')
     ORDER BY created_at DESC LIMIT ?`,
    [maxTextLength, id, maxTextLength, id, maxTexts],
  )
  return rows.map(({ text }: { text: string }) => text)
}

/** True when another mail with this Message-ID and other content was taken before. */
export async function isMessageIdReused(
  db: Database,
  mail: { id: InboundEmailId; contentHash: string; rfc822Id: Rfc822Id | null },
): Promise<boolean> {
  if (mail.rfc822Id === null) return false
  const { rows } = await db.raw(
    `SELECT EXISTS (SELECT FROM inbound_emails
       WHERE rfc822_id = ? AND id <> ? AND content_hash IS NOT NULL AND content_hash <> ?) AS reused`,
    [mail.rfc822Id, mail.id, mail.contentHash],
  )
  return rows[0].reused
}

/** The links of a ticket, in both directions, oldest first. */
export async function listTicketLinks(db: Database, id: TicketId): Promise<TicketLinkRow[]> {
  return db<TicketLinkRow>('ticket_links')
    .where({ from_ticket_id: id })
    .orWhere({ to_ticket_id: id })
    .orderBy(['created_at', 'from_ticket_id', 'to_ticket_id'])
}

/** Links one ticket to another, once. */
export async function linkTickets(
  tx: Transaction,
  link: Pick<TicketLinkRow, 'from_ticket_id' | 'to_ticket_id' | 'relation'>,
): Promise<void> {
  await tx('ticket_links').insert(link).onConflict(['from_ticket_id', 'to_ticket_id', 'relation']).ignore()
}

/** Another mail in the ledger with this content and the same Message-ID (or both without), finished before. */
export async function findDuplicate(
  db: Database,
  mail: {
    id: InboundEmailId
    mailboxId: MailboxId | null
    contentHash: string
    rfc822Id: Rfc822Id | null
  },
): Promise<FiledCopy | undefined> {
  const { rows } = await db.raw(
    `SELECT id, mailbox_id AS "mailboxId", ticket_id AS "ticketId" FROM inbound_emails
      WHERE content_hash = ? AND rfc822_id IS NOT DISTINCT FROM ? AND id <> ? AND status IN ('filed', 'quarantined')
      ORDER BY (mailbox_id IS NOT DISTINCT FROM ?::uuid) DESC, received_at, id LIMIT 1`,
    [mail.contentHash, mail.rfc822Id, mail.id, mail.mailboxId],
  )
  return rows[0]
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

/** Other mails with the same hash of sender and words within the last minutes; copies of one mail are one. */
export async function countSameBody(
  db: Database,
  mail: {
    readonly id: InboundEmailId
    readonly bodyHash: string
    readonly contentHash: string
    readonly minutes: number
  },
): Promise<number> {
  const { rows } = await db.raw(
    `SELECT count(DISTINCT content_hash)::int AS same FROM inbound_emails
      WHERE body_hash = ? AND id <> ? AND content_hash <> ?
        AND received_at > now() - ? * interval '1 minute'`,
    [mail.bodyHash, mail.id, mail.contentHash, mail.minutes],
  )
  return rows[0].same
}

/**
 * Adds people to a ticket; one who is there keeps the role they have, except that `requester` and `collaborator` lift
 * `unverified`. Nobody who was left out of answers is brought back by being named again.
 */
export async function addParticipants(
  tx: Transaction,
  ticketId: TicketId,
  addresses: readonly string[],
  role: TicketParticipantRow['role'],
  { addedBy = null, isActive = true }: { addedBy?: string | null; isActive?: boolean } = {},
): Promise<void> {
  if (addresses.length === 0) return
  const rows = addresses.map((address) => ({
    ticket_id: ticketId,
    address: normalAddress(address),
    role,
    is_active: isActive,
    added_by: addedBy,
  }))
  const insert = tx('ticket_participants').insert(rows).onConflict(['ticket_id', 'address'])
  if (role === 'unverified') await insert.ignore()
  else await insert.merge({ role, is_active: isActive }).where('ticket_participants.role', 'unverified')
}

/** The people of one ticket join another, as collaborators who get what they got before. */
export async function copyCollaborators(tx: Transaction, from: TicketId, to: TicketId): Promise<void> {
  await tx.raw(
    `INSERT INTO ticket_participants (ticket_id, address, role, name, is_active, added_by)
     SELECT ?, address, CASE role WHEN 'requester' THEN 'collaborator' ELSE role END, name, is_active, added_by
       FROM ticket_participants WHERE ticket_id = ? AND role <> 'unverified'
     ON CONFLICT (ticket_id, address) DO NOTHING`,
    [to, from],
  )
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

/** As `lockWord`, together with others who share it: it keeps out, and waits for, those alone who lock the word for themselves. */
export async function shareWord(tx: Transaction, word: string): Promise<void> {
  await tx.raw('SELECT pg_advisory_xact_lock_shared(hashtextextended(?, 0))', [word])
}
