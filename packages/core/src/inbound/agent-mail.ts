// May a mail that names one of the staff as its sender act as that agent? Only when everything speaks for it: the name
// in From is the easiest thing in a mail to forge, and what an agent writes goes out in our name.
import type { TokenRole } from '../threading/reply-token.ts'
import type { AuthenticationVerdict } from './authentication/verdict.ts'
import type { MailKind } from './classify-email.ts'

/** What is known of a mail whose From is staff. */
export interface AgentMailFacts {
  /** The agent's account is active. */
  readonly isActive: boolean
  /** From is one address, and Reply-To is absent or the same person's. */
  readonly answersGoToSender: boolean
  readonly authentication: AuthenticationVerdict
  /** It came in through a mailbox whose mail under agents' addresses is theirs without further proof. */
  readonly isTrustedMailbox: boolean
  readonly kind: MailKind
  /** It carries another mail on: meant for whom it was sent to, not for the customer. */
  readonly looksForwarded: boolean
  /** Role of the token of a notification that was sent to this very agent about this ticket; null without one. */
  readonly tokenRole: TokenRole | null
}

export const agentConditions = [
  'active',
  'token',
  'answers-to-sender',
  'authenticated',
  'human',
  'no-forward',
] as const
/** What must hold before a mail speaks as an agent. */
export type AgentCondition = (typeof agentConditions)[number]

export type AgentPower =
  | { readonly power: true; readonly role: TokenRole }
  | { readonly power: false; readonly missing: readonly AgentCondition[] }

/** Power to answer the customer and to change the ticket, or all that is missing for it. Pure. */
export function agentPowerOf(facts: AgentMailFacts): AgentPower {
  const missing = missingOf(facts)
  if (facts.tokenRole === null || missing.length > 0) return { power: false, missing }
  return { power: true, role: facts.tokenRole }
}

/** What is missing for an agent to hand in a customer's mail: as above, but no token, and a forward it is. */
export function missingToHandIn(facts: AgentMailFacts): AgentCondition[] {
  return missingOf(facts).filter((condition) => condition !== 'token' && condition !== 'no-forward')
}

function missingOf(facts: AgentMailFacts): AgentCondition[] {
  const { authentication } = facts
  const isProven = authentication === 'pass' || authentication === 'pass_arc'
  const holds: Record<AgentCondition, boolean> = {
    active: facts.isActive,
    token: facts.tokenRole !== null,
    'answers-to-sender': facts.answersGoToSender,
    // What was found to be wrong stays wrong, wherever it came in.
    authenticated: isProven || (facts.isTrustedMailbox && authentication !== 'fail'),
    human: facts.kind === 'human',
    'no-forward': !facts.looksForwarded,
  }
  return agentConditions.filter((condition) => !holds[condition])
}
