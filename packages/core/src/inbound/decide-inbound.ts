// Runs the rules: the first opinion wins, and what was passed over is kept, so that people can see why.
import type { InboundDecision, InboundFacts, InboundRule } from './decision.ts'
import type { ParsedEmail } from './parsed-email.ts'
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
    if (verdict) return { verdict, decidedBy: rule.name, passedOver, facts }
    passedOver.push(rule.name)
  }
  throw new RangeError('no rule decided; the table must end with one that always does')
}
