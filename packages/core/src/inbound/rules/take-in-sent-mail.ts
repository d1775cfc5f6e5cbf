import type { EvidenceRank, InboundRule } from '../decision.ts'

/** What makes a mail an answer in a conversation. */
const byReference: readonly EvidenceRank[] = ['E1', 'E2', 'E3', 'E4', 'E5']

export const takeInSentMail: InboundRule = {
  name: 'take-in-sent-mail',
  summary:
    'A mail in a folder of sent mail is an answer given with another program: it joins its ticket and is never sent again; one without a ticket is left alone.',
  decide(_email, { folderPurpose, ownMail, duplicateOf, pendingParent, evidence, waitedMs, policy }) {
    if (folderPurpose !== 'sent') return undefined
    if (ownMail === 'reply') return { kind: 'ignore', reason: 'own-copy' }
    // One that came into the inbox as well and was held there as a loop is none: this is the place where it counts.
    if (duplicateOf?.ticketId) return { kind: 'duplicate', of: duplicateOf.id }
    const answered = evidence.find(({ rank }) => byReference.includes(rank))
    if (answered) return { kind: 'append-sent', ticketId: answered.ticketId }
    if (pendingParent && waitedMs < policy.parentWaitMs) return { kind: 'wait', for: pendingParent }
    return { kind: 'ignore', reason: 'sent-without-ticket' }
  },
}
