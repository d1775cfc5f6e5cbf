// Runs the rules: the first opinion wins, and what was passed over is kept, so that people can see why.
import type { InboundDecision, InboundFacts, InboundRule, InboundVerdict } from './decision.ts'
import type { ParsedEmail } from './parsed-email.ts'
import { quarantineReasonEntry } from './quarantine-reasons.ts'
import { inboundRules } from './rules/index.ts'

/** @throws RangeError when no rule has an opinion; the last rule of the table always has one. */
export function decideInbound(
  email: ParsedEmail,
  facts: InboundFacts,
  rules: readonly InboundRule[] = inboundRules,
): InboundDecision {
  const passedOver: string[] = []
  for (const rule of rules) {
    const verdict = rule.decide(email, facts)
    if (verdict && !isWaived(verdict, facts)) return { verdict, decidedBy: rule.name, passedOver, facts }
    passedOver.push(rule.name)
  }
  throw new RangeError('no rule decided; the table must end with one that always does')
}

/** A person released the mail from this quarantine; what cannot be filed at all stays. */
function isWaived(verdict: InboundVerdict, { waivedReasons = [] }: InboundFacts): boolean {
  return (
    verdict.kind === 'quarantine' &&
    waivedReasons.includes(verdict.reason) &&
    quarantineReasonEntry(verdict.reason)?.release === 'yes'
  )
}
