// The trace of a decision as sentences, for whoever asks why a mail is where it is.
import type {
  AgentUse,
  EvidenceRank,
  InboundDecision,
  InboundFacts,
  InboundVerdict,
  TicketEvidence,
} from './decision.ts'
import type { MatchedRule } from './mail-rules/mail-rule.ts'
import { inboundRules } from './rules/index.ts'

const wordsOfRank: Record<EvidenceRank, string> = {
  E1: 'a token of ours in an address it was sent to',
  E2: 'a token of ours in a Message-ID it refers to',
  E3: 'a token of ours in its body',
  E4: 'In-Reply-To names a mail we hold',
  E5: 'References names a mail we hold',
  E6: 'it refers to a mail that this ticket refers to as well, or is referred to there itself',
  E7: 'the ticket number in its subject',
  E8: 'the same subject from the same sender',
}

const wordsOfAuthentication: Record<InboundFacts['authentication'], string> = {
  pass: 'the sender is who From says (DMARC)',
  pass_arc: 'a trusted forwarder vouches for the sender (ARC)',
  none: 'nothing proves or disproves the sender',
  fail: 'the sender is not who From says',
  unknown: 'the sender was not checked',
}

/** Who decides beside the built-in rules. */
const otherDeciders: Readonly<Record<string, string>> = {
  'mail-rules': 'A mail rule of the desk holds it.',
  'placed-by-hand': 'A person released it into this ticket.',
}

/** UTF-16 units shown of what matched. */
const maxShown = 120

/** The decision told line by line: verdict, rule, evidence with what was not used and why, sender, kind. Pure. */
export function tellDecision({ verdict, decidedBy, facts, matchedRules = [] }: InboundDecision): string[] {
  const summary = inboundRules.find(({ name }) => name === decidedBy)?.summary ?? otherDeciders[decidedBy]
  return [
    tellVerdict(verdict, facts),
    `decided by ${decidedBy}${summary ? `: ${summary}` : ''}`,
    ...(facts.waivedReasons?.length ? [`released by a person from: ${facts.waivedReasons.join(', ')}`] : []),
    ...(facts.sender.blockedBy ? [`its sender is on the blocklist: ${facts.sender.blockedBy}`] : []),
    ...matchedRules.map(tellMatchedRule),
    ...facts.evidence.map((evidence) => tellEvidence(evidence, verdict)),
    ...(facts.evidence.length === 0 ? ['nothing in it points to a ticket'] : []),
    ...(facts.badTokens > 0 ? [`${facts.badTokens} words in it look like a token of ours and are none`] : []),
    tellSender(facts),
    tellKind(facts),
  ]
}

function tellVerdict(verdict: InboundVerdict, facts: InboundFacts): string {
  const name = (id: string) => {
    const known = facts.evidence.find(({ ticketId }) => ticketId === id)
    return known ? `ticket #${known.ticketNumber}` : `ticket ${id}`
  }
  switch (verdict.kind) {
    case 'append': {
      const marks = [
        verdict.internal && 'as an internal note',
        verdict.agent?.kind === 'speak' && 'and sent on to the customer',
        verdict.agent?.kind === 'hold' && tellHold(verdict.agent),
        verdict.unverified && 'unverified, shown to staff only',
        verdict.reopen && 'and reopened it',
        verdict.admits && 'and its sender joined',
      ].filter(Boolean)
      return [`added to ${name(verdict.ticketId)}`, ...marks].join(', ')
    }
    case 'open':
      if (verdict.onBehalfOf)
        return `opened a ticket of ${verdict.onBehalfOf.address}, whose mail staff handed in`
      if (verdict.requesterCandidates)
        return 'opened a ticket; whose mail was handed in is for a person to say'
      return verdict.link
        ? `opened a ticket, linked to ${name(verdict.link.ticketId)} as ${verdict.link.relation.replaceAll('_', ' ')}`
        : 'opened a ticket'
    case 'record-report':
      return `noted on ${facts.report ? `ticket #${facts.report.ticketNumber}` : name(verdict.ticketId)} as ${verdict.report.replaceAll('_', ' ')}${facts.report ? `, by ${facts.report.by.replaceAll('-', ' ')}` : ''}`
    case 'log':
      return `noted on ${name(verdict.ticketId)} and shown to nobody: ${verdict.reason.replaceAll('-', ' ')}`
    case 'append-sent':
      return `added to ${name(verdict.ticketId)} as an answer sent with another program`
    case 'ignore':
      return `left alone: ${verdict.reason.replaceAll('-', ' ')}`
    case 'duplicate':
      return `kept as a duplicate of inbound email ${verdict.of}`
    case 'quarantine':
      return `held in quarantine: ${verdict.reason}`
    case 'wait':
      return `waits for inbound email ${verdict.for}, which it answers`
  }
}

function tellMatchedRule({ name, evidence }: MatchedRule): string {
  const shown = evidence.map(({ field, operator, value, found }) =>
    [field, operator.replaceAll('_', ' '), ...(value === undefined ? [] : [`“${value}”`])]
      .concat(found === null ? [] : [`(${found})`])
      .join(' '),
  )
  return `met the mail rule “${name}”: ${shown.join('; ')}`
}

function tellHold({ reason, missing }: Extract<AgentUse, { kind: 'hold' }>): string {
  const lacks = missing.length > 0 ? ` (missing: ${missing.join(', ')})` : ''
  return `held back from the customer: ${reason.replaceAll('-', ' ')}${lacks}`
}

function tellEvidence(evidence: TicketEvidence, verdict: InboundVerdict): string {
  const place = `${evidence.rank} ${wordsOfRank[evidence.rank]} → ticket #${evidence.ticketNumber}`
  const through = evidence.mergedFrom.map((number) => ` (merged from #${number})`).join('')
  const used = 'ticketId' in verdict && verdict.ticketId === evidence.ticketId ? 'used' : 'not used'
  const rights = evidence.senderMayWrite ? 'the sender belongs to it' : 'the sender does not belong to it'
  return `${place}${through}: ${evidence.matched.slice(0, maxShown)}; ${used}; ${rights}`
}

function tellSender({ sender, authentication }: InboundFacts): string {
  const who = sender.address || 'nobody'
  const role = sender.role ? ` (${sender.role})` : ' (not known before)'
  const via = sender.via ? ` by ${sender.via}` : ''
  return `from ${who}${via}${sender.address ? role : ''}; ${wordsOfAuthentication[authentication]}`
}

function tellKind({ classification: { kind, mayAnswer, reasons } }: InboundFacts): string {
  const why = reasons.map(({ rule, evidence }) => `${rule} (${evidence.slice(0, maxShown)})`).join(', ')
  const answer = mayAnswer ? 'may be answered automatically' : 'gets no automatic answer'
  return `${kind.replaceAll('_', ' ')} mail; ${answer}${why ? ` because of ${why}` : ''}`
}
