// What is wrong with a desk, as reasons with stable names: for people, for /health/ready and for alarms.

interface ReasonEntry {
  /** `red`: mail does not flow as it should. `look`: it flows, and something waits for a person. */
  readonly level: 'red' | 'look'
  /** One sentence for a person. */
  readonly meaning: string
}

export const healthReasons = {
  'database-away': { level: 'red', meaning: 'PostgreSQL does not answer.' },
  'database-read-only': {
    level: 'red',
    meaning: 'PostgreSQL takes no writes: a standby, or a server that was closed because its disk is full.',
  },
  'queue-away': { level: 'red', meaning: 'The queue does not answer, or is set up so that it loses jobs.' },
  'blobs-away': { level: 'red', meaning: 'The blob store cannot be written and read back.' },
  'mailbox-failing': { level: 'red', meaning: 'The last try to read a folder failed.' },
  'mailbox-stale': { level: 'red', meaning: 'No poller has read a folder for too long.' },
  'sending-paused': {
    level: 'red',
    meaning: 'A mailbox sends nothing until somebody mends its SMTP access.',
  },
  'clock-skew': {
    level: 'red',
    meaning: 'The clocks of this host and of PostgreSQL are too far apart.',
  },
  'inbound-overdue': { level: 'red', meaning: 'A mail that came in waits too long to be filed.' },
  'outbound-overdue': { level: 'red', meaning: 'A mail that may leave waits too long to be sent.' },
  quarantined: { level: 'look', meaning: 'Mails wait in quarantine for a person.' },
  uncertain: { level: 'look', meaning: 'Replies of unknown fate wait for a person to decide.' },
  unaccounted: {
    level: 'look',
    meaning: 'The last comparison found mails in a folder that the ledger did not hold; they were fetched.',
  },
} as const satisfies Record<string, ReasonEntry>

export type HealthReasonName = keyof typeof healthReasons

export interface HealthReason {
  readonly reason: HealthReasonName
  readonly level: ReasonEntry['level']
  /** Which mailbox or folder; null when it is the whole desk. */
  readonly of: string | null
  readonly detail: string
}

/** What the database tells of the desk's work, in one look. */
export interface Vitals {
  readonly clock: ClockReading
  readonly isReadOnly: boolean
  /** How long the longest waiting rows are due, milliseconds; null when none is. Mails of paused mailboxes do not count. */
  readonly inboundOverdueMs: number | null
  readonly outboundOverdueMs: number | null
  readonly quarantined: number
  /** Of unknown fate, and nothing more is tried without a person. */
  readonly undecided: number
  readonly paused: readonly { readonly address: string; readonly reason: string }[]
}

/** The database's clock, read between two looks at ours; epoch milliseconds. */
export interface ClockReading {
  readonly asked: number
  readonly theirs: number
  readonly answered: number
}

export interface HealthLimits {
  /** Clocks further apart are told, milliseconds. */
  readonly maxClockSkewMs: number
  /** A row due for longer is told, milliseconds. */
  readonly maxOverdueMs: number
}

/** How the reason reads once it is known to hold. */
export function healthReason(reason: HealthReasonName, of: string | null, detail: string): HealthReason {
  return { reason, level: healthReasons[reason].level, of, detail }
}

/**
 * How far apart two clocks are at least, milliseconds; positive when the database is ahead. The answer's way is not
 * held against either: a slow answer shows no skew. Pure.
 */
export function clockSkewMs({ asked, theirs, answered }: ClockReading): number {
  if (theirs > answered) return theirs - answered
  return theirs < asked ? theirs - asked : 0
}

/** What of the desk's work is not as it should be. Pure. */
export function judgeVitals(vitals: Vitals, limits: HealthLimits): HealthReason[] {
  const skewMs = clockSkewMs(vitals.clock)
  return [
    ...when(vitals.isReadOnly, 'database-read-only', 'transactions are read-only'),
    ...when(
      Math.abs(skewMs) > limits.maxClockSkewMs,
      'clock-skew',
      `PostgreSQL is ${Math.round(Math.abs(skewMs))} ms ${skewMs > 0 ? 'ahead' : 'behind'}, at most ${limits.maxClockSkewMs} are well`,
    ),
    ...overdue('inbound-overdue', vitals.inboundOverdueMs, limits),
    ...overdue('outbound-overdue', vitals.outboundOverdueMs, limits),
    ...vitals.paused.map(({ address, reason }) => healthReason('sending-paused', address, reason)),
    ...when(vitals.quarantined > 0, 'quarantined', `${vitals.quarantined} mails wait for a person`),
    ...when(vitals.undecided > 0, 'uncertain', `${vitals.undecided} replies wait for a decision`),
  ]
}

function overdue(reason: HealthReasonName, ms: number | null, { maxOverdueMs }: HealthLimits) {
  const detail = `the longest waiting one is due for ${Math.round((ms ?? 0) / 1000)} s`
  return when(ms !== null && ms > maxOverdueMs, reason, detail)
}

function when(holds: boolean, reason: HealthReasonName, detail: string): HealthReason[] {
  return holds ? [healthReason(reason, null, detail)] : []
}
