// Reading the two ledgers for people.
import type { InboundStatus, MailboxId, OutboundStatus, TicketId } from '@maildesk/core'
import type { Database } from './connect.ts'
import { type Page, type PageRequest, readPage } from './keyset-page.ts'
import type { InboundEmailRow, OutboundEmailRow } from './tables.ts'

export interface InboundFilter {
  readonly status?: InboundStatus
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

/** How many mails of the inbound ledger are in each state; states without one are left out. */
export async function countInboundByStatus(db: Database): Promise<Partial<Record<InboundStatus, number>>> {
  return countByStatus(db, 'inbound_emails')
}

/** The same of the outbound ledger. */
export async function countOutboundByStatus(db: Database): Promise<Partial<Record<OutboundStatus, number>>> {
  return countByStatus(db, 'outbound_emails')
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
