import type { InboundRule } from '../decision.ts'
import { isPastReopening, joiningOf } from './join-rule.ts'

export const refuseLateAnswers: InboundRule = {
  name: 'refuse-late-answers',
  summary:
    'An answer to a ticket closed long ago is held and its sender told, where the mailbox wants it so.',
  decide(_email, facts) {
    const joining = joiningOf(facts)
    if (!joining || facts.policy.lateAnswers !== 'reject' || !isPastReopening(joining.evidence, facts))
      return undefined
    return { kind: 'quarantine', reason: 'ticket-closed', refusedBy: joining.evidence.ticketId }
  },
}
