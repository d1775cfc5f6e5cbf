import type { InboundRule } from '../decision.ts'
import { isPastReopening } from './append-by-evidence.ts'

export const openTicket: InboundRule = {
  name: 'open-ticket',
  summary: 'Everything else opens a ticket, linked to an old one where the mail points to it.',
  decide(_email, facts) {
    const [best] = facts.evidence
    if (!best) return { kind: 'open', link: null }
    const relation = best.senderMayWrite && isPastReopening(best, facts) ? 'follow_up_of' : 'possibly_related'
    return { kind: 'open', link: { ticketId: best.ticketId, relation } }
  },
}
