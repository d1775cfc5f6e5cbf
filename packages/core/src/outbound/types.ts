// The stages of an outgoing email: draft → composed → sent, and what the SMTP server said of it.
import type { Rfc822Id } from '../ids.ts'
import type { MailAddress } from '../inbound/mail-address.ts'

/** How to reach and enter an SMTP server. */
export interface SmtpAccess {
  readonly host: string
  readonly port: number
  /** `implicit`: TLS from the first byte. `starttls`: required upgrade. `opportunistic`: upgrade when offered. `none`: plain. */
  readonly tls: 'implicit' | 'starttls' | 'opportunistic' | 'none'
  readonly user: string | null
  readonly password: string | null
  /** Stands for the password where it is given (XOAUTH2). */
  readonly accessToken?: string
}

/** The SMTP envelope (RFC 5321 §2.3.1); `from` '' is the null reverse-path. */
export interface OutboundEnvelope {
  readonly from: string
  readonly to: readonly string[]
}

/** One recipient's fate in one SMTP transaction. */
export interface RecipientResult {
  readonly address: string
  readonly outcome: 'accepted' | 'refused-for-now' | 'refused'
  readonly code: number | null
  readonly response: string
}

/** What one attempt came to. */
export interface EnvelopeResult {
  /** `accepted`: 2yz to the end of data for at least one recipient. `refused-for-now` 4yz or connection trouble.
   *  `refused`: 5yz for good. `auth-failed`: 535 and kin. `uncertain`: the body had begun and no answer came.
   *  `hindered`: trouble of the desk's own, such as a database away for a moment; no byte of the body left. */
  readonly outcome: 'accepted' | 'refused-for-now' | 'refused' | 'auth-failed' | 'uncertain' | 'hindered'
  /** True once the phase mark was committed. */
  readonly dataStarted: boolean
  readonly code: number | null
  readonly response: string
  readonly recipients: readonly RecipientResult[]
}

export const outboundKinds = ['reply', 'acknowledgement', 'notification', 'rejection', 'rule'] as const
/** `rule`: a mail that an inbound rule asks for. All but `reply` are automatic. */
export type OutboundKind = (typeof outboundKinds)[number]

/** Everything the MIME builder needs; fixed when the row is written, so that every build gives the same mail. */
export interface ComposedEmail {
  readonly messageId: Rfc822Id
  readonly date: string
  readonly from: MailAddress
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly replyTo: MailAddress | null
  readonly subject: string
  readonly inReplyTo: Rfc822Id | null
  /** Oldest first. */
  readonly references: readonly Rfc822Id[]
  /** Further fields, such as the marks of RFC 3834. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly text: string
  /** Already safe; null for text only. */
  readonly html: string | null
}

/** What a mail is signed with (RFC 6376). */
export interface DkimSigning {
  readonly domain: string
  readonly selector: string
  /** PEM. */
  readonly privateKey: string
}

/** A file that goes out with an email. */
export interface MimeAttachment {
  readonly filename: string
  readonly contentType: string
  open(): Promise<AsyncIterable<Uint8Array>>
}
