// What the rules are told, and what they may say.
import type { InboundEmailId, MailboxId, MessageId, TicketId, UserId } from '../ids.ts'
import type { TicketStatus, UserRole } from '../tickets/types.ts'
import type { Classification } from './classify-email.ts'
import type { ParsedEmail } from './parsed-email.ts'

export const evidenceRanks = ['E1', 'E2', 'E4', 'E5', 'E7'] as const
/**
 * How strongly something in a mail points to a ticket; the first is the strongest.
 * E1 signed token in a recipient address · E2 signed token in a Message-ID of ours it refers to ·
 * E4 In-Reply-To is a mail we hold · E5 References name a mail we hold · E7 ticket number in the subject.
 */
export type EvidenceRank = (typeof evidenceRanks)[number]

/** One ticket that something in the mail points to. */
export interface TicketEvidence {
  readonly rank: EvidenceRank
  /** What matched: the token's nonce, the Message-ID, the number. */
  readonly matched: string
  readonly ticketId: TicketId
  readonly ticketNumber: string
  readonly ticketStatus: TicketStatus
  /** Milliseconds since it was closed; null while it is not. */
  readonly closedForMs: number | null
  readonly mailboxId: MailboxId | null
  /** The message it points to, where it points to one. */
  readonly messageId: MessageId | null
  /** That message, or the token's role, is internal. */
  readonly isInternal: boolean
  /** The sender is the requester, a collaborator, or staff. */
  readonly senderMayWrite: boolean
}

export interface SenderFacts {
  /** Normal form; '' when the mail names no usable sender. */
  readonly address: string
  readonly userId: UserId | null
  readonly role: UserRole | null
  /** False for a person who was deactivated. */
  readonly isActive: boolean
  /** Tickets this address opened by mail within the last hour. */
  readonly ticketsInLastHour: number
}

/** Everything the rules may know besides the mail; gathered in one read-only step. */
export interface InboundFacts {
  readonly sender: SenderFacts
  readonly classification: Classification
  /** Strongest first, then newest message first. */
  readonly evidence: readonly TicketEvidence[]
  /** The same mail, filed before. */
  readonly duplicateOf: InboundEmailId | null
  /** A mail this one answers that is itself still being filed. */
  readonly pendingParent: InboundEmailId | null
  /** Milliseconds since the mail was kept. */
  readonly waitedMs: number
  readonly policy: {
    readonly parentWaitMs: number
    readonly reopenMs: number
    readonly floodTicketsPerHour: number
  }
}

export type InboundVerdict =
  | {
      readonly kind: 'append'
      readonly ticketId: TicketId
      readonly reopen: boolean
      /** Seen by staff only. */
      readonly internal: boolean
      /** The sender is no participant: shown to staff, never sent on. */
      readonly unverified: boolean
    }
  | {
      readonly kind: 'open'
      readonly link: {
        readonly ticketId: TicketId
        readonly relation: 'follow_up_of' | 'possibly_related'
      } | null
    }
  | {
      readonly kind: 'record-report'
      readonly ticketId: TicketId
      readonly report: 'bounce' | 'delivery_notice' | 'complaint'
    }
  | { readonly kind: 'duplicate'; readonly of: InboundEmailId }
  | { readonly kind: 'quarantine'; readonly reason: string }
  | { readonly kind: 'wait'; readonly for: InboundEmailId }

/** A rule has an opinion about an email, or none. It reads; it never writes. */
export interface InboundRule {
  /** Verb phrase, unique. */
  readonly name: string
  /** One sentence for ops and docs. */
  readonly summary: string
  decide(email: ParsedEmail, facts: InboundFacts): InboundVerdict | undefined
}

/** The answer to "why did this mail land here?"; kept with the ledger row. */
export interface InboundDecision {
  readonly verdict: InboundVerdict
  readonly decidedBy: string
  readonly passedOver: readonly string[]
  readonly facts: InboundFacts
}
