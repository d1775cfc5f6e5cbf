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
