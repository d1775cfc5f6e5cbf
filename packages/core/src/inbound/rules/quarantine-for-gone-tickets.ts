import type { InboundRule } from '../decision.ts'

export const quarantineForGoneTickets: InboundRule = {
  name: 'quarantine-for-gone-tickets',
  summary: 'An answer to a ticket that was deleted does not bring it back by mail; it is held.',
  decide: (_email, { goneTicket, evidence }) =>
    goneTicket !== null && evidence.length === 0
      ? { kind: 'quarantine', reason: 'ticket-deleted' }
      : undefined,
}
