// The outside world, as shapes. Decisions never see these; flows get them passed in.
import type { BlobKey, Rfc822Id } from './ids.ts'
import type { SignatureReport } from './inbound/authentication/signature-verdict.ts'
import type { ParseOutcome } from './inbound/parsed-email.ts'
import type { Job, JobName } from './jobs.ts'
import type { ImapAccess } from './mail-source.ts'
import type {
  ComposedEmail,
  DkimSigning,
  EnvelopeResult,
  MimeAttachment,
  OutboundEnvelope,
  SmtpAccess,
} from './outbound/types.ts'

/** Bytes that were stored; `key` is their SHA-256. */
export interface StoredBlob {
  readonly key: BlobKey
  /** Bytes. */
  readonly size: number
}

/** A blob as the store has it. */
export interface KeptBlob extends StoredBlob {
  /** When it was put last. */
  readonly keptAt: Date
}

/**
 * Keeps bytes by their hash. A `put` that returned is durable (file and folder synced);
 * the same bytes twice are one blob.
 */
export interface BlobStore {
  /** Done with each chunk when it asks for the next: a source may fill the same buffer again.
   *  @throws MaildeskError blob.unavailable when the bytes could not be made durable. */
  put(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredBlob>
  /** Streams the bytes, checking them against the hash while they pass.
   *  @throws MaildeskError blob.missing at once; blob.corrupt at the end of the stream. */
  open(key: BlobKey): Promise<AsyncIterable<Uint8Array>>
  /** Writes the bytes into a new file of this machine that only we can read, at the cost of one small buffer.
   *  @throws as `open`, and blob.unavailable when the file could not be written. */
  copyTo(key: BlobKey, path: string): Promise<void>
  /** All the bytes of one blob; for those known to be small. @throws as `open`. */
  read(key: BlobKey): Promise<Uint8Array>
  /** Size in bytes, or undefined when the store does not hold it. */
  sizeOf(key: BlobKey): Promise<number | undefined>
  /** Proves that bytes can be written and read back. @throws MaildeskError blob.unavailable */
  probe(): Promise<void>
}

/** A store that can tell all it holds; for checks, not for the way of a mail. */
export interface ListableBlobStore extends BlobStore {
  /** Every blob that is kept, in no order, some at a time. @throws MaildeskError blob.unavailable */
  list(): AsyncIterable<readonly KeptBlob[]>
}

/** Rings doorbells. A ring that fails is no loss: the sweeper rings again from the ledger. */
export interface JobQueue {
  /** @throws MaildeskError queue.unavailable, within a bounded time. */
  ring(job: Job): Promise<void>
  /** Rings many at once. @throws MaildeskError queue.unavailable */
  ringAll(jobs: readonly Job[]): Promise<void>
  /** Doorbells of this name that nobody has answered yet. @throws MaildeskError queue.unavailable */
  countWaiting(name: JobName): Promise<number>
  /** @throws MaildeskError queue.unavailable | queue.unsuitable */
  probe(): Promise<void>
  close(): Promise<void>
}

/** What answers each doorbell. Forgetting one does not compile. */
export type JobHandlers = { readonly [Name in JobName]: (id: string) => Promise<void> }

/** Reads a raw email in a process that may be killed. Never throws for what a mail contains. */
export interface EmailParser {
  /** Parts are put into the blob store before this resolves.
   *  @throws MaildeskError blob.missing, blob.unavailable; mail.* are values of the outcome. */
  parse(raw: BlobKey): Promise<ParseOutcome>
  close(): Promise<void>
}

/** What of a mail's signatures matters; the rest is not looked up. */
export interface SignatureQuestion {
  /** Domain of From, in lower case. */
  readonly fromDomain: string
  /** Domains whose ARC seals count, in lower case; with none, no seal is looked at. */
  readonly trustedArcSealers: readonly string[]
}

/** Verifies the signatures of a kept mail (RFC 6376, RFC 8617). */
export interface SignatureVerifier {
  /** Bounded in time, work and DNS queries. Never throws for what a mail or DNS contains.
   *  @throws MaildeskError blob.missing, blob.unavailable */
  verify(raw: BlobKey, question: SignatureQuestion): Promise<SignatureReport>
}

/** Hands one stored email to an SMTP server. */
export interface Mailer {
  /**
   * @param markData is awaited after the server said 354 and before the first byte of the body (RFC 5321 §4.1.1.4):
   *   commit the phase mark there; if it throws, no body byte leaves.
   * @returns what the server said of each recipient; `dataStarted` tells whether a copy may be out there.
   */
  send(
    access: SmtpAccess,
    envelope: OutboundEnvelope,
    raw: () => Promise<AsyncIterable<Uint8Array>>,
    markData: () => Promise<void>,
  ): Promise<EnvelopeResult>
}

/** Writes an email as MIME: the same input gives the same header fields and bodies (boundaries may differ). */
export type MimeBuilder = (
  email: ComposedEmail,
  attachments: readonly MimeAttachment[],
  signing: DkimSigning | null,
) => AsyncIterable<Uint8Array>

/** A mailbox's folder of sent mail. */
export interface SentFolder {
  /** True when a mail with this Message-ID is in it. @throws MaildeskError imap.* */
  holds(access: ImapAccess, folder: string, messageId: Rfc822Id): Promise<boolean>
  /** Puts a mail into it, which is created when missing. False when the mail was there already. @throws MaildeskError imap.* */
  keep(
    access: ImapAccess,
    folder: string,
    mail: { readonly messageId: Rfc822Id; readonly raw: Uint8Array; readonly sentAt: Date },
  ): Promise<boolean>
}

export interface Clock {
  now(): Date
}

/** Makes ids and nonces; passed in so that tests can fix them. */
export interface IdSource {
  /** A UUIDv7, larger than every one made before by this source. */
  uuid(): string
  /** Lower-case base32 text of `length` characters, 5 random bits each. */
  nonce(length: number): string
}

/** The part of a pino logger that flows use: fields first, then a constant phrase. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
