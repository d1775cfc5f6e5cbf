// Which of the staff's rules a mail meets, and what they want together. Pure; never throws for what a mail holds.
import { databaseText } from '../../text/database-text.ts'
import type { ParsedEmail } from '../parsed-email.ts'
import { conditionHolds, foldText } from './condition-holds.ts'
import {
  type ConditionEvidence,
  type MailRule,
  type MailRuleActions,
  type MailRuleFacts,
  type MatchedRule,
  type MergedActions,
  maxMailRules,
} from './mail-rule.ts'
import { valuesOf } from './values-of.ts'

export interface MailRuleResult {
  readonly matched: readonly MatchedRule[]
  readonly actions: MergedActions
}

/** UTF-16 units kept of the value that decided; it goes into the decision that the ledger keeps. */
const maxFound = 120
/** Tags that rules give one ticket together. */
const maxMergedTags = 50

/**
 * Asks the rules from top to bottom until one that matches says stop. Of two rules that want different things the upper
 * one wins; tags add up. Rules past the limit of a desk are not asked.
 */
export function applyMailRules(
  rules: readonly MailRule[],
  email: ParsedEmail,
  facts: MailRuleFacts,
): MailRuleResult {
  const folded = new Map<string, readonly string[]>()
  const lookUp = (field: string) => {
    const known = folded.get(field)
    if (known) return known
    const values = valuesOf(field, email, facts).map(foldText)
    folded.set(field, values)
    return values
  }
  const matched: MatchedRule[] = []
  let actions = noActions
  for (const rule of rules.slice(0, maxMailRules)) {
    if (!rule.isActive || (rule.mailboxId !== null && rule.mailboxId !== facts.mailboxId)) continue
    const evidence = evidenceOfRule(rule, lookUp)
    if (!evidence) continue
    matched.push({ id: rule.id, name: rule.name, evidence })
    actions = merge(actions, rule.actions, facts)
    if (rule.stop) break
  }
  return { matched, actions }
}

/** What no rule at all wants. */
export const noActions: MergedActions = {
  category: null,
  priority: null,
  tags: [],
  assign: null,
  quarantine: null,
  noAcknowledgement: false,
  close: false,
}

/** The conditions that hold, when they are enough for the rule; a rule without conditions meets every mail. */
function evidenceOfRule(
  { match, conditions }: MailRule,
  lookUp: (field: string) => readonly string[],
): ConditionEvidence[] | undefined {
  const evidence: ConditionEvidence[] = []
  for (const condition of conditions) {
    const held = conditionHolds(condition, lookUp(condition.field))
    if (held) {
      const found = held.found === null ? null : databaseText(held.found, maxFound)
      evidence.push({ ...condition, found })
    } else if (match === 'all') return undefined
  }
  return conditions.length > 0 && evidence.length === 0 ? undefined : evidence
}

function merge(so: MergedActions, wanted: MailRuleActions, facts: MailRuleFacts): MergedActions {
  const counts = facts.isNewTicket || wanted.also_on_replies === true
  const reason = wanted.quarantine === undefined ? null : quarantineReasonOf(wanted.quarantine)
  return {
    category: so.category ?? (counts ? (wanted.category ?? null) : null),
    priority: so.priority ?? (counts ? (wanted.priority ?? null) : null),
    tags: [...new Set([...so.tags, ...(wanted.tags ?? [])])].slice(0, maxMergedTags),
    assign: so.assign ?? (counts ? (wanted.assign ?? null) : null),
    quarantine: so.quarantine ?? (reason && !facts.waivedReasons.includes(reason) ? reason : null),
    noAcknowledgement: so.noAcknowledgement || wanted.no_acknowledgement === true,
    close: so.close || (counts && wanted.close === true),
  }
}

/** The ledger's reason for what a rule holds; no built-in reason has a colon. */
export function quarantineReasonOf(word: string): string {
  return `rule:${word}`
}
