// The one table of what can go wrong, and the one error class. Expected outcomes are values, not errors:
// see inbound/types.ts for those. Adapters translate their library's errors into these codes, once, at the edge.

interface ErrorEntry {
  /** `later`: the same call may succeed another time. `never`: only a person or a change can help. */
  readonly retry: 'later' | 'never'
  /** One sentence for a person: what it means. */
  readonly meaning: string
}

export const errorTable = {
  'imap.disconnected': { retry: 'later', meaning: 'The connection to the IMAP server ended.' },
  'imap.unavailable': { retry: 'later', meaning: 'The IMAP server cannot be reached or refuses for now.' },
  'imap.auth-failed': { retry: 'never', meaning: 'The IMAP server refused the user name or password.' },
  'imap.folder-missing': { retry: 'never', meaning: 'The folder does not exist on the IMAP server.' },
  'imap.size-mismatch': {
    retry: 'later',
    meaning: 'Fewer or more bytes came than the IMAP server announced.',
  },
  'mail.child-crashed': { retry: 'later', meaning: 'The parser process died while it read this mail.' },
  'mail.limit-exceeded': { retry: 'never', meaning: 'The mail exceeds a limit of the parser.' },
  'mail.unparseable': { retry: 'never', meaning: 'The bytes could not be read as a mail.' },
  'smtp.busy': { retry: 'later', meaning: 'The SMTP server refused for now (4yz).' },
  'smtp.unreachable': {
    retry: 'later',
    meaning: 'The SMTP server cannot be reached or dropped the connection.',
  },
  'smtp.auth-failed': { retry: 'never', meaning: 'The SMTP server refused the user name or password.' },
  'smtp.rejected': { retry: 'never', meaning: 'The SMTP server refused for good (5yz).' },
  'smtp.lease-lost': {
    retry: 'later',
    meaning: 'Another worker took over this outgoing mail before its body was sent.',
  },
  'mailbox.oauth-refused': {
    retry: 'never',
    meaning: 'The OAuth2 provider refused a token; somebody must grant access to the mailbox anew.',
  },
  'mailbox.oauth-unavailable': {
    retry: 'later',
    meaning: 'The OAuth2 provider cannot be reached or gave no token for now.',
  },
  'db.unavailable': { retry: 'later', meaning: 'The database cannot be reached or dropped the connection.' },
  'db.conflict': {
    retry: 'later',
    meaning: 'Two transactions stood in each other’s way (serialization, deadlock, lock timeout).',
  },
  'db.constraint': { retry: 'never', meaning: 'A constraint of the database refused a row.' },
  'blob.unavailable': { retry: 'later', meaning: 'The blob store cannot be read or written.' },
  'blob.missing': { retry: 'never', meaning: 'The blob store does not hold these bytes.' },
  'blob.corrupt': { retry: 'never', meaning: 'The stored bytes do not match their hash.' },
  'queue.unavailable': { retry: 'later', meaning: 'The job queue cannot be reached.' },
  'queue.unsuitable': {
    retry: 'never',
    meaning: 'The queue server is set up in a way that would lose jobs.',
  },
  'config.invalid': { retry: 'never', meaning: 'The configuration has problems; all are listed.' },
  'secret.unreadable': {
    retry: 'never',
    meaning: 'A sealed secret cannot be opened with the configured keys.',
  },
  'request.invalid': { retry: 'never', meaning: 'The request has fields at fault; all are listed.' },
  'request.unauthenticated': { retry: 'never', meaning: 'No valid token came with the request.' },
  'request.forbidden': { retry: 'never', meaning: 'The caller may not do this.' },
  'request.not-found': { retry: 'never', meaning: 'There is no such thing, or the caller may not see it.' },
  'request.conflict': { retry: 'never', meaning: 'The thing is not in a state that allows this.' },
  'request.stale': { retry: 'never', meaning: 'The thing changed since it was read (If-Match).' },
  'request.too-large': { retry: 'never', meaning: 'The body or file is larger than allowed.' },
  'request.unsupported-type': { retry: 'never', meaning: 'The content type is not allowed here.' },
  'request.key-reused': { retry: 'never', meaning: 'The Idempotency-Key was used for another request.' },
  'request.rate-limited': {
    retry: 'later',
    meaning: 'Too many requests; Retry-After says when to come back.',
  },
  'internal.unexpected': {
    retry: 'later',
    meaning: 'Something went wrong that has no name yet; the log has the request id.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorTable
export type ErrorFields = Readonly<Record<string, unknown>>

/** The error of this project. `code` is stable; `fields` say what and where; the message is for people. */
export class MaildeskError extends Error {
  override readonly name = 'MaildeskError'
  readonly code: ErrorCode
  readonly fields: ErrorFields

  constructor(code: ErrorCode, detail: string, fields: ErrorFields = {}, options?: { cause?: unknown }) {
    super(detail, options)
    this.code = code
    this.fields = fields
  }
}

/** True when trying again cannot help. What we do not know may be worth another try, so unknown errors are not final. */
export function isFinal(error: unknown): boolean {
  return error instanceof MaildeskError && errorTable[error.code].retry === 'never'
}

/** The text of anything that was thrown, for a log field or a ledger column. */
export function errorText(error: unknown): string {
  if (error instanceof MaildeskError) return `${error.code}: ${error.message}`
  if (error instanceof Error) return error.message || error.name
  return String(error)
}
