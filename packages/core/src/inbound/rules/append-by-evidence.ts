import type { InboundRule } from '../decision.ts'
import { isPastReopening, joiningOf, mayReopen } from './join-rule.ts'

export const appendByEvidence: InboundRule = {
  name: 'append-by-evidence',
  summary:
    'The strongest evidence (token, Message-ID, number) names the ticket; the sender must belong to it, or the mail is only shown to staff.',
  decide(_email, facts) {
    const joining = joiningOf(facts)
    if (!joining) return undefined
    const { evidence, unverified, admits } = joining
    if (isPastReopening(evidence, facts) && facts.policy.lateAnswers !== 'reopen') return undefined
    const isSleeping = evidence.ticketStatus === 'resolved' || evidence.ticketStatus === 'closed'
    return {
      kind: 'append',
      ticketId: evidence.ticketId,
      reopen: mayReopen(facts) && !unverified && isSleeping,
      internal: evidence.isInternal,
      unverified,
      admits,
      agent: null,
    }
  },
}
