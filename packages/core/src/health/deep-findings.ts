// What a thorough look at a desk may find, what it means and what to do: `maildesk doctor --deep` tells it.

interface FindingEntry {
  /** `red`: something is lost, or will be. `look`: a person should know. */
  readonly level: 'red' | 'look'
  readonly meaning: string
  readonly todo: string
}

const fetchAgain =
  'run doctor --deep --repair: raw mails are fetched again from IMAP where they still lie, files read again from their mail; else take the blob from a backup'

export const deepFindings = {
  'blob-missing': {
    level: 'red',
    meaning: 'A row names bytes that the storage does not hold.',
    todo: fetchAgain,
  },
  'blob-corrupt': {
    level: 'red',
    meaning: 'The stored bytes are not those that were kept: their size or their hash differs.',
    todo: `${fetchAgain}. Check the disk`,
  },
  'blob-orphaned': {
    level: 'look',
    meaning:
      'Blobs older than a day that no row names: left by a crash, by deleted tickets, or younger than a restored database.',
    todo: 'nothing has to be done. After a restore mails may be among them: maildesk ingest reads such a file',
  },
  'filed-without-message': {
    level: 'red',
    meaning: 'A mail is filed into a ticket and has no message there.',
    todo: 'look at maildesk inbound show ID; report it as a bug',
  },
  'message-doubled': {
    level: 'red',
    meaning: 'Two messages are of one mail: a unique constraint is gone.',
    todo: 'compare the schema with docs/generated/schema.sql; report it as a bug',
  },
  'message-without-ticket': {
    level: 'red',
    meaning: 'A message belongs to no ticket: a foreign key is gone.',
    todo: 'compare the schema with docs/generated/schema.sql; restore with constraints',
  },
  'inbound-overdue': {
    level: 'red',
    meaning: 'A mail that came in waits too long to be filed.',
    todo: 'see that a worker runs and what it logs; maildesk inbound show ID has the last error',
  },
  'outbound-overdue': {
    level: 'red',
    meaning: 'A mail that may leave waits too long to be sent.',
    todo: 'see that a worker runs and what it logs; maildesk outbound show ID has the last answer',
  },
  'outbound-abandoned': {
    level: 'red',
    meaning: 'A mail is being sent by a worker that is gone, and nobody took it over.',
    todo: 'see that a worker runs: it takes over by itself',
  },
  quarantined: {
    level: 'look',
    meaning: 'Mails wait in quarantine for a person.',
    todo: 'maildesk inbound list --status quarantined',
  },
  uncertain: {
    level: 'look',
    meaning: 'Replies of unknown fate wait for a person to decide.',
    todo: 'maildesk outbound list --status uncertain, then maildesk outbound resolve ID --as sent, failed or resend',
  },
  'mail-unaccounted': {
    level: 'red',
    meaning: 'The cursor has passed a mail that lies in the folder and is not in the ledger.',
    todo: 'nothing: the poller’s next comparison fetches it. Report it as a bug',
  },
  'mail-unread': {
    level: 'look',
    meaning: 'Mails lie in the folder that the poller has not read yet.',
    todo: 'see that the poller runs: it reads them',
  },
  'uidvalidity-unknown': {
    level: 'look',
    meaning: 'The server numbers the folder anew since the poller read it last.',
    todo: 'nothing: the poller reads it again, and known mails are recognised by their content',
  },
  'clock-skew': {
    level: 'red',
    meaning: 'The clocks of this host and of PostgreSQL are too far apart.',
    todo: 'see to NTP on both',
  },
  'disk-low': {
    level: 'red',
    meaning: 'The storage is nearly full: soon no mail can be taken in.',
    todo: 'make room; mail waits in its mailboxes meanwhile',
  },
} as const satisfies Record<string, FindingEntry>

export type FindingName = keyof typeof deepFindings

/** What the storage has of a blob that a row names. */
export interface BlobLook {
  /** As the row has it, bytes; null when it does not say. */
  readonly expectedSize: number | null
  /** Bytes; undefined when there is no such blob. */
  readonly size: number | undefined
  /** Whether its bytes have the hash of its name; undefined when they were not read. */
  readonly hashFits: boolean | undefined
}

/** What is wrong with it, or undefined. Pure. */
export function judgeBlob({
  expectedSize,
  size,
  hashFits,
}: BlobLook): 'blob-missing' | 'blob-corrupt' | undefined {
  if (size === undefined) return 'blob-missing'
  if (expectedSize !== null && expectedSize !== size) return 'blob-corrupt'
  return hashFits === false ? 'blob-corrupt' : undefined
}

/** A disk with less room than this share of it is nearly full … */
const minFreeShare = 0.05
/** … but surely with less than this, and surely not with more than that; bytes. */
const minFreeBytes = 1024 ** 3
const enoughFreeBytes = 20 * 1024 ** 3

/** Whether a disk is nearly full; sizes in bytes. Pure. */
export function isDiskLow({
  freeBytes,
  totalBytes,
}: {
  readonly freeBytes: number
  readonly totalBytes: number
}): boolean {
  return freeBytes < Math.min(enoughFreeBytes, Math.max(minFreeBytes, totalBytes * minFreeShare))
}
