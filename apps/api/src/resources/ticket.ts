// A ticket and its events as JSON.
import { sources, ticketCategories, ticketPriorities, ticketRelations, ticketStatuses } from '@maildesk/core'
import type { TicketEventRow, TicketLinkRow, TicketRow } from '@maildesk/db'
import { type Static, Type } from 'typebox'
import { isoTime, isoTimeOrNull, Named, Nullable, OneOf, Time, Uuid } from './schema.ts'

export const TicketSchema = Named('Ticket', {
  id: Uuid(),
  number: Type.Integer({ description: 'What people say aloud.' }),
  title: Type.String(),
  customer_id: Uuid(),
  category: OneOf(ticketCategories),
  status: OneOf(ticketStatuses),
  priority: OneOf(ticketPriorities),
  assigned_agent_id: Nullable(Uuid()),
  created_at: Time(),
  updated_at: Time(),
  closed_at: Nullable(Time()),
  source: OneOf(sources),
  tags: Type.Array(Type.String()),
  mailbox_id: Nullable(Uuid('The mailbox it came to and is answered from.')),
  version: Type.Integer({ description: 'Grows with every change; in quotes it is the ETag.' }),
  merged_into_id: Nullable(Uuid('The ticket that took it in; answers go there.')),
  attention: Nullable(Type.String({ description: 'Why a person should look at it.' })),
})

export function presentTicket(row: TicketRow): Static<typeof TicketSchema> {
  return {
    id: row.id,
    number: Number(row.number),
    title: row.title,
    customer_id: row.customer_id,
    category: row.category,
    status: row.status,
    priority: row.priority,
    assigned_agent_id: row.assigned_agent_id,
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
    closed_at: isoTimeOrNull(row.closed_at),
    source: row.source,
    tags: row.tags,
    mailbox_id: row.mailbox_id,
    version: row.version,
    merged_into_id: row.merged_into_id,
    attention: row.attention,
  }
}

export const TicketLinkSchema = Named('TicketLink', {
  from_ticket_id: Uuid(),
  to_ticket_id: Uuid(),
  relation: OneOf(ticketRelations),
  created_at: Time(),
})

export function presentTicketLink(row: TicketLinkRow): Static<typeof TicketLinkSchema> {
  return {
    from_ticket_id: row.from_ticket_id,
    to_ticket_id: row.to_ticket_id,
    relation: row.relation,
    created_at: isoTime(row.created_at),
  }
}

export const TicketEventSchema = Named('TicketEvent', {
  id: Uuid(),
  ticket_id: Uuid(),
  type: Type.String({ description: 'Past tense: `ticket_opened`, `status_changed` …' }),
  actor_id: Nullable(Uuid()),
  inbound_email_id: Nullable(Uuid()),
  outbound_email_id: Nullable(Uuid()),
  data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
  created_at: Time(),
})

export function presentTicketEvent(row: TicketEventRow): Static<typeof TicketEventSchema> {
  return {
    id: row.id,
    ticket_id: row.ticket_id,
    type: row.type,
    actor_id: row.actor_id,
    inbound_email_id: row.inbound_email_id,
    outbound_email_id: row.outbound_email_id,
    data: row.data,
    created_at: isoTime(row.created_at),
  }
}

/** The limits that a ticket's own fields keep, wherever they are written. */
export const TicketFields = {
  title: Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' }),
  tags: Type.Array(Type.String({ minLength: 1, maxLength: 50, pattern: '\\S' }), {
    maxItems: 50,
    uniqueItems: true,
  }),
  message_text: Type.String({ minLength: 1, maxLength: 200_000, pattern: '\\S' }),
}
