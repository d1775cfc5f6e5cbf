// One folder of one IMAP account, as the poller sees it. UIDs only (RFC 9051 §2.3.1.1), never sequence numbers,
// and never a flag as state.

/** How to reach and enter an IMAP server. */
export interface ImapAccess {
  readonly host: string
  readonly port: number
  /** `implicit`: TLS from the first byte. `starttls`: required upgrade. `none`: plain (loopback and tests). */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly user: string
  readonly password: string
  /** Stands for the password where it is given (XOAUTH2, RFC 7628). */
  readonly accessToken?: string
}

export interface FolderState {
  /** Decimal text: up to 2^32-1, larger on broken servers. */
  readonly uidValidity: string
  readonly uidNext: number
  readonly exists: number
}

export interface ListedEmail {
  readonly uid: number
  /** RFC822.SIZE in bytes. */
  readonly size: number
  readonly internalDate: Date | null
  readonly flags: readonly string[]
}

/** `inbox`: what comes in. `sent`: what people sent with another program; it is taken in, never answered. */
export type FolderPurpose = 'inbox' | 'sent'

/** What happens in the mailbox once a mail is safe with us. */
export type AfterProcessing = 'keep' | 'seen' | 'move' | 'delete'

/**
 * An open connection with the folder selected. Every method throws MaildeskError imap.* ; after imap.disconnected
 * the object is dead and a new one must be opened.
 */
export interface MailSource {
  /** As of the last server response; uidValidity is fixed for the life of the connection (RFC 9051 §2.3.1.1). */
  readonly folder: FolderState
  /** UIDs greater than `afterUid` in ascending order, mails flagged \Deleted left out. `n:*` quirks are filtered here.
   *  `since`: only those the server took in on that day or later (RFC 9051 §6.4.4, SINCE; the server's time zone). */
  listUids(afterUid: number, since?: Date): Promise<number[]>
  /** Sizes and dates; a UID that is gone by now is left out. */
  describe(uids: readonly number[]): Promise<ListedEmail[]>
  /** Whole sources of small mails in one round trip (BODY.PEEK[]); those gone by now are left out. */
  fetchSources(uids: readonly number[]): Promise<Map<number, Uint8Array>>
  /** Streams one mail (BODY.PEEK[] in partial fetches), bounded memory; undefined when it is gone.
   *  The stream throws imap.size-mismatch when the mail goes away meanwhile or is larger than allowed; one that is shorter
   *  than RFC822.SIZE said, and stays so when asked again, is what the server has. */
  stream(email: ListedEmail): Promise<AsyncIterable<Uint8Array> | undefined>
  /** The header section alone, cut at `maxBytes`; undefined when the mail is gone. */
  fetchHeader(uid: number, maxBytes: number): Promise<Uint8Array | undefined>
  /** IDLE (or NOOP polling when the server has no IDLE) until something changes, `maxMs` passes or `signal` aborts. */
  waitForChange(maxMs: number, signal: AbortSignal): Promise<void>
  /** Repeatable after-processing by UID; a UID that is gone is no error. `folder` is needed by `move` and created when missing. */
  afterProcess(
    uids: readonly number[],
    action: Exclude<AfterProcessing, 'keep'>,
    folder: string | null,
  ): Promise<void>
  close(): Promise<void>
}
