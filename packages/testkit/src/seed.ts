/* Rows for tests of queries: each function inserts one valid row and returns it; `fields` replace what they name. */

import { randomUUID } from 'node:crypto'
import type { Database, InboundEmailRow, MailboxRow, MessageRow, TicketRow, UserRow } from '@maildesk/db'

/** A fresh id of whatever kind is wanted. */
export function anId<Id extends string>(): Id {
  return randomUUID() as string as Id
}

async function insert<Row>(db: Database, table: string, row: object): Promise<Row> {
  const [inserted] = await db(table).insert(row).returning('*')
  return inserted
}

/** A customer, unless `fields` say otherwise; `is_staff` follows the role. */
export function seedUser(db: Database, fields: Partial<UserRow> = {}): Promise<UserRow> {
  const id = anId<UserRow['id']>()
  const isStaff = fields.role !== undefined && fields.role !== 'customer'
  return insert(db, 'users', {
    id,
    email: `${id}@customer.example`,
    role: 'customer',
    is_staff: isStaff,
    ...fields,
  })
}

export function seedMailbox(db: Database, fields: Partial<MailboxRow> = {}): Promise<MailboxRow> {
  const id = anId<MailboxRow['id']>()
  return insert(db, 'mailboxes', { id, address: `${id}@desk.example`, ...fields })
}

/** An open ticket of a new customer, unless `fields` name one. */
export async function seedTicket(db: Database, fields: Partial<TicketRow> = {}): Promise<TicketRow> {
  const customer = fields.customer_id ?? (await seedUser(db)).id
  return insert(db, 'tickets', {
    id: anId(),
    title: 'The engine is stuck',
    customer_id: customer,
    source: 'email',
    ...fields,
  })
}

/** A public message by the ticket's customer, unless `fields` say otherwise. */
export function seedMessage(
  db: Database,
  ticket: TicketRow,
  fields: Partial<MessageRow> = {},
): Promise<MessageRow> {
  return insert(db, 'messages', {
    id: anId(),
    ticket_id: ticket.id,
    sender_id: ticket.customer_id,
    message_text: 'It does not turn any more.',
    is_from_customer: true,
    source: 'email',
    ...fields,
  })
}

/** A mail that was just ingested and waits to be filed. */
export function seedInbound(db: Database, fields: Partial<InboundEmailRow> = {}): Promise<InboundEmailRow> {
  return insert(db, 'inbound_emails', {
    id: anId(),
    arrived_by: 'ingest',
    raw_key: 'a'.repeat(64),
    raw_size: 1000,
    received_at: db.fn.now(),
    ...fields,
  })
}
