// A mail that came as a part of another one: forwarded whole, returned, or digested.
import type { Rfc822Id } from '../ids.ts'
import type { MailAddress } from './mail-address.ts'

/** What an attached mail says, read from its beginning. The part itself is kept whole among `parts`. */
export interface AttachedMail {
  /**
   * As of the part it is; a mail inside an attached mail goes on below it ('2.1'), as in IMAP (RFC 9051 §6.4.5), and is no
   * part of its own.
   */
  readonly path: string
  readonly from: readonly MailAddress[]
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  /** As ParsedEmail's. */
  readonly date: string | null
  /** Decoded. */
  readonly subject: string
  readonly messageId: Rfc822Id | null
  /** Plain text of its body, from HTML when it has no other; cut where the parser stopped reading. */
  readonly text: string
}
