// What `maildesk explain --against-database` adds to the object of a mail: where it would land, and why.
import { type EvidenceRank, type InboundVerdict, type TicketEvidence, tellDecision } from '@maildesk/core'
import type { Foreseen } from '@maildesk/flows'

export interface Foresight {
  /** Address of the mailbox whose settings were used; null when none of ours is addressed. */
  readonly mailbox: string | null
  readonly verdict: InboundVerdict
  /** The ticket it would go to; null when it opens one, or is held. */
  readonly ticket: { readonly id: string; readonly number: string; readonly title: string } | null
  /** The evidence that names that ticket. */
  readonly rank: EvidenceRank | null
  readonly matched: string | null
  /** Everything else in the mail that points to a ticket, strongest first. */
  readonly alternatives: readonly {
    readonly rank: EvidenceRank
    readonly matched: string
    readonly ticket_number: string
    readonly sender_may_write: boolean
  }[]
  readonly decided_by: string
  readonly passed_over: readonly string[]
  /** Sentences for a person. */
  readonly why: readonly string[]
}

export function foresightOf({ decision, mailbox }: Foreseen): Foresight {
  const { verdict, facts } = decision
  const used =
    'ticketId' in verdict ? facts.evidence.find(({ ticketId }) => ticketId === verdict.ticketId) : undefined
  return {
    mailbox: mailbox?.address ?? null,
    verdict,
    ticket: used ? { id: used.ticketId, number: used.ticketNumber, title: used.ticketTitle } : null,
    rank: used?.rank ?? null,
    matched: used?.matched ?? null,
    alternatives: facts.evidence.filter((one) => one !== used).map(alternative),
    decided_by: decision.decidedBy,
    passed_over: decision.passedOver,
    why: tellDecision(decision),
  }
}

function alternative({ rank, matched, ticketNumber, senderMayWrite }: TicketEvidence) {
  return { rank, matched, ticket_number: ticketNumber, sender_may_write: senderMayWrite }
}
