// What flows need from the outside, as one plain object. main.ts makes it; tests make it of real parts too.
import type {
  AutomaticCaps,
  BlobStore,
  Clock,
  EmailParser,
  IdSource,
  JobQueue,
  Log,
  Mailer,
  MimeBuilder,
  OrganisationalDomain,
  SentFolder,
  SignatureVerifier,
  SuppressionSettings,
  UncertainReplies,
} from '@maildesk/core'
import type { Database, MailboxRow } from '@maildesk/db'

/** The settings that decisions and limits of the flows read. Units are in the names. */
export interface DeskSettings {
  /** First signs, all verify; for reply tokens. */
  readonly tokenKeys: readonly string[]
  /** Where people reach the desk, without a slash at the end; for links in mails to staff. */
  readonly publicUrl: string
  /** Largest raw mail that is taken whole, bytes. */
  readonly maxMailBytes: number
  /** Largest file accepted by upload, bytes; larger ones in mails are kept but restricted. */
  readonly maxAttachmentBytes: number
  /** Allowed types: `type/subtype` or `type/*`. */
  readonly attachmentTypes: readonly string[]
  /** Starts after which a mail is quarantined. */
  readonly maxFileAttempts: number
  /** How long a worker owns a row without renewing, milliseconds; then it counts as dead. */
  readonly leaseMs: number
  /** How long a refused-for-now mail is tried again, milliseconds. */
  readonly sendGiveUpMs: number
  /** How long proof of a mail of unknown fate is waited for, milliseconds. */
  readonly uncertainWaitMs: number
  /** How often an uncertain reply is sent again at most. */
  readonly maxUncertainResends: number
  /** What a reply of unknown fate without proof does. */
  readonly uncertainReplies: UncertainReplies
  /** How long a reply waits for the mail it answers, milliseconds. */
  readonly parentWaitMs: number
  /** Days after closing within which an answer reopens. */
  readonly reopenDays: number
  /** Tickets one sender may open by mail within an hour. */
  readonly floodTicketsPerHour: number
  /** When an address gets no mail any more. */
  readonly suppression: SuppressionSettings
  /** Limits of what leaves by itself. */
  readonly automaticCaps: AutomaticCaps
}

/** What a flow that only reads and writes rows needs; the API has no more. */
export interface DeskDeps {
  readonly db: Database
  readonly blobs: BlobStore
  readonly jobs: JobQueue
  readonly clock: Clock
  readonly ids: IdSource
  readonly log: Log
  readonly settings: DeskSettings
  /** HTML of a mail as an answer may quote it. Never throws for its input. */
  readonly quoteHtml: (html: string) => string
  /** Whether mail can be sent to an address, by the rule of the mailer. */
  readonly isSendable: (address: string) => boolean
}

/** Access tokens of mailboxes that log in with OAuth2. */
export interface MailboxTokens {
  /** Undefined for a mailbox with a password. @throws MaildeskError mailbox.oauth-refused, mailbox.oauth-unavailable */
  find(mailbox: Pick<MailboxRow, 'id' | 'address' | 'auth'>): Promise<string | undefined>
  /** A server did not take this token: the next log-in gets another one. */
  forget(mailbox: Pick<MailboxRow, 'id'>, token: string): Promise<void>
}

/** What the worker has beside that. */
export interface WorkerDeps extends DeskDeps {
  readonly parser: EmailParser
  readonly signatures: SignatureVerifier
  readonly organisationalDomain: OrganisationalDomain
  readonly mailer: Mailer
  readonly tokens: MailboxTokens
  readonly buildMime: MimeBuilder
  readonly sentFolder: SentFolder
  /** Opens a sealed secret. @throws MaildeskError secret.unreadable */
  readonly unseal: (sealed: string, context: string) => string
}
