import { haveCommonWords } from '../../text/subject.ts'
import type { EvidenceRank, InboundRule, TicketEvidence } from '../decision.ts'
import type { ParsedEmail } from '../parsed-email.ts'
import { joiningOf } from './join-rule.ts'

/** The mail came as an answer; what its subject says was the writer's choice. */
const byReference: readonly EvidenceRank[] = ['E1', 'E2', 'E4', 'E5']

/** An old mail taken up to write of something else: another subject, and nothing of ours repeated below. */
export function isAnotherTopic(email: ParsedEmail, evidence: TicketEvidence): boolean {
  return (
    byReference.includes(evidence.rank) &&
    !evidence.quotesTicket &&
    !haveCommonWords(email.subject, evidence.ticketTitle)
  )
}

export const openForAnotherTopic: InboundRule = {
  name: 'open-for-another-topic',
  summary:
    'An old mail answered under quite another subject, without a quote, opens a linked ticket when the old one is closed.',
  decide(email, facts) {
    const joining = joiningOf(facts)
    if (!joining || joining.unverified || facts.classification.kind !== 'human') return undefined
    if (!isAnotherTopic(email, joining.evidence)) return undefined
    const isClosed = joining.evidence.ticketStatus === 'closed'
    if (!isClosed && !facts.policy.isSubjectStrict) return undefined
    return {
      kind: 'open',
      link: { ticketId: joining.evidence.ticketId, relation: 'topic_changed_from' },
    }
  },
}
