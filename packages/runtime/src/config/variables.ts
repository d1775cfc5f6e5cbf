// Every setting of maildesk: one table. Validation, types, .env.example and docs/generated/configuration.md come from it.

type Kind =
  | { readonly type: 'text' }
  | { readonly type: 'url'; readonly schemes: readonly string[] }
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  | { readonly type: 'list' }
  /** So many within so many minutes, several times: `10/10,15/30`. */
  | { readonly type: 'ladder' }

interface Variable {
  readonly kind: Kind
  /** As it would be written in the environment; undefined when there is none. */
  readonly default?: string
  /** Shown instead of the default where it is computed. */
  readonly defaultShown?: string
  /** One sentence; the unit where there is one. */
  readonly meaning: string
  readonly secret?: true
}

const megabyte = 1024 * 1024
const integer = (min: number, max: number): Kind => ({ type: 'integer', min, max })

/** The attachment types taken by default: what people send to a support desk, nothing that runs by itself. */
const defaultAttachmentTypes = [
  'image/*',
  'audio/*',
  'video/*',
  'text/*',
  'message/*',
  'application/pdf',
  'application/rtf',
  'application/json',
  'application/xml',
  'application/zip',
  'application/gzip',
  'application/x-7z-compressed',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.ms-outlook',
  'application/vnd.openxmlformats-officedocument.*',
  'application/vnd.oasis.opendocument.*',
  'application/pgp-signature',
  'application/pgp-encrypted',
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
  'application/pkcs7-mime',
  'application/ms-tnef',
  'application/ics',
  'application/octet-stream',
].join(',')

const table = {
  DATABASE_URL: {
    kind: { type: 'url', schemes: ['postgres:', 'postgresql:'] },
    defaultShown: 'an embedded PostgreSQL in the data directory (sandbox only)',
    meaning: 'PostgreSQL 14 or newer, where everything but the bytes of mails and attachments is kept.',
    secret: true,
  },
  REDIS_URL: {
    kind: { type: 'url', schemes: ['redis:', 'rediss:'] },
    defaultShown: 'unset: the queue lives in PostgreSQL',
    meaning: 'Redis, Valkey or Dragonfly for the job queue; its maxmemory-policy must be noeviction.',
    secret: true,
  },
  STORAGE_URL: {
    kind: { type: 'url', schemes: ['file:'] },
    defaultShown: 'file: of `storage` under the data directory',
    meaning: 'Where raw mails and attachments are kept; shared by all processes.',
  },
  MAILDESK_DATA_DIR: {
    kind: { type: 'text' },
    default: './data',
    meaning: 'Folder for the embedded database, blobs, temporary files and the generated key.',
  },
  MAILDESK_SECRET_KEY: {
    kind: { type: 'list' },
    defaultShown: 'generated into the data directory beside the embedded database; required otherwise',
    meaning:
      'Keys for sealing mailbox passwords and signing reply tokens, at least 32 characters each, separated by commas: the first seals and signs, all open and verify.',
    secret: true,
  },
  MAILDESK_SANDBOX: {
    kind: { type: 'boolean' },
    default: 'false',
    meaning:
      'Run beside a sandbox mail server with sample mails; refuses to run with DATABASE_URL set. `npm start` sets it.',
  },
  PUBLIC_URL: {
    kind: { type: 'url', schemes: ['http:', 'https:'] },
    defaultShown: 'http://HOST:PORT',
    meaning: 'The address under which people reach the API.',
  },
  HOST: { kind: { type: 'text' }, default: '127.0.0.1', meaning: 'Address the API listens on.' },
  PORT: {
    kind: integer(0, 65_535),
    default: '3000',
    meaning: 'Port the API listens on; 0 takes a free one.',
  },
  MAILDESK_TRUST_PROXY: {
    kind: { type: 'boolean' },
    default: 'false',
    meaning: 'Believe X-Forwarded-* headers; only behind a proxy that sets them.',
  },
  MAILDESK_RATE_LIMIT: {
    kind: integer(1, 1_000_000),
    default: '600',
    meaning: 'API requests a minute per token (or address when there is no token); more get 429.',
  },
  LOG_LEVEL: {
    kind: { type: 'choice', choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] },
    default: 'info',
    meaning: 'The least severe level that is logged.',
  },
  LOG_FORMAT: {
    kind: { type: 'choice', choices: ['pretty', 'json'] },
    defaultShown: 'pretty on a terminal, json otherwise',
    meaning: 'How log lines look.',
  },
  MAILDESK_DB_POOL: {
    kind: integer(3, 200),
    default: '10',
    meaning: 'Largest number of database connections per process.',
  },
  MAILDESK_FILE_CONCURRENCY: {
    kind: integer(1, 64),
    default: '4',
    meaning: 'Mails one worker files at the same time; each has a parser process.',
  },
  MAILDESK_SEND_CONCURRENCY: {
    kind: integer(1, 64),
    default: '4',
    meaning: 'Mails one worker sends at the same time.',
  },
  MAILDESK_QUEUE_LOCK_MS: {
    kind: integer(500, 600_000),
    default: '30000',
    meaning:
      'How long a worker owns a queue job without renewing, milliseconds; a killed worker’s jobs return after it.',
  },
  MAILDESK_MAX_CLOCK_SKEW_MS: {
    kind: integer(100, 600_000),
    default: '5000',
    meaning:
      'How far apart the clocks of this host and of PostgreSQL may be, milliseconds; beyond it health is red, and a worker leaves the queue on PostgreSQL alone. Keep it well below MAILDESK_QUEUE_LOCK_MS.',
  },
  MAILDESK_SWEEP_INTERVAL_MS: {
    kind: integer(100, 600_000),
    default: '5000',
    meaning: 'How often the ledgers are searched for rows that stand still, milliseconds.',
  },
  MAILDESK_POLL_INTERVAL_MS: {
    kind: integer(200, 3_600_000),
    default: '60000',
    meaning: 'A mailbox is looked at at least this often, IDLE or not, milliseconds.',
  },
  MAILDESK_RECONCILE_INTERVAL_MS: {
    kind: integer(1000, 7 * 24 * 3_600_000),
    default: '3600000',
    meaning: 'How often each folder is compared with the ledger and what is missing fetched, milliseconds.',
  },
  MAILDESK_MAX_MAIL_BYTES: {
    kind: integer(1024, 1024 * megabyte),
    default: String(50 * megabyte),
    meaning:
      'Largest mail that is taken whole, bytes; of a larger one the header is kept and it is quarantined.',
  },
  MAILDESK_MAX_ATTACHMENT_BYTES: {
    kind: integer(1, 1024 * megabyte),
    default: String(25 * megabyte),
    meaning:
      'Largest attachment that is accepted, bytes; a larger one in a mail is kept but only admins may download it.',
  },
  MAILDESK_ATTACHMENT_TYPES: {
    kind: { type: 'list' },
    default: defaultAttachmentTypes,
    meaning:
      'Allowed attachment types, separated by commas; `*` stands for any run of characters. Others are refused by the API; in a mail they are kept but only admins may download them.',
  },
  MAILDESK_PARSE_TIMEOUT_MS: {
    kind: integer(100, 600_000),
    default: '60000',
    meaning: 'Longest time one mail may take to parse, milliseconds; then the parser is killed.',
  },
  MAILDESK_PARSE_MEMORY_MB: {
    kind: integer(64, 8192),
    default: '512',
    meaning: 'Largest resident memory of a parser process, MiB; above it is killed.',
  },
  MAILDESK_PARSE_CPU_MS: {
    kind: integer(100, 600_000),
    default: '10000',
    meaning: 'CPU time a parser may spend on one mail, milliseconds; then it is killed (watched on Linux).',
  },
  MAILDESK_PARSE_DEPTH: {
    kind: integer(1, 1000),
    default: '50',
    meaning: 'How deep multiparts may nest; a mail over it is quarantined.',
  },
  MAILDESK_PARSE_PARTS: {
    kind: integer(1, 100_000),
    default: '500',
    meaning: 'MIME parts of one mail; a mail over it is quarantined.',
  },
  MAILDESK_PARSE_ATTACHMENTS: {
    kind: integer(1, 100_000),
    default: '200',
    meaning: 'Parts of one mail kept as attachments; a mail over it is quarantined.',
  },
  MAILDESK_PARSE_PART_HEADER_BYTES: {
    kind: integer(1024, 64 * megabyte),
    default: String(megabyte),
    meaning: 'Header section of one part, bytes; a mail over it is quarantined.',
  },
  MAILDESK_PARSE_HEADER_BYTES: {
    kind: integer(1024, 256 * megabyte),
    default: String(4 * megabyte),
    meaning: 'All header sections of one mail, bytes; a mail over it is quarantined.',
  },
  MAILDESK_PARSE_BODY_LENGTH: {
    kind: integer(1024, 64 * megabyte),
    default: String(2 * megabyte),
    meaning:
      'Characters kept of the text and of the HTML; a longer body is cut and kept whole as an attachment.',
  },
  MAILDESK_PARSE_ADDRESSES: {
    kind: integer(1, 100_000),
    default: '1000',
    meaning: 'Addresses read from one header field; the raw mail keeps the rest.',
  },
  MAILDESK_PARSE_REFERENCES: {
    kind: integer(2, 10_000),
    default: '100',
    meaning: 'Message-IDs read from References: the first and the newest.',
  },
  MAILDESK_IMAP_TIMEOUT_MS: {
    kind: integer(1000, 3_600_000),
    default: '60000',
    meaning:
      'How long an IMAP server may say nothing before it is asked, and again before it is given up, milliseconds.',
  },
  MAILDESK_MAX_FILE_ATTEMPTS: {
    kind: integer(1, 100),
    default: '3',
    meaning: 'Starts of filing after which a mail is quarantined.',
  },
  MAILDESK_LEASE_MS: {
    kind: integer(500, 3_600_000),
    default: '30000',
    meaning:
      'How long a worker owns a ledger row without renewing, milliseconds; a killed worker’s rows are taken over after it.',
  },
  MAILDESK_FLOOD_TICKETS_HOUR: {
    kind: integer(1, 1_000_000),
    default: '30',
    meaning: 'Tickets one sender may open by mail within an hour; further mails are quarantined.',
  },
  MAILDESK_PARENT_WAIT_MS: {
    kind: integer(0, 3_600_000),
    default: '60000',
    meaning:
      'How long a reply waits for a mail it answers that is still being filed, milliseconds from when it first had to.',
  },
  MAILDESK_REOPEN_DAYS: {
    kind: integer(0, 3650),
    default: '14',
    meaning: 'Days after closing within which an answer reopens a ticket; later it opens a new one.',
  },
  MAILDESK_SMTP_TIMEOUT_MS: {
    kind: integer(1000, 3_600_000),
    default: '600000',
    meaning:
      'How long to wait for an SMTP server that says nothing, milliseconds (RFC 5321 §4.5.3.2.6 asks for 10 minutes).',
  },
  MAILDESK_SEND_GIVE_UP_MS: {
    kind: integer(0, 2_592_000_000),
    default: '259200000',
    meaning: 'How long a refused-for-now mail is tried again, milliseconds (72 hours).',
  },
  MAILDESK_UNCERTAIN_WAIT_MS: {
    kind: integer(0, 86_400_000),
    default: '900000',
    meaning:
      'How long proof that a mail of unknown fate was sent is waited for, milliseconds; then a reply is sent again and automatic mail is given up.',
  },
  MAILDESK_UNCERTAIN_RESENDS: {
    kind: integer(0, 10),
    default: '2',
    meaning: 'How often a reply of unknown fate is sent again at most; automatic mail never is.',
  },
  MAILDESK_UNCERTAIN_REPLIES: {
    kind: { type: 'choice', choices: ['resend', 'ask'] },
    default: 'resend',
    meaning:
      'What a reply of unknown fate does when nothing proves that it was sent: `resend` sends the same bytes again, `ask` leaves it to a person.',
  },
  MAILDESK_AUTO_ANSWERS_10_MIN: {
    kind: integer(0, 1000),
    default: '1',
    meaning: 'Acknowledgements to one address within ten minutes, and as many rejections.',
  },
  MAILDESK_AUTO_ANSWERS_DAY: {
    kind: integer(0, 10_000),
    default: '5',
    meaning: 'Acknowledgements to one address within a day, and as many rejections.',
  },
  MAILDESK_AUTO_TICKET_LADDER: {
    kind: { type: 'ladder' },
    default: '10/10,15/30,25/60,50/180,100/600',
    meaning:
      'Automatic mails to one address about one ticket: so many within so many minutes, `mails/minutes`, separated by commas; each must hold.',
  },
  MAILDESK_AUTO_SAME_WORDS_HOUR: {
    kind: integer(0, 1000),
    default: '1',
    meaning:
      'Automatic mails with the same subject and of the same template to one address within an hour; notifications do not count.',
  },
  MAILDESK_AUTO_DOMAIN_HOUR: {
    kind: integer(0, 100_000),
    default: '50',
    meaning: 'Automatic mails but for notifications to one domain within an hour.',
  },
  MAILDESK_AUTO_HOUR: {
    kind: integer(0, 1_000_000),
    default: '500',
    meaning: 'Automatic mails but for notifications altogether within an hour.',
  },
  MAILDESK_AUTO_UNPROVEN_HOUR: {
    kind: integer(0, 1_000_000),
    default: '200',
    meaning:
      'Of these, mails within an hour to senders whom nothing authenticates and whom no agent has written to.',
  },
  MAILDESK_AUTO_NOTIFICATIONS_HOUR: {
    kind: integer(0, 1_000_000),
    default: '2000',
    meaning: 'Notifications to staff altogether within an hour.',
  },
  MAILDESK_AUTO_MAX_AGE_MS: {
    kind: integer(0, 2_592_000_000),
    default: '1800000',
    meaning: 'A mail older than this is filed and not answered by itself, milliseconds.',
  },
  MAILDESK_SUPPRESS_HARD_DAYS: {
    kind: integer(1, 3650),
    default: '60',
    meaning: 'How long an address that failed for good gets no automatic mail, days.',
  },
  MAILDESK_SUPPRESS_HARD_LIMIT: {
    kind: integer(1, 1000),
    default: '3',
    meaning: 'Hard bounces of one address after which it gets no mail of agents either.',
  },
  MAILDESK_SUPPRESS_HARD_WINDOW_DAYS: {
    kind: integer(1, 3650),
    default: '30',
    meaning: 'The time within which those hard bounces are counted, days.',
  },
  MAILDESK_SUPPRESS_SOFT_LIMIT: {
    kind: integer(1, 1000),
    default: '5',
    meaning:
      'From this score of soft bounces on an address gets no automatic mail; each counts one when it comes and fades to nothing.',
  },
  MAILDESK_SUPPRESS_SOFT_FADE_DAYS: {
    kind: integer(1, 3650),
    default: '7',
    meaning: 'The time in which a soft bounce fades evenly to nothing, days.',
  },
  MAILDESK_FAILPOINTS: {
    kind: { type: 'text' },
    meaning: 'For fault tests only: the folder in which failpoints are armed. Leave it unset.',
  },
  MAILDESK_SUPPRESS_SOFT_DAYS: {
    kind: integer(1, 3650),
    default: '7',
    meaning: 'How long an address with too many soft bounces gets no automatic mail, days.',
  },
} as const satisfies Record<string, Variable>

export type VariableName = keyof typeof table

/** The table, with the optional fields of its rows visible to the type checker. */
export const configurationVariables: Readonly<Record<VariableName, Variable>> = table
