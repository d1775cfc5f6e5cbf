// What a raw email says, after MIME: the parser's answer and the only input about the mail that rules see.
import type { BlobKey, Rfc822Id } from '../ids.ts'
import type { ReplyReading } from '../text/reply/reply-reading.ts'
import type { AttachedMail } from './attached-mail.ts'
import type { MailAddress } from './mail-address.ts'

/** One header field as it came, unfolded but not decoded; name in lower case. */
export interface HeaderField {
  readonly name: string
  readonly value: string
}

/** What a part does for the mail, where that is more than being a file. Nothing was verified or decrypted. */
export type PartRole =
  /** A detached signature: S/MIME (RFC 8551 §3.5.3) or OpenPGP (RFC 3156 §5). */
  | 'signature'
  /** S/MIME that holds what it signs; the content was read, its parts follow. */
  | 'signed'
  /** Ciphertext, or what belongs to it. */
  | 'encrypted'
  /** A public key. */
  | 'key'
  /** A file that holds others, which follow as parts (winmail.dat). */
  | 'container'

/** A MIME leaf, or a file found inside of one; its bytes are already in the blob store. */
export interface ParsedPart {
  /**
   * Place in the MIME tree, unique in the mail and the same in every parse of the same bytes: '1', '2', … in order. What
   * was found inside a part stands below it: '2.tnef-1', '1.uu-1', '1.data-1'.
   */
  readonly path: string
  /** Decoded and made safe to show; '' when the mail gave none and none could be made. */
  readonly filename: string
  readonly contentType: string
  /** Bytes after transfer decoding. */
  readonly size: number
  readonly blob: BlobKey
  /** 'inline' when the sender said so or the HTML shows it. */
  readonly disposition: 'attachment' | 'inline'
  /** Without angle brackets (RFC 2392). */
  readonly contentId: string | null
  /** Absent for a file like any other. */
  readonly role?: PartRole
}

/** Text of a part that reports on another mail, or of the mail it returns; cut by the parser. */
export interface ReportPart {
  /** As of the part it is the beginning of. */
  readonly path: string
  /** message/delivery-status, message/rfc822, text/rfc822-headers … in lower case. */
  readonly contentType: string
  readonly text: string
}

export interface MailWarning {
  /** Stable, kebab-case: 'date-invalid', 'references-truncated' … */
  readonly code: string
  readonly detail: string
}

export interface ParsedEmail {
  readonly messageId: Rfc822Id | null
  readonly inReplyTo: readonly Rfc822Id[]
  /** As sent: oldest first, nearest last (RFC 5322 §3.6.4). */
  readonly references: readonly Rfc822Id[]
  /** From the Date field; ISO 8601 UTC; null when absent or not a date that a database can hold. Never decides order. */
  readonly date: string | null
  readonly from: readonly MailAddress[]
  readonly sender: MailAddress | null
  readonly replyTo: readonly MailAddress[]
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly subject: string
  readonly text: string
  /** As sent, NOT sanitised; null when the mail has none. */
  readonly html: string | null
  /** What of both was written now, by the mail alone. */
  readonly reply: ReplyReading
  readonly parts: readonly ParsedPart[]
  /** What delivery reports, complaints, receipts and returned mails say; the same parts are in `parts` too. */
  readonly reportParts: readonly ReportPart[]
  /** Mails among the parts, made readable, outer before inner; the same parts are in `parts` too. */
  readonly attachedMails: readonly AttachedMail[]
  /** Top-level header fields in the order they came, bounded by the parser's limits. */
  readonly headers: readonly HeaderField[]
  readonly warnings: readonly MailWarning[]
}

/** Why a mail could not be parsed; each is a quarantine reason that ops see. */
export type ParseFailure = 'limit-exceeded' | 'unparseable' | 'timed-out' | 'out-of-memory' | 'crashed'

export type ParseOutcome =
  | { readonly ok: true; readonly email: ParsedEmail }
  | { readonly ok: false; readonly failure: ParseFailure; readonly detail: string }

/** All values of a header field, in order. */
export function headerValues(email: Pick<ParsedEmail, 'headers'>, name: string): string[] {
  return email.headers.filter((field) => field.name === name).map((field) => field.value)
}
