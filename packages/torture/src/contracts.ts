// What the parts of the fault tests say to each other: what was given to the desk, what came out, what must hold.

import type { Database } from '@maildesk/db'
import type { FailpointAction, FailpointName } from '@maildesk/failpoints'
import type { DovecotServer, RedisServer, SmtpSink, TcpProxy } from '@maildesk/testkit'

export type Backend = 'redis' | 'postgres'

/** A mail of the seeded generator. */
export interface MadeMail {
  /** Its place in the run; stands in its text, so that it is known again however little else it carries. */
  readonly index: number
  /** Without angle brackets; null where the generator leaves it out. */
  readonly messageId: string | null
  /** What makes it known again: `[mark <seed>-<index>]` stands in its subject. */
  readonly mark: string
  /** Mark of the first mail of its conversation; its own when it opens one. */
  readonly rootMark: string
  readonly from: string
  readonly raw: Buffer
  /** What must become of it. */
  readonly expects: 'filed' | 'quarantined' | 'duplicate' | 'either'
  /** True when a machine wrote it: nothing of ours may answer it by itself. */
  readonly isAutomatic?: boolean
  /** File names, SHA-256 and count of the decoded bytes of its attachments. */
  readonly attachments: readonly {
    readonly filename: string
    readonly sha256: string
    readonly size?: number
  }[]
}

/** Dovecot answered 250 to LMTP. */
export interface Delivered {
  readonly mail: MadeMail
  readonly at: number
}

/** The API answered 2xx. */
export interface Accepted {
  readonly idempotencyKey: string
  readonly ticketId: string
  readonly messageId: string
  /** Stands in the text of the answer. */
  readonly mark: string
  readonly at: number
}

/** The SMTP sink had a complete DATA. */
export interface Seen {
  readonly rfc822Id: string
  readonly recipients: readonly string[]
  /** A mail written by a machine (Auto-Submitted is not `no`). */
  readonly isAutomatic: boolean
  readonly inReplyTo: string | null
  readonly finalReply: string | null
  readonly at: number
}

/** What was given to the desk and what was seen of it, in no table of its own. */
export interface Ledgers {
  readonly delivered: readonly Delivered[]
  readonly accepted: readonly Accepted[]
  readonly seen: readonly Seen[]
}

/** What the desk itself says when all is at rest: read from its tables, its blob store and the mailbox. */
export interface Snapshot {
  readonly inbound: readonly {
    readonly id: string
    readonly subject: string
    readonly status: string
    readonly outcome: string | null
    readonly reason: string | null
    readonly ticketId: string | null
    readonly duplicateOf: string | null
    readonly rawKey: string
    readonly uidValidity: string | null
    readonly uid: number | null
    /** Milliseconds with the microseconds as their fraction, as all times of rows: many mails are received within one. */
    readonly receivedAt: number
    readonly finishedAt: number | null
  }[]
  readonly messages: readonly {
    readonly id: string
    readonly ticketId: string
    readonly inboundEmailId: string | null
    readonly rfc822Id: string | null
    readonly text: string
    readonly createdAt: number
  }[]
  readonly attachments: readonly {
    readonly messageId: string | null
    readonly filename: string
    readonly file: string
    readonly size: number
  }[]
  readonly tickets: readonly { readonly id: string; readonly number: string; readonly title: string }[]
  readonly outbound: readonly {
    readonly id: string
    readonly kind: string
    readonly status: string
    readonly ticketId: string | null
    readonly messageId: string | null
    readonly causeInboundId: string | null
    readonly rfc822Id: string
    readonly uncertainAttempts: number
    readonly deliveries: readonly { readonly address: string; readonly status: string }[]
  }[]
  /** Key of each blob → whether its bytes have that hash. */
  readonly blobs: ReadonlyMap<string, boolean>
  /**
   * Whether the raw mail of a row ends in the bytes that were delivered (`MadeMail.raw`; Dovecot puts fields above them and
   * changes nothing else), by the row's id. Rows left out are not judged by it.
   */
  readonly endsAsDelivered?: ReadonlyMap<string, boolean>
  /** SHA-256 of each mail that lies in the mailbox, by `uidvalidity/uid`. */
  readonly mailbox: ReadonlyMap<string, string>
  /** Those of them that bear a flag, such as \Seen, by `uidvalidity/uid`. */
  readonly flagged?: ReadonlySet<string>
}

/** The invariants of the fault tests; docs/torture.md says each in a sentence. */
export type InvariantId = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12'

export interface Violation {
  readonly invariant: InvariantId
  readonly kind: 'lost' | 'doubled' | 'misthreaded' | 'unexplained' | 'late' | 'other'
  /** What, which and where, for a person at 3 a.m. */
  readonly detail: string
  /** The one failpoint, code or fault that shows it; what `--only` takes. */
  readonly only?: string
}

/** One desk process under the harness; a supervisor starts it again after every end while `isKept`. */
export interface Victim {
  readonly name: 'poller' | 'worker 1' | 'worker 2' | 'api'
  pid(): number | undefined
  isRunning(): boolean
  /** Sends the signal; after a deadly one resolves when the process is gone, and the supervisor starts it again. */
  signal(signal: NodeJS.Signals): Promise<void>
  /** Resolves when the present life says that it is ready. */
  ready(timeoutMs?: number): Promise<void>
  /** Whether its present life said so. */
  isReady(): boolean
  /** How many lives it had. */
  lives(): number
  /** Ends it (SIGTERM) and starts it with other settings on top of the rig's; they stay. */
  restartWith(settings: Readonly<Record<string, string>>): Promise<void>
  /** What it has logged lately. */
  log(): string
}

/** A server beside the desk. */
export interface Neighbour {
  /** SIGKILL of all its processes; data stays. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** SIGSTOP / SIGCONT of all its processes. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

export interface Rig {
  readonly backend: Backend
  readonly seed: number
  /** A pool of the harness's own, past all proxies. It heals by itself after a restart of PostgreSQL. */
  readonly db: Database
  /** The same database, past all proxies. */
  readonly databaseUrl: string
  readonly support: string
  readonly apiUrl: string
  readonly adminToken: string
  readonly dovecot: DovecotServer
  readonly sink: SmtpSink
  /** Undefined with the postgres backend. */
  readonly redis: RedisServer | undefined
  readonly servers: {
    readonly postgres: Neighbour
    readonly redis: Neighbour | undefined
    readonly dovecot: Neighbour
  }
  /** What lies between the desk and each server. */
  readonly links: {
    readonly postgres: TcpProxy
    readonly redis: TcpProxy | undefined
    readonly imap: TcpProxy
    readonly smtp: TcpProxy
  }
  readonly poller: Victim
  readonly workers: readonly Victim[]
  readonly api: Victim
  readonly all: readonly Victim[]
  /** Starts one more process beside those that are kept. @returns what ends it. */
  startAnother(app: 'poller' | 'worker'): Promise<() => Promise<void>>
  /** Folder of the blob store. */
  readonly storage: string
  readonly ledgers: Ledgers
  /** Delivers by LMTP, again until Dovecot said 250 once, and writes it down; to the desk's address unless told. */
  deliver(mail: MadeMail, to?: string): Promise<void>
  /** Answers a ticket through the API with an Idempotency-Key, again until 2xx came, and writes it down. */
  reply(ticketId: string, mark: string, uploads?: readonly string[]): Promise<Accepted>
  /** Uploads a small file to a ticket, again until 2xx came. @returns its id. */
  upload(ticketId: string, filename: string): Promise<string>
  /** Lets a held mail in, as a person does. */
  release(inboundId: string): Promise<void>
  /** Arms one failpoint in whichever process comes by first. */
  arm(point: {
    readonly name: FailpointName
    readonly nth: number
    readonly action: FailpointAction
    readonly ms?: number
  }): ArmedPoint
  /** How often each failpoint was hit while `work` ran. */
  counting<Result>(
    work: () => Promise<Result>,
  ): Promise<{ result: Result; hits: ReadonlyMap<FailpointName, number> }>
  /** Milliseconds until all delivered mail has its end and all outgoing mail is at rest. @throws Error after `timeoutMs`, with what is left and the logs. */
  drained(timeoutMs?: number): Promise<number>
  snapshot(): Promise<Snapshot>
  /** Snapshot, invariants, and the rest of the account since the rig was opened. */
  account(): Promise<Account>
  /** Runs `work` when the rig is stopped, before anything else is. */
  onStop(work: () => Promise<unknown>): void
  stop(): Promise<void>
}

export interface ArmedPoint {
  /** Resolves when a process was hit; false when `timeoutMs` passed before. */
  fired(timeoutMs: number): Promise<boolean>
  /** The process that was hit. */
  pid(): number | undefined
  disarm(): void
}

export interface Account {
  readonly mails: number
  readonly answers: number
  readonly lost: number
  readonly doubled: number
  readonly misthreaded: number
  /** Copies that left twice, each of which the product itself lists as possibly doubled. */
  readonly listedDoubles: number
  /** Automatic mail whose fate the product says it does not know. */
  readonly uncertain: number
  readonly violations: readonly Violation[]
}

export interface RigOptions {
  readonly backend: Backend
  readonly seed: number
  /** Workers; 1 unless told. */
  readonly workers?: 1 | 2
  /** Settings of the desk's processes on top of the rig's own. */
  readonly settings?: Readonly<Record<string, string>>
  readonly onProgress?: (line: string) => void
}

/** What a scenario did and found. */
export interface Outcome {
  readonly mails: number
  readonly answers: number
  readonly kills: number
  /** Failpoints that fired. */
  readonly failpoints: number
  /** Faults by what they were done to, such as `postgres`, `redis`, `imap`, `smtp`. */
  readonly faults: Readonly<Record<string, number>>
  readonly lost: number
  readonly doubled: number
  readonly misthreaded: number
  readonly listedDoubles: number
  readonly uncertain: number
  /** Milliseconds from the last fault to rest; the longest of the scenario. */
  readonly drainedMs: number
  readonly violations: readonly Violation[]
  /** What a reader should know besides, a line each. */
  readonly notes: readonly string[]
}

export type Tier = 'commit' | 'landing' | 'release'

export interface ScenarioContext {
  readonly tier: Tier
  readonly backend: Backend
  readonly seed: number
  readonly progress: (line: string) => void
  /** How long mail pours in, where a scenario goes by time; its own length unless told. */
  readonly minutes?: number
  /** Mails per second, where a scenario goes by time; its own rate unless told. */
  readonly rate?: number
  /** Only these failpoints, codes or faults; all when empty. */
  readonly only: readonly string[]
  readonly openRig: (options?: Partial<RigOptions>) => Promise<Rig>
}

export interface Scenario {
  readonly name: string
  /** In a sentence, for --help and docs. */
  readonly summary: string
  /** On which backends it runs in a tier; none: not part of it. */
  readonly backends: Readonly<Record<Tier, readonly Backend[]>>
  run(context: ScenarioContext): Promise<Outcome>
}
