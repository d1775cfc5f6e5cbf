// Reading the two ledgers for people.
import type { InboundOutcome, InboundStatus, MailboxId, OutboundStatus, TicketId } from '@maildesk/core'
import type { Database } from './connect.ts'
import { type Page, type PageRequest, readPage } from './keyset-page.ts'
import type { InboundEmailRow, OutboundEmailRow } from './tables.ts'

export interface InboundFilter {
  readonly status?: InboundStatus
  readonly outcome?: InboundOutcome
  readonly reason?: string
  readonly mailboxId?: MailboxId
  readonly ticketId?: TicketId
}

/** One page of the inbound ledger, newest first. */
export async function listInboundEmails(
  db: Database,
  filter: InboundFilter,
  page: PageRequest,
): Promise<Page<InboundEmailRow>> {
  const query = db('inbound_emails').select('inbound_emails.*')
  if (filter.status) query.where({ status: filter.status })
  if (filter.outcome) query.where({ outcome: filter.outcome })
  if (filter.reason) query.where({ reason: filter.reason })
  if (filter.mailboxId) query.where({ mailbox_id: filter.mailboxId })
  if (filter.ticketId) query.where({ ticket_id: filter.ticketId })
  return readPage<InboundEmailRow>(
    db,
    query,
    { column: 'received_at', kind: 'time', direction: 'desc', id: 'id' },
    page,
  )
}

export interface OutboundFilter {
  readonly status?: OutboundStatus
  readonly ticketId?: TicketId
}

/** One page of the outbound ledger, newest first. */
export async function listOutboundEmails(
  db: Database,
  filter: OutboundFilter,
  page: PageRequest,
): Promise<Page<OutboundEmailRow>> {
  const query = db('outbound_emails').select('outbound_emails.*')
  if (filter.status) query.where({ status: filter.status })
  if (filter.ticketId) query.where({ ticket_id: filter.ticketId })
  return readPage<OutboundEmailRow>(
    db,
    query,
    { column: 'created_at', kind: 'time', direction: 'desc', id: 'id' },
    page,
  )
}

export interface PastMail {
  readonly row: InboundEmailRow
  /** What its ticket holds of it; null when it is in none. */
  readonly text: string | null
  readonly files: readonly {
    readonly filename: string
    readonly contentType: string
    readonly size: number
  }[]
}

/** The newest finished mails with what the database knows of their content, newest first; `since` bounds when they came. */
export async function listPastMail(
  db: Database,
  { last, mailboxId, since }: { last: number; mailboxId?: MailboxId; since?: Date },
): Promise<PastMail[]> {
  const query = db<InboundEmailRow>('inbound_emails').whereNot({ status: 'received' })
  if (mailboxId) query.where({ mailbox_id: mailboxId })
  if (since) query.where('received_at', '>=', since)
  const rows: InboundEmailRow[] = await query.orderBy('received_at', 'desc').orderBy('id').limit(last)
  const ids = rows.map(({ id }) => id)
  const messages = await db('messages')
    .select('id', 'inbound_email_id', 'message_text')
    .whereIn('inbound_email_id', ids)
  const files = await db('attachments')
    .select('message_id', 'filename', 'content_type', 'file_size')
    .whereIn(
      'message_id',
      messages.map(({ id }) => id),
    )
  return rows.map((row) => {
    const message = messages.find(({ inbound_email_id }) => inbound_email_id === row.id)
    return {
      row,
      text: message?.message_text ?? null,
      files: files
        .filter(({ message_id }) => message_id === message?.id && message)
        .map(({ filename, content_type, file_size }) => ({
          filename,
          contentType: content_type,
          size: file_size,
        })),
    }
  })
}

/** How many mails of the inbound ledger are in each state; states without one are left out. */
export async function countInboundByStatus(db: Database): Promise<Partial<Record<InboundStatus, number>>> {
  return countByStatus(db, 'inbound_emails')
}

/** The same of the outbound ledger. */
export async function countOutboundByStatus(db: Database): Promise<Partial<Record<OutboundStatus, number>>> {
  return countByStatus(db, 'outbound_emails')
}

/** Mails with words that look like a token of ours and are none: guesses, or tokens that were damaged on their way. */
export async function countBadTokenEmails(db: Database): Promise<number> {
  const row = await db('inbound_emails')
    .whereRaw(`(decision #>> '{facts,badTokens}')::int > 0`)
    .count({ count: '*' })
    .first()
  return Number(row?.count)
}

async function countByStatus(
  db: Database,
  table: 'inbound_emails' | 'outbound_emails',
): Promise<Record<string, number>> {
  const rows: { status: string; count: string }[] = await db(table)
    .select('status')
    .count('* AS count')
    .groupBy('status')
  return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]))
}
