// The desk's health, read in bounded time: dependencies, mailboxes, work that stands still, and the reasons out of them.
import { setTimeout as delay } from 'node:timers/promises'
import {
  errorText,
  type HealthReason,
  type HealthReasonName,
  healthReason,
  judgeVitals,
  type Vitals,
} from '@maildesk/core'
import { listPolledFolders, type PolledFolder, readVitals } from '@maildesk/db'
import type { ApiDeps } from '../../api-deps.ts'

interface FolderHealth {
  readonly name: string
  readonly ok: boolean
  readonly seconds_since_good_poll: number | null
  readonly error: string | null
}

interface MailboxHealth {
  readonly address: string
  readonly ok: boolean
  readonly seconds_since_good_poll: number | null
  readonly error: string | null
  readonly folders: FolderHealth[]
}

interface Dependency {
  readonly name: 'database' | 'queue' | 'blobs'
  readonly ok: boolean
  readonly ms: number
  readonly error: string | null
}

export interface Health {
  /** Nothing is red. */
  readonly ok: boolean
  readonly reasons: readonly HealthReason[]
  readonly dependencies: readonly Dependency[]
  readonly mailboxes: readonly MailboxHealth[]
  /** Undefined while the database is away. */
  readonly vitals: Vitals | undefined
}

/** Never throws for what is away: that is what it tells. */
export async function readHealth({ db, jobs, blobs, clock, health }: ApiDeps): Promise<Health> {
  let polled: PolledFolder[] = []
  let vitals: Vitals | undefined
  const dependencies = await Promise.all([
    probe('database', health.probeTimeoutMs, async () => {
      polled = await listPolledFolders(db)
      vitals = await readVitals(db, clock)
    }),
    probe('queue', health.probeTimeoutMs, () => jobs.probe()),
    probe('blobs', health.probeTimeoutMs, () => blobs.probe()),
  ])
  const reasons = [
    ...dependencies.flatMap(reasonOfDependency),
    ...polled.flatMap((row) => reasonsOfFolder(row, health.maxSecondsSincePoll)),
    ...(vitals ? judgeVitals(vitals, health) : []),
  ]
  const mailboxes = judgeMailboxes(polled, health.maxSecondsSincePoll)
  return { ok: reasons.every(({ level }) => level !== 'red'), reasons, dependencies, mailboxes, vitals }
}

async function probe(
  name: Dependency['name'],
  timeoutMs: number,
  work: () => Promise<void>,
): Promise<Dependency> {
  const started = performance.now()
  const late = delay(timeoutMs, undefined, { ref: false }).then(() =>
    Promise.reject(new Error(`no answer within ${timeoutMs} ms`)),
  )
  const error = await Promise.race([work(), late]).then(() => null, errorText)
  return { name, ok: error === null, ms: Math.round(performance.now() - started), error }
}

const awayReasons: Readonly<Record<Dependency['name'], HealthReasonName>> = {
  database: 'database-away',
  queue: 'queue-away',
  blobs: 'blobs-away',
}

function reasonOfDependency({ name, error }: Dependency): HealthReason[] {
  return error === null ? [] : [healthReason(awayReasons[name], null, error)]
}

function reasonsOfFolder(row: PolledFolder, maxSecondsSincePoll: number): HealthReason[] {
  const of = `${row.address} ${row.folder}`
  const { ok, error } = judgeFolder(row, maxSecondsSincePoll)
  const trouble = ok
    ? []
    : [healthReason(row.errorIsNewer ? 'mailbox-failing' : 'mailbox-stale', of, error ?? '')]
  const unaccounted = row.unaccounted
    ? [healthReason('unaccounted', of, `${row.unaccounted} mails were missing in the ledger`)]
    : []
  return [...trouble, ...unaccounted]
}

/** A mailbox fares as its worst folder. Pure. */
function judgeMailboxes(polled: readonly PolledFolder[], maxSecondsSincePoll: number): MailboxHealth[] {
  return [...Map.groupBy(polled, ({ address }) => address)].map(([address, rows]) => {
    const folders = rows.map((row) => judgeFolder(row, maxSecondsSincePoll))
    const worst = folders.find(({ ok }) => !ok)
    const seconds = folders.map(({ seconds_since_good_poll }) => seconds_since_good_poll)
    return {
      address,
      ok: worst === undefined,
      seconds_since_good_poll: seconds.includes(null) ? null : Math.max(...seconds.map(Number)),
      error: worst?.error ?? null,
      folders,
    }
  })
}

/** Red when the last poll failed, or when none went well for longer than the bound. Pure. */
function judgeFolder(row: PolledFolder, maxSecondsSincePoll: number): FolderHealth {
  const { secondsSinceGoodPoll: seconds } = row
  const tooOld = row.secondsWaiting > maxSecondsSincePoll
  return {
    name: row.folder,
    ok: !row.errorIsNewer && !tooOld,
    seconds_since_good_poll: seconds === null ? null : Math.floor(seconds),
    error: row.errorIsNewer
      ? row.lastError
      : tooOld
        ? `no good poll for ${Math.floor(row.secondsWaiting)} s`
        : null,
  }
}
