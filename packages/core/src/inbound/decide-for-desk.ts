// The whole decision about a mail: the built-in policy, what a person said about this very mail, and the staff's mail rules.
import type { TicketId } from '../ids.ts'
import { decideInbound } from './decide-inbound.ts'
import type { InboundDecision, InboundFacts, InboundVerdict } from './decision.ts'
import { applyMailRules } from './mail-rules/apply-mail-rules.ts'
import type { MailRule } from './mail-rules/mail-rule.ts'
import type { ParsedEmail } from './parsed-email.ts'
import { mayReopen } from './rules/join-rule.ts'

/** The ticket that a person released the mail into. */
export interface Placement {
  readonly ticketId: TicketId
  /** It is resolved or closed. */
  readonly isSleeping: boolean
  /** The sender is its requester or collaborator. */
  readonly senderMayWrite: boolean
}

/** What the desk wants beside the built-in policy. */
export interface DeskWishes {
  readonly mailRules: readonly MailRule[]
  /** Bytes of the mail as it came. */
  readonly size: number
  readonly placement: Placement | null
}

/**
 * Decides on a mail. Mail rules are asked only about what the policy would put into a ticket: duplicates, reports, waiting
 * mail and mail that is held already are the policy's alone, and so is what an agent writes by mail.
 */
export function decideForDesk(
  email: ParsedEmail,
  facts: InboundFacts,
  { mailRules, size, placement }: DeskWishes,
): InboundDecision {
  const policy = decideInbound(email, facts)
  const decision = placement ? placed(policy, placement) : policy
  const { verdict } = decision
  if (verdict.kind !== 'open' && verdict.kind !== 'append') return decision
  if (verdict.kind === 'append' && verdict.agent !== null) return decision
  const { matched, actions } = applyMailRules(mailRules, email, {
    mailboxId: facts.mailboxId,
    kind: facts.classification.kind,
    authentication: facts.authentication,
    isNewTicket: verdict.kind === 'open',
    size,
    waivedReasons: facts.waivedReasons ?? [],
  })
  if (matched.length === 0) return decision
  if (actions.quarantine === null || placement) return { ...decision, matchedRules: matched, actions }
  return {
    ...decision,
    verdict: { kind: 'quarantine', reason: actions.quarantine },
    decidedBy: 'mail-rules',
    passedOver: [...decision.passedOver, decision.decidedBy],
    matchedRules: matched,
  }
}

/** Into the ticket that a person chose; a duplicate stays one, and a mail without a sender has nobody to be of. */
function placed(
  policy: InboundDecision,
  { ticketId, isSleeping, senderMayWrite }: Placement,
): InboundDecision {
  const { facts, verdict } = policy
  if (verdict.kind === 'duplicate' || facts.sender.address === '') return policy
  const isForged = facts.authentication === 'fail'
  const unverified = !senderMayWrite || isForged
  const append: InboundVerdict = {
    kind: 'append',
    ticketId,
    reopen: isSleeping && !unverified && mayReopen(facts),
    internal: facts.staff !== null,
    unverified,
    admits: false,
    agent: null,
  }
  return {
    ...policy,
    verdict: append,
    decidedBy: 'placed-by-hand',
    passedOver: [...policy.passedOver, policy.decidedBy],
  }
}
