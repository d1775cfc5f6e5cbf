import type { InboundFacts, InboundRule, InboundVerdict } from '../decision.ts'
import { joiningOf } from './join-rule.ts'

export const recogniseDuplicates: InboundRule = {
  name: 'recognise-duplicates',
  summary:
    'The same mail came before (same Message-ID and same content): it is kept and points to the first, unless it came to another mailbox and this one wants a linked ticket of its own.',
  decide(_email, facts) {
    const { duplicateOf } = facts
    if (!duplicateOf) return undefined
    const isElsewhere = duplicateOf.mailboxId !== null && duplicateOf.mailboxId !== facts.mailboxId
    return isElsewhere && facts.policy.opensOwnCopies
      ? ownCopy(duplicateOf, facts)
      : { kind: 'duplicate', of: duplicateOf.id }
  },
}

/** Never a second message in the ticket that has the first: an answer is a copy there, and an answer here belongs here. */
function ownCopy(
  { id, ticketId }: NonNullable<InboundFacts['duplicateOf']>,
  facts: InboundFacts,
): InboundVerdict | undefined {
  const joining = joiningOf(facts)
  if (joining && joining.evidence.mailboxId === facts.mailboxId) return undefined
  if (joining || !ticketId || facts.classification.kind !== 'human') return { kind: 'duplicate', of: id }
  return { kind: 'open', link: { ticketId, relation: 'copy_of' } }
}
