// What an answer to a ticket is made from: the message that is answered, the people in it, what was said before.
import type { MailAddress, MailboxId, MessageId, Rfc822Id, TicketId, UserRole } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { MessageRow } from './tables.ts'

export interface AnsweredMessage {
  readonly message: MessageRow
  readonly sender: MailAddress
  readonly subject: string | null
  readonly references: readonly Rfc822Id[]
  /** Where it came in; null for an ingested mail without one. */
  readonly mailboxId: MailboxId | null
}

/** The customers' newest public mail in a ticket, a person's before a machine's: the one a reply answers. */
export async function findAnsweredMessage(
  db: Database,
  ticketId: TicketId,
): Promise<AnsweredMessage | undefined> {
  const message = await db<MessageRow>('messages')
    .where({ ticket_id: ticketId, is_internal: false, is_unverified: false, is_from_customer: true })
    .whereNotNull('rfc822_id')
    .orderBy([
      { column: 'is_automatic', order: 'asc' },
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .first()
  if (!message) return undefined
  const references = await db('referenced_ids')
    .select('rfc822_id')
    .where({ message_id: message.id })
    .orderBy('position')
  const inbound = message.inbound_email_id
    ? await db('inbound_emails')
        .select('subject', 'mailbox_id')
        .where({ id: message.inbound_email_id })
        .first()
    : undefined
  const user = await db('users')
    .select('email', db.raw("trim(first_name || ' ' || last_name) AS name"))
    .where({ id: message.sender_id })
    .first()
  return {
    message,
    sender: { name: user.name, address: user.email },
    subject: inbound?.subject ?? null,
    references: references.map(({ rfc822_id }: { rfc822_id: Rfc822Id }) => rfc822_id),
    mailboxId: inbound?.mailbox_id ?? null,
  }
}

/** Who gets copies of answers, those who joined first before others. */
export async function listCollaborators(db: Database, ticketId: TicketId): Promise<MailAddress[]> {
  return db('ticket_participants')
    .select('address', 'name')
    .where({ ticket_id: ticketId, role: 'collaborator', is_active: true })
    .orderBy(['created_at', 'address'])
}

/** Which of these addresses nothing is sent to; all in normal form. */
export async function listSuppressed(db: Database, addresses: readonly string[]): Promise<Set<string>> {
  const rows: { address: string }[] = await db('suppressions')
    .select('address')
    .whereIn('address', [...addresses])
    .where({ scope: 'all' })
    .where((live) => live.whereNull('until').orWhere('until', '>', db.fn.now()))
  return new Set(rows.map(({ address }) => address))
}

export interface SaidBefore extends Pick<MessageRow, 'message_text' | 'html' | 'text_ranges' | 'created_at'> {
  readonly id: MessageId
  readonly senderRole: UserRole
  readonly senderName: string
  readonly senderAddress: string
}

/** The newest public messages of a ticket, newest first: no notes, nothing of strangers, not `except` itself. */
export async function listSaidBefore(
  db: Database,
  ticketId: TicketId,
  { except, limit }: { except: MessageId; limit: number },
): Promise<SaidBefore[]> {
  return db('messages AS m')
    .join('users AS u', 'u.id', 'm.sender_id')
    .select(
      'm.id',
      'm.message_text',
      'm.html',
      'm.text_ranges',
      'm.created_at',
      'm.sender_role AS senderRole',
      'u.email AS senderAddress',
      db.raw(`trim(u.first_name || ' ' || u.last_name) AS "senderName"`),
    )
    .where({ 'm.ticket_id': ticketId, 'm.is_internal': false, 'm.is_unverified': false })
    .whereNot({ 'm.id': except })
    .orderBy([
      { column: 'm.created_at', order: 'desc' },
      { column: 'm.id', order: 'desc' },
    ])
    .limit(limit)
}
