import { setTimeout as delay } from 'node:timers/promises'
import { errorText } from '@maildesk/core'
import { listPolledFolders, type PolledFolder } from '@maildesk/db'
import { type Static, Type } from 'typebox'
import type { ApiApp } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { maySeeDetails } from '../../may-see-details.ts'
import { Nullable } from '../../resources/schema.ts'
import { shared } from '../../shared.ts'

/** Answers are shared by all who ask within this time, milliseconds: probes write to disk, and anybody may ask. */
const reuseMs = 1000

const FolderHealth = Type.Object({
  name: Type.String(),
  ok: Type.Boolean(),
  seconds_since_good_poll: Nullable(Type.Integer()),
  error: Nullable(Type.String()),
})

const Ready = Type.Object({
  status: Type.String({ description: '`ok` or `unavailable`.' }),
  dependencies: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        ok: Type.Boolean(),
        ms: Type.Integer(),
        error: Nullable(Type.String()),
      }),
    ),
  ),
  mailboxes: Type.Optional(
    Type.Array(
      Type.Object({
        address: Type.String(),
        ok: Type.Boolean(),
        seconds_since_good_poll: Nullable(Type.Integer()),
        error: Nullable(Type.String()),
        folders: Type.Array(FolderHealth),
      }),
    ),
  ),
})

type FolderHealthShown = Static<typeof FolderHealth>

interface MailboxHealth {
  readonly address: string
  readonly ok: boolean
  readonly seconds_since_good_poll: number | null
  readonly error: string | null
  readonly folders: FolderHealthShown[]
}

interface Dependency {
  readonly name: string
  readonly ok: boolean
  readonly ms: number
  readonly error: string | null
}

interface Health {
  readonly ok: boolean
  readonly dependencies: readonly Dependency[]
  readonly mailboxes: readonly MailboxHealth[]
}

export function health(app: ApiApp, deps: ApiDeps): void {
  app.get(
    '/health/live',
    {
      config: { policy: 'public' },
      schema: {
        tags: ['health'],
        summary: 'The process answers',
        response: { 200: Type.Object({ status: Type.String() }) },
      },
    },
    async () => ({ status: 'ok' }),
  )
  const read = shared(() => readHealth(deps), reuseMs)
  app.get(
    '/health/ready',
    {
      config: { policy: 'public' },
      schema: {
        tags: ['health'],
        summary: 'Everything it needs answers, and every mailbox was read lately',
        description: 'Details are for staff and for callers on this machine.',
        response: { 200: Ready, 503: Ready },
      },
    },
    async (request, reply) => {
      const { ok, dependencies, mailboxes } = await read()
      reply.code(ok ? 200 : 503)
      const status = ok ? 'ok' : 'unavailable'
      return maySeeDetails(request)
        ? { status, dependencies: [...dependencies], mailboxes: [...mailboxes] }
        : { status }
    },
  )
}

async function readHealth({
  db,
  jobs,
  blobs,
  health: { maxSecondsSincePoll, probeTimeoutMs },
}: ApiDeps): Promise<Health> {
  let polled: PolledFolder[] = []
  const dependencies = await Promise.all([
    probe('database', probeTimeoutMs, async () => {
      polled = await listPolledFolders(db)
    }),
    probe('queue', probeTimeoutMs, () => jobs.probe()),
    probe('blobs', probeTimeoutMs, () => blobs.probe()),
  ])
  const mailboxes = judgeMailboxes(polled, maxSecondsSincePoll)
  return { ok: [...dependencies, ...mailboxes].every(({ ok }) => ok), dependencies, mailboxes }
}

async function probe(name: string, timeoutMs: number, work: () => Promise<void>): Promise<Dependency> {
  const started = performance.now()
  const late = delay(timeoutMs, undefined, { ref: false }).then(() =>
    Promise.reject(new Error(`no answer within ${timeoutMs} ms`)),
  )
  const error = await Promise.race([work(), late]).then(() => null, errorText)
  return { name, ok: error === null, ms: Math.round(performance.now() - started), error }
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
function judgeFolder(row: PolledFolder, maxSecondsSincePoll: number): FolderHealthShown {
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
