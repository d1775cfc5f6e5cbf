import { missingToHandIn } from '../agent-mail.ts'
import type { EvidenceRank, InboundRule } from '../decision.ts'

/** What makes a mail part of a conversation, whatever it carries. */
const ofConversation: readonly EvidenceRank[] = ['E1', 'E2', 'E3', 'E4', 'E5']

export const openForMailHandedIn: InboundRule = {
  name: 'open-for-mail-handed-in',
  summary:
    'A customer’s mail that staff forward opens the customer’s ticket; who is meant is asked where the forward leaves it open.',
  decide(_email, facts) {
    const { staff, forward, sender, authentication, classification, evidence } = facts
    if (!staff || !forward || classification.kind !== 'human') return undefined
    if (evidence.some(({ rank }) => ofConversation.includes(rank))) return undefined
    const missing = missingToHandIn({
      isActive: sender.isActive,
      answersGoToSender: staff.answersGoToSender,
      authentication,
      isTrustedMailbox: staff.isTrustedMailbox,
      kind: classification.kind,
      looksForwarded: true,
      tokenRole: null,
    })
    if (forward.from && missing.length === 0) return { kind: 'open', link: null, onBehalfOf: forward.from }
    const candidates = forward.from ? [forward.from] : forward.candidates
    return { kind: 'open', link: null, requesterCandidates: candidates }
  },
}
