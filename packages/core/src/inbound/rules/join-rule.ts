// Who may join a ticket with which evidence. Evidence says which ticket is meant; who the sender is says whether.
import type { EvidenceRank, InboundFacts, TicketEvidence } from '../decision.ts'

/** What may let a person in whom the ticket does not know, for staff to see: it names a mail they must have had. */
const namesAMailTheyHad: readonly EvidenceRank[] = ['E1', 'E2', 'E4', 'E5']
/** Words that anybody can write or guess: no entrance unless From is surely theirs. */
const guessable: readonly EvidenceRank[] = ['E7', 'E8']

/** How a mail comes into the ticket that the evidence names. */
export interface Joining {
  readonly evidence: TicketEvidence
  readonly unverified: boolean
  readonly admits: boolean
}

/** The strongest evidence that lets the sender in, or undefined. */
export function joiningOf(facts: InboundFacts): Joining | undefined {
  for (const evidence of facts.evidence) {
    const how = mayJoin(evidence, facts)
    if (how) return { evidence, ...how }
  }
  return undefined
}

function mayJoin(
  { rank, senderMayWrite, sharesRequesterDomain }: TicketEvidence,
  facts: InboundFacts,
): Omit<Joining, 'evidence'> | undefined {
  const { authentication, policy, sender, classification } = facts
  const isForged = authentication === 'fail'
  const held = { unverified: true, admits: false }
  // A token proves that they had our mail, whoever they are; a wrong sender with a right token is for a person to judge.
  if (isForged) return rank === 'E1' || rank === 'E2' ? held : undefined
  if (senderMayWrite) {
    if (rank === 'E8' && classification.kind !== 'human') return undefined
    if (guessable.includes(rank) && authentication === 'none') return undefined
    return { unverified: false, admits: false }
  }
  if (!namesAMailTheyHad.includes(rank) || sender.address === '') return undefined
  const isSure = authentication === 'pass' || authentication === 'pass_arc'
  return policy.acceptsRequesterDomain && sharesRequesterDomain && isSure
    ? { unverified: false, admits: true }
    : held
}

/** Only what a person from outside writes brings a ticket back; staff and machines add to it where it stands. */
export function mayReopen({ classification, sender }: InboundFacts): boolean {
  return classification.kind === 'human' && (sender.role === null || sender.role === 'customer')
}

/** True when the ticket was closed longer ago than an answer may reopen it. */
export function isPastReopening(evidence: TicketEvidence, facts: InboundFacts): boolean {
  return mayReopen(facts) && evidence.closedForMs !== null && evidence.closedForMs > facts.policy.reopenMs
}
