// A mail that somebody passed on: what can be known of the mail inside.
import type { Rfc822Id } from '../../ids.ts'
import type { MailAddress } from '../../inbound/mail-address.ts'

/** Why a mail is taken for a forward, or why its sender is in doubt; evidence is text from the mail. */
export interface ForwardReason {
  readonly rule:
    | 'attached-mail'
    | 'forward-marker'
    | 'forward-subject'
    | 'several-attached-mails'
    | 'several-blocks'
    | 'several-senders'
    | 'no-sender-address'
    | 'no-header-block'
  readonly evidence: string
}

export interface ForwardedMail {
  readonly ambiguous: false
  /** As an attached mail, or as text below a header block. */
  readonly how: 'rfc822' | 'block'
  /** Its address is usable; the name is attacker's text. */
  readonly from: MailAddress
  /** ISO 8601 UTC; null when it cannot be told for sure. Without a zone it is read in that of the forwarding mail. */
  readonly date: string | null
  /** As written; '' when there is none. */
  readonly dateText: string
  /** Names without an address have address ''. */
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly subject: string
  /** What its sender wrote, and all that came with it; without the quote marks of the forward. */
  readonly text: string
  /** What the forwarder wrote above. */
  readonly comment: string
  /** What follows a forward that is quoted with `>`: most often the forwarder's signature. */
  readonly commentBelow: string
  /** Known of attached mails only. */
  readonly messageId: Rfc822Id | null
  readonly reasons: readonly ForwardReason[]
}

/** A forward whose sender a person has to choose. */
export interface AmbiguousForward {
  readonly ambiguous: true
  /** Usable addresses that may be the sender's, in the order they stand; possibly none. */
  readonly candidates: readonly MailAddress[]
  readonly reasons: readonly ForwardReason[]
}

export type Forwarded = ForwardedMail | AmbiguousForward
