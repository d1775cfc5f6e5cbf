// THE GATE: every mail that nobody asked for passes it or is withheld. What goes out by itself must never become
// somebody's flood, a stranger's mouthpiece, or half of a loop (RFC 3834 §2).

import { domainOf, isMachineAddress, isUsableAddress } from '../inbound/addresses.ts'
import type { Classification } from '../inbound/classify-email.ts'
import type { AuthenticationVerdict } from '../inbound/decision.ts'
import type { OutboundKind } from './types.ts'

/** Kinds of mail that are sent without a person asking for it. */
export type AutomaticKind = Exclude<OutboundKind, 'reply'>

/** So many within so many minutes. */
export interface Rung {
  readonly max: number
  readonly minutes: number
}

/** Every limit of what leaves by itself. A limit of 0 allows none. */
export interface AutomaticCaps {
  /** Acknowledgements to one address, and as many rejections. */
  readonly perRecipientPer10Minutes: number
  readonly perRecipientPerDay: number
  /** Any automatic mail to one address about one ticket; every rung must hold. */
  readonly perTicket: readonly Rung[]
  /** Mails of the same template and subject to one address, but for notifications. */
  readonly sameWordsPerHour: number
  /** Everything but notifications, to one domain. */
  readonly perDomainPerHour: number
  /** Everything but notifications. */
  readonly perHour: number
  /** Of these, to people whom nothing authenticates and whom no agent has written to. */
  readonly unprovenPerHour: number
  /** Notifications have a limit of their own, so that a flood of acknowledgements does not leave staff untold. */
  readonly notificationsPerHour: number
  /** Mails older than this are not answered, milliseconds. */
  readonly maxMailAgeMs: number
}

/** What left already, this mail not counted. */
export interface AutomaticCounts {
  /** Of the same kind. */
  readonly toRecipientIn10Minutes: number
  readonly toRecipientInDay: number
  /** One number for each rung of `perTicket`, in its order. */
  readonly toRecipientOnTicket: readonly number[]
  readonly sameWordsInHour: number
  readonly toDomainInHour: number
  readonly inHour: number
  readonly unprovenInHour: number
  readonly notificationsInHour: number
}

/** The mail that is answered or told of. */
export interface CauseFacts {
  readonly classification: Classification
  readonly authentication: AuthenticationVerdict
  /** It came from the very recipient. */
  readonly isOfRecipient: boolean
  /** The recipient stands in its To or Cc. */
  readonly namesRecipient: boolean
  /** One of our addresses stands in its To or Cc (else we were only Bcc'd). */
  readonly namesUs: boolean
  /** Milliseconds since it was sent or came to the server. */
  readonly ageMs: number
  /** It reached its server while a desk worked that was lost since, and that may have answered it. */
  readonly isOfLostDesk: boolean
}

export interface GateFacts {
  readonly kind: AutomaticKind
  /** Normal form. */
  readonly recipient: string
  /** There is a mailbox to send from. */
  readonly canSend: boolean
  /** The mailbox wants acknowledgements. */
  readonly mailboxAcknowledges: boolean
  readonly recipientIsOwn: boolean
  readonly recipientIsStaff: boolean
  /** False for a person who was deactivated. */
  readonly recipientIsActive: boolean
  /** An agent's reply reached this address before. */
  readonly recipientIsKnown: boolean
  /** Why automatic mail to the address is off; null while it is not. */
  readonly suppressedBecause: string | null
  /** Null when no mail caused it. */
  readonly cause: CauseFacts | null
  readonly sent: AutomaticCounts
  readonly caps: AutomaticCaps
}

export interface Refusal {
  /** Stable, kebab-case. */
  readonly reason: string
  readonly detail: string
  /** The name of a limit of the whole desk that was reached: ops should hear of it, once. */
  readonly alarm?: string
}

/** The mail answers what its recipient wrote: RFC 3834 applies with all it has. */
export function isAnswer({ kind, cause }: Pick<GateFacts, 'kind' | 'cause'>): boolean {
  return (
    kind === 'acknowledgement' || kind === 'rejection' || (kind === 'rule' && cause?.isOfRecipient === true)
  )
}

/** Nothing says that the recipient is who caused this mail: the lower limit applies. */
export function isUnproven(facts: Pick<GateFacts, 'kind' | 'cause' | 'recipientIsKnown'>): boolean {
  const { cause, recipientIsKnown } = facts
  if (!cause || !isAnswer(facts) || recipientIsKnown) return false
  return cause.authentication === 'none' || cause.authentication === 'unknown'
}

/** Why the mail may not go; undefined when it may. Every refusal becomes an event of the ticket. Pure. */
export function mayAutoSend(facts: GateFacts): Refusal | undefined {
  return whyNotThisRecipient(facts) ?? whyNotForThisMail(facts) ?? whichCapIsReached(facts)
}

/** Mails that others may be queueing at the same time, unseen until they commit: two workers of the largest size. */
const unseenMails = 150

/**
 * True while so much is left of every limit of the whole desk that mails which are being queued at the same time cannot
 * exceed it; else it takes one after the other to count. Pure.
 */
export function isFarFromLimits({ kind, sent, caps }: Pick<GateFacts, 'kind' | 'sent' | 'caps'>): boolean {
  const isFar = (count: number, limit: number) => limit - count > Math.max(unseenMails, limit / 2)
  if (kind === 'notification') return isFar(sent.notificationsInHour, caps.notificationsPerHour)
  return isFar(sent.inHour, caps.perHour) && isFar(sent.unprovenInHour, caps.unprovenPerHour)
}

function whyNotThisRecipient(facts: GateFacts): Refusal | undefined {
  const { kind, recipient } = facts
  if (!facts.canSend) return { reason: 'no-sending-mailbox', detail: 'no mailbox to send from' }
  if (kind === 'acknowledgement' && !facts.mailboxAcknowledges)
    return { reason: 'mailbox-setting', detail: 'the mailbox sends none' }
  if (!isUsableAddress(recipient)) return { reason: 'no-usable-address', detail: recipient }
  if (facts.recipientIsOwn) return { reason: 'own-address', detail: recipient }
  if (isMachineAddress(recipient)) return { reason: 'machine-address', detail: recipient }
  if (!facts.recipientIsActive) return { reason: 'deactivated', detail: recipient }
  if (kind === 'acknowledgement' && facts.recipientIsStaff) return { reason: 'staff', detail: recipient }
  if (facts.suppressedBecause !== null) return { reason: 'suppressed', detail: facts.suppressedBecause }
  return undefined
}

function whyNotForThisMail(facts: GateFacts): Refusal | undefined {
  const { cause, recipient, caps } = facts
  if (!cause) return undefined
  const { classification } = cause
  if (!isAnswer(facts)) {
    if (classification.kind === 'loop') return { reason: 'loop', detail: evidenceOf(classification) }
    // RFC 3834 §2 by another way: whoever answers by machine is not told of it by a machine.
    if (cause.isOfRecipient && classification.kind !== 'human')
      return { reason: 'own-automatic-mail', detail: evidenceOf(classification) }
    if (cause.namesRecipient) return { reason: 'already-addressed', detail: recipient }
    return undefined
  }
  if (!classification.mayAnswer) return { reason: 'automatic-or-list', detail: evidenceOf(classification) }
  if (!cause.namesUs) return { reason: 'blind-copy', detail: 'none of our addresses stands in To or Cc' }
  if (cause.isOfLostDesk)
    return { reason: 'restored', detail: 'it came before a restore: the lost desk may have answered it' }
  if (cause.ageMs > caps.maxMailAgeMs)
    return { reason: 'too-old', detail: `${Math.round(cause.ageMs / 60_000)} minutes` }
  // Known or not: whoever wrote it is somebody else than the one who would get the answer.
  if (cause.authentication === 'fail')
    return { reason: 'authentication', detail: 'the sender is not who From says' }
  return undefined
}

function evidenceOf({ reasons }: Classification): string {
  return reasons.map(({ rule, evidence }) => `${rule}: ${evidence}`).join('; ')
}

/** Narrow limits first, so that the reason names the one that is nearest to the recipient. */
function whichCapIsReached(facts: GateFacts): Refusal | undefined {
  const { kind, sent, caps, recipient } = facts
  if (kind === 'acknowledgement' || kind === 'rejection') {
    if (sent.toRecipientIn10Minutes >= caps.perRecipientPer10Minutes)
      return cap(`${caps.perRecipientPer10Minutes} per recipient and 10 minutes`)
    if (sent.toRecipientInDay >= caps.perRecipientPerDay)
      return cap(`${caps.perRecipientPerDay} per recipient and day`)
  }
  const full = caps.perTicket.find(({ max }, index) => (sent.toRecipientOnTicket[index] ?? 0) >= max)
  if (full) return cap(`${full.max} per recipient and ticket in ${full.minutes} minutes`)
  if (kind === 'notification') {
    return sent.notificationsInHour >= caps.notificationsPerHour
      ? { ...cap(`${caps.notificationsPerHour} notifications per hour`), alarm: 'notifications-per-hour' }
      : undefined
  }
  if (sent.sameWordsInHour >= caps.sameWordsPerHour)
    return cap(`${caps.sameWordsPerHour} of the same words per recipient and hour`)
  if (sent.toDomainInHour >= caps.perDomainPerHour)
    return cap(`${caps.perDomainPerHour} per domain and hour: ${domainOf(recipient)}`)
  if (isUnproven(facts) && sent.unprovenInHour >= caps.unprovenPerHour)
    return { ...cap(`${caps.unprovenPerHour} per hour to unproven senders`), alarm: 'unproven-per-hour' }
  if (sent.inHour >= caps.perHour) return { ...cap(`${caps.perHour} per hour`), alarm: 'per-hour' }
  return undefined
}

function cap(detail: string): Refusal {
  return { reason: 'cap', detail }
}
