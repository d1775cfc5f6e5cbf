// The gate for acknowledgements: an answer nobody asked for must never become somebody's flood.

import { isMachineAddress, isUsableAddress } from '../inbound/addresses.ts'
import type { Classification } from '../inbound/classify-email.ts'

export interface AcknowledgementFacts {
  /** The mailbox wants acknowledgements at all. */
  readonly mailboxAcknowledges: boolean
  readonly classification: Classification
  /** Normal form. */
  readonly recipient: string
  readonly senderIsStaff: boolean
  readonly recipientIsOwn: boolean
  /** One of our addresses stands in To or Cc (else we were only Bcc'd). */
  readonly addressedToUs: boolean
  /** Milliseconds since the mail was sent or came to the server. */
  readonly mailAgeMs: number
  readonly sent: {
    readonly toRecipientIn10Minutes: number
    readonly toRecipientInDay: number
    readonly toDomainInHour: number
    readonly inHour: number
  }
  readonly caps: {
    readonly perRecipientPer10Minutes: number
    readonly perRecipientPerDay: number
    readonly perDomainPerHour: number
    readonly perHour: number
    readonly maxMailAgeMs: number
  }
}

/** Why not, as a stable word and a detail; undefined when the acknowledgement may go. Every refusal becomes a ticket event. */
export function whyNotAcknowledge(
  facts: AcknowledgementFacts,
): { readonly reason: string; readonly detail: string } | undefined {
  const { classification, recipient, sent, caps } = facts
  if (!facts.mailboxAcknowledges) return { reason: 'mailbox-setting', detail: 'the mailbox sends none' }
  if (!isUsableAddress(recipient)) return { reason: 'no-usable-address', detail: recipient }
  if (facts.recipientIsOwn) return { reason: 'own-address', detail: recipient }
  if (facts.senderIsStaff) return { reason: 'staff', detail: recipient }
  if (isMachineAddress(recipient)) return { reason: 'machine-address', detail: recipient }
  if (!classification.mayAnswer) {
    return {
      reason: 'automatic-or-list',
      detail: classification.reasons.map(({ rule, evidence }) => `${rule}: ${evidence}`).join('; '),
    }
  }
  if (!facts.addressedToUs)
    return { reason: 'blind-copy', detail: 'none of our addresses stands in To or Cc' }
  if (facts.mailAgeMs > caps.maxMailAgeMs)
    return { reason: 'too-old', detail: `${Math.round(facts.mailAgeMs / 60_000)} minutes` }
  if (sent.toRecipientIn10Minutes >= caps.perRecipientPer10Minutes)
    return cap('per recipient and 10 minutes', caps.perRecipientPer10Minutes)
  if (sent.toRecipientInDay >= caps.perRecipientPerDay)
    return cap('per recipient and day', caps.perRecipientPerDay)
  if (sent.toDomainInHour >= caps.perDomainPerHour) return cap('per domain and hour', caps.perDomainPerHour)
  if (sent.inHour >= caps.perHour) return cap('per hour', caps.perHour)
  return undefined
}

function cap(which: string, limit: number) {
  return { reason: 'cap', detail: `${limit} ${which}` }
}
