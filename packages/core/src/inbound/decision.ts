// What the rules are told, and what they may say.
import type { InboundEmailId, MailboxId, MessageId, OutboundEmailId, TicketId, UserId } from '../ids.ts'
import type { FolderPurpose } from '../mail-source.ts'
import type { HeldReason } from '../outbound/notification-template.ts'
import type { EvidenceRank } from '../threading/evidence-rank.ts'
import type { TokenRole } from '../threading/reply-token.ts'
import type { TicketStatus, UserRole } from '../tickets/types.ts'
import type { AgentCondition } from './agent-mail.ts'
import type { AuthenticationVerdict } from './authentication/verdict.ts'
import type { Classification } from './classify-email.ts'
import type { IdentitySource } from './identity.ts'
import type { MailAddress } from './mail-address.ts'
import type { MatchedRule, MergedActions } from './mail-rules/mail-rule.ts'
import type { ReportedMail } from './match-report.ts'
import type { ParsedEmail } from './parsed-email.ts'

export { type EvidenceRank, evidenceRanks } from '../threading/evidence-rank.ts'
export type { AuthenticationVerdict } from './authentication/verdict.ts'

/** One ticket that something in the mail points to. */
export interface TicketEvidence {
  readonly rank: EvidenceRank
  /** What matched: the token's nonce, the Message-ID, the number. */
  readonly matched: string
  readonly ticketId: TicketId
  readonly ticketNumber: string
  readonly ticketTitle: string
  readonly ticketStatus: TicketStatus
  /** Milliseconds since it was closed; null while it is not. */
  readonly closedForMs: number | null
  readonly mailboxId: MailboxId | null
  /** Numbers of the tickets that were merged into it on the way here, the one pointed to first. */
  readonly mergedFrom: readonly string[]
  /** The message it points to, where it points to one. */
  readonly messageId: MessageId | null
  /** That message, or the token's role, is internal. */
  readonly isInternal: boolean
  /** The sender is the requester, a collaborator, or staff. */
  readonly senderMayWrite: boolean
  /** The sender's address is of the same domain as the requester's, and the domain is no mail provider's. */
  readonly sharesRequesterDomain: boolean
  /** The mail repeats words of a message of this ticket. */
  readonly quotesTicket: boolean
  /** The sender is who the ticket is for. */
  readonly senderIsRequester: boolean
  /** Role of the token, when it was made for a notification to this very sender; null otherwise. */
  readonly notificationRole: TokenRole | null
}

export interface SenderFacts {
  /** Normal form; '' when the mail names no usable sender. */
  readonly address: string
  /** Where the address stands, when not in From. */
  readonly via?: IdentitySource
  readonly userId: UserId | null
  readonly role: UserRole | null
  /** False for a person who was deactivated. */
  readonly isActive: boolean
  /** The entry of the blocklist that names them: the address, or a domain. Absent for everybody else. */
  readonly blockedBy?: string
  /** Tickets this address opened by mail within the last hour. */
  readonly ticketsInLastHour: number
  /** Other mails of theirs with the same words within the last hour. */
  readonly sameBodyInLastHour: number
}

/** A mail of the same Message-ID and content that was filed before. */
export interface FiledCopy {
  readonly id: InboundEmailId
  readonly mailboxId: MailboxId | null
  readonly ticketId: TicketId | null
}

/** What an answer to a ticket closed longer ago than the grace period does. */
export type LateAnswers = 'reopen' | 'new_linked' | 'reject'

/** What a mail of staff is; see `agentPowerOf`. */
export interface StaffFacts {
  readonly answersGoToSender: boolean
  readonly isTrustedMailbox: boolean
  /** What they wrote now cannot be told from the notification they answer: it holds parts of it, or stands inside. */
  readonly repeatsNotification: boolean
}

/** The mail that this one passes on. */
export interface ForwardFacts {
  /** Who wrote it, when that is sure and neither ours nor staff. */
  readonly from: MailAddress | null
  /** Whom it may be of, when it is not sure. */
  readonly candidates: readonly MailAddress[]
}

/** Everything the rules may know besides the mail; gathered in one read-only step. */
export interface InboundFacts {
  readonly sender: SenderFacts
  readonly classification: Classification
  readonly authentication: AuthenticationVerdict
  /** The mailbox it was fetched from; null for a mail taken in by hand. */
  readonly mailboxId: MailboxId | null
  /** What the folder was for that it was taken from. */
  readonly folderPurpose: FolderPurpose
  /** A signed word of ours is its own Message-ID: we made it, to try an address or as what we send. */
  readonly ownMail: 'probe' | 'reply' | null
  /** Every mailbox of ours among its recipients. */
  readonly addressedMailboxIds: readonly MailboxId[]
  /** It carries another mail on: by its subject, a quoted header block, or an attached mail. */
  readonly looksForwarded: boolean
  /** The mail it passes on; null when it passes none on. */
  readonly forward: ForwardFacts | null
  /** Null when the sender is not staff. */
  readonly staff: StaffFacts | null
  /** Strongest first, then newest message first. */
  readonly evidence: readonly TicketEvidence[]
  /** Number of a ticket that is gone, named by a token of ours. */
  readonly goneTicket: string | null
  /** The mail of ours that it reports on; null when it is no report, or nothing proves that we sent what it returns. */
  readonly report: ReportedMail | null
  /** Words that look like a token of ours and are none. */
  readonly badTokens: number
  /** The same mail, filed before: in this mailbox if it came there, else in another of ours. */
  readonly duplicateOf: FiledCopy | null
  /** A mail this one answers that is itself still being filed. */
  readonly pendingParent: InboundEmailId | null
  /** Milliseconds since it first waited for a mail it answers; time behind a backlog is no waiting. */
  readonly waitedMs: number
  /** Reasons of quarantine that a person set aside for this mail, by releasing it. */
  readonly waivedReasons?: readonly string[]
  readonly policy: {
    readonly parentWaitMs: number
    /** An answer within this time after closing reopens the ticket. */
    readonly reopenMs: number
    readonly lateAnswers: LateAnswers
    /** Another subject without a quote of ours opens a ticket of its own, not only when the old one is closed. */
    readonly isSubjectStrict: boolean
    /** People of the requester's domain, authenticated, may join. */
    readonly acceptsRequesterDomain: boolean
    /** A mail that went to another of our mailboxes as well opens a ticket here, too. */
    readonly opensOwnCopies: boolean
    readonly floodTicketsPerHour: number
  }
}

export const ticketRelations = [
  'follow_up_of',
  'possibly_related',
  'forwarded_from',
  'split_from',
  'topic_changed_from',
  'copy_of',
] as const
/** What a ticket is to an older one. */
export type TicketRelation = (typeof ticketRelations)[number]

/**
 * How a mail of staff in a ticket counts. `speak`: it answers the customer. `note`: for staff only, and its commands are
 * carried out. `hold`: kept as a note, nothing is done, the agent is told why.
 */
export type AgentUse =
  | { readonly kind: 'speak' }
  | { readonly kind: 'note' }
  | { readonly kind: 'hold'; readonly reason: HeldReason; readonly missing: readonly AgentCondition[] }

export type InboundVerdict =
  | {
      readonly kind: 'append'
      readonly ticketId: TicketId
      readonly reopen: boolean
      /** Seen by staff only. */
      readonly internal: boolean
      /** The sender is no participant, or not surely: shown to staff, never sent on. */
      readonly unverified: boolean
      /** The sender becomes a collaborator by writing. */
      readonly admits: boolean
      /** How a mail of staff counts; null for everybody else's. */
      readonly agent: AgentUse | null
    }
  | {
      readonly kind: 'open'
      readonly link: {
        readonly ticketId: TicketId
        readonly relation: TicketRelation
      } | null
      /** Staff hand in a customer's mail: the ticket is the customer's. */
      readonly onBehalfOf?: MailAddress
      /** Staff passed on a mail of one of these, or of somebody else: a person has to say whose ticket it is. */
      readonly requesterCandidates?: readonly MailAddress[]
    }
  /** Machine mail of staff: told in the ticket's trail, shown to nobody. */
  | { readonly kind: 'log'; readonly ticketId: TicketId; readonly reason: 'automatic-mail-of-staff' }
  | {
      readonly kind: 'record-report'
      readonly ticketId: TicketId
      /** The mail that is reported on. */
      readonly outboundEmailId: OutboundEmailId
      readonly report: 'bounce' | 'delivery_notice' | 'complaint'
    }
  /** Sent by staff with another program: an answer of the desk, or a note when the customer did not get it. */
  | { readonly kind: 'append-sent'; readonly ticketId: TicketId }
  /** Kept in the ledger and nowhere else. */
  | { readonly kind: 'ignore'; readonly reason: 'address-probe' | 'own-copy' | 'sent-without-ticket' }
  | { readonly kind: 'duplicate'; readonly of: InboundEmailId }
  | {
      readonly kind: 'quarantine'
      readonly reason: string
      /** The ticket that does not take it; its sender is told so, through the gate. */
      readonly refusedBy?: TicketId
    }
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
  /** The staff's mail rules that it met, upper first; absent when it met none. */
  readonly matchedRules?: readonly MatchedRule[]
  /** What these want done with its ticket. */
  readonly actions?: MergedActions
}
