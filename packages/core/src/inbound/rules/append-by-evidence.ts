import type { InboundFacts, InboundRule, TicketEvidence } from '../decision.ts'

/** Evidence that may let an unknown sender write, for staff to see: only what names a mail they must have had. */
const strongRanks = new Set(['E1', 'E2', 'E4', 'E5'])

export const appendByEvidence: InboundRule = {
  name: 'append-by-evidence',
  summary:
    'The strongest evidence (token, Message-ID, number) names the ticket; the sender must belong to it, or the mail is only shown to staff.',
  decide(_email, facts) {
    const best = facts.evidence.find((evidence) => mayJoin(evidence, facts))
    if (!best || isPastReopening(best, facts)) return undefined
    const isStaff = facts.sender.role === 'provider' || facts.sender.role === 'admin'
    const isHuman = facts.classification.kind === 'human'
    return {
      kind: 'append',
      ticketId: best.ticketId,
      reopen:
        isHuman &&
        best.senderMayWrite &&
        !isStaff &&
        best.ticketStatus !== 'open' &&
        best.ticketStatus !== 'in_progress',
      // What an agent writes by mail stays inside until the conditions for speaking as an agent are checked.
      internal: best.isInternal || isStaff,
      unverified: !best.senderMayWrite,
    }
  },
}

function mayJoin(evidence: TicketEvidence, facts: InboundFacts): boolean {
  if (evidence.senderMayWrite) return true
  return strongRanks.has(evidence.rank) && facts.sender.address !== ''
}

/**
 * A ticket closed longer ago than the grace period is not reopened: a customer's mail opens a new one, linked. What staff
 * or machines write never reopens anything, and stays with the ticket it is about.
 */
export function isPastReopening(
  evidence: TicketEvidence,
  { policy, classification, sender }: InboundFacts,
): boolean {
  const reopens = classification.kind === 'human' && (sender.role === null || sender.role === 'customer')
  return reopens && evidence.closedForMs !== null && evidence.closedForMs > policy.reopenMs
}
