import type { InboundRule } from '../decision.ts'
import { isPastReopening, joiningOf } from './join-rule.ts'

export const openTicket: InboundRule = {
  name: 'open-ticket',
  summary: 'Everything else opens a ticket, linked to an old one where the mail points to it.',
  decide(_email, facts) {
    const joining = joiningOf(facts)
    if (joining && !joining.unverified && isPastReopening(joining.evidence, facts))
      return { kind: 'open', link: { ticketId: joining.evidence.ticketId, relation: 'follow_up_of' } }
    const [best] = facts.evidence
    return {
      kind: 'open',
      link: best ? { ticketId: best.ticketId, relation: 'possibly_related' } : null,
    }
  },
}
