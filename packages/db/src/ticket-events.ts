// Queries of `ticket_events`.
import type { InboundEmailId, OutboundEmailId, TicketId, UserId } from '@maildesk/core'
import type { Transaction } from './transaction.ts'

export interface NewTicketEvent {
  readonly id: string
  readonly ticketId: TicketId
  /** Past tense, snake_case: `ticket_opened`. */
  readonly type: string
  readonly actorId?: UserId | null
  readonly inboundEmailId?: InboundEmailId | null
  readonly outboundEmailId?: OutboundEmailId | null
  readonly data?: Readonly<Record<string, unknown>>
}

/** Adds a line to the ticket's audit trail, in the transaction of what happened. */
export async function recordEvent(tx: Transaction, event: NewTicketEvent): Promise<void> {
  await tx('ticket_events').insert({
    id: event.id,
    ticket_id: event.ticketId,
    type: event.type,
    actor_id: event.actorId ?? null,
    inbound_email_id: event.inboundEmailId ?? null,
    outbound_email_id: event.outboundEmailId ?? null,
    data: JSON.stringify(event.data ?? {}),
  })
}
