// Reading a ticket's messages and its audit trail.
import type { MessageId, OutboundEmailId, OutboundStatus, TicketId } from '@maildesk/core'
import type { Database } from './connect.ts'
import { type Page, type PageRequest, readPage } from './keyset-page.ts'
import type { AttachmentRow, MessageRow, OutboundDeliveryRow, TicketEventRow } from './tables.ts'

/** Whose eyes a list is for. Customers see neither notes nor what strangers wrote into their ticket. */
export type Audience = 'staff' | 'customer'

/** A message with its files and, where it was mailed, how far that got. */
export interface MessageView extends MessageRow {
  readonly attachments: readonly AttachmentRow[]
  /** Empty for customers: recipients and what servers said are staff's matter. */
  readonly deliveries: readonly OutboundDeliveryRow[]
  readonly outbound_email_id: OutboundEmailId | null
  readonly delivery_status: OutboundStatus | null
}

/** One page of a ticket's messages, oldest first. */
export async function listMessages(
  db: Database,
  ticketId: TicketId,
  audience: Audience,
  page: PageRequest,
): Promise<Page<MessageView>> {
  const query = messageQuery(db).where({ 'messages.ticket_id': ticketId })
  if (audience === 'customer') query.where({ is_internal: false, is_unverified: false })
  const order = { column: 'messages.created_at', kind: 'time', direction: 'asc', id: 'messages.id' } as const
  const { items, next } = await readPage<
    MessageRow & Pick<MessageView, 'outbound_email_id' | 'delivery_status'>
  >(db, query, order, page)
  return { items: await withParts(db, items, audience), next }
}

/** One message as the lists show it. */
export async function findMessageView(db: Database, id: MessageId): Promise<MessageView | undefined> {
  const [row] = await withParts(db, await messageQuery(db).where({ 'messages.id': id }), 'staff')
  return row
}

function messageQuery(db: Database) {
  return db('messages')
    .leftJoin('outbound_emails AS o', (join) =>
      join.on('o.message_id', 'messages.id').andOnVal('o.kind', 'reply'),
    )
    .select('messages.*', 'o.id AS outbound_email_id', 'o.status AS delivery_status')
}

async function withParts<Row extends MessageRow & Pick<MessageView, 'outbound_email_id' | 'delivery_status'>>(
  db: Database,
  messages: readonly Row[],
  audience: Audience,
): Promise<MessageView[]> {
  const files =
    messages.length === 0
      ? []
      : await db<AttachmentRow>('attachments')
          .whereIn(
            'message_id',
            messages.map(({ id }) => id),
          )
          .orderBy('id')
  const byMessage = Map.groupBy(files as AttachmentRow[], ({ message_id }) => message_id)
  const mails =
    audience === 'staff' ? messages.flatMap(({ outbound_email_id }) => outbound_email_id ?? []) : []
  const deliveries =
    mails.length === 0
      ? []
      : await db<OutboundDeliveryRow>('outbound_deliveries')
          .whereIn('outbound_email_id', mails)
          .orderBy('address')
  const byMail = Map.groupBy(
    deliveries as OutboundDeliveryRow[],
    ({ outbound_email_id }) => outbound_email_id,
  )
  return messages.map((message) => ({
    ...message,
    attachments: byMessage.get(message.id) ?? [],
    deliveries: (message.outbound_email_id && byMail.get(message.outbound_email_id)) || [],
  }))
}

/** One page of what happened to a ticket, oldest first. */
export async function listTicketEvents(
  db: Database,
  ticketId: TicketId,
  page: PageRequest,
): Promise<Page<TicketEventRow>> {
  const query = db('ticket_events').select('ticket_events.*').where({ ticket_id: ticketId })
  return readPage<TicketEventRow>(
    db,
    query,
    { column: 'created_at', kind: 'time', direction: 'asc', id: 'id' },
    page,
  )
}
