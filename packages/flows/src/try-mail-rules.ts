// Mail rules tried on mail that came already. Nothing is written.
import {
  applyMailRules,
  classifyEmail,
  type InboundDecision,
  type MailRule,
  type MailRuleResult,
  normalAddress,
  type ParsedEmail,
} from '@maildesk/core'
import type { InboundEmailRow, MailboxRow } from '@maildesk/db'

export interface TriedRules extends MailRuleResult {
  /** Rules are asked about such a mail; false for duplicates, reports, what the policy holds, and mail of agents. */
  readonly isAsked: boolean
}

/** What the rules would do with a mail of the ledger, by what is known of it. Pure. */
export function tryMailRules(
  rules: readonly MailRule[],
  row: InboundEmailRow,
  email: ParsedEmail,
  mailboxes: readonly Pick<MailboxRow, 'address'>[],
): TriedRules {
  const decision = (row.decision ?? {}) as Partial<InboundDecision>
  const own = mailboxes.map(({ address }) => normalAddress(address))
  const result = applyMailRules(rules, email, {
    mailboxId: row.mailbox_id,
    kind: decision.facts?.classification.kind ?? classifyEmail(email, own).kind,
    authentication: row.authentication ?? decision.facts?.authentication ?? 'unknown',
    isNewTicket: row.outcome !== 'appended' && row.outcome !== 'note_appended',
    size: Number(row.raw_size),
    waivedReasons: row.waived_reasons,
  })
  return { ...result, isAsked: isAsked(row, decision) }
}

function isAsked({ outcome, reason }: InboundEmailRow, { verdict }: Partial<InboundDecision>): boolean {
  if (verdict?.kind === 'append' && verdict.agent) return false
  if (outcome === 'quarantined') return reason?.startsWith('rule:') ?? false
  return outcome === 'new_ticket' || outcome === 'appended' || outcome === 'note_appended'
}
