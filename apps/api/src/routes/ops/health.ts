import { setTimeout as delay } from 'node:timers/promises'
import { errorText } from '@maildesk/core'
import { listPolledMailboxes, type PolledMailbox } from '@maildesk/db'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type ApiApp, isStaff } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { Nullable } from '../../resources/schema.ts'

/** Answers are shared by all who ask within this time, milliseconds: probes write to disk, and anybody may ask. */
const reuseMs = 1000

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
      }),
    ),
  ),
})

interface Dependency {
  readonly name: string
  readonly ok: boolean
  readonly ms: number
  readonly error: string | null
}

interface Health {
  readonly ok: boolean
  readonly dependencies: readonly Dependency[]
  readonly mailboxes: readonly ReturnType<typeof judgeMailbox>[]
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
  const read = shared(() => readHealth(deps))
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

/** A proxy on this machine speaks for somebody else: what it forwards is not local. */
function maySeeDetails(request: FastifyRequest): boolean {
  if (request.actor && isStaff(request.actor)) return true
  const isForwarded =
    request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined
  return !isForwarded && /^(127\.|::1$|::ffff:127\.)/.test(request.ip)
}

async function readHealth({
  db,
  jobs,
  blobs,
  health: { maxSecondsSincePoll, probeTimeoutMs },
}: ApiDeps): Promise<Health> {
  let polled: PolledMailbox[] = []
  const dependencies = await Promise.all([
    probe('database', probeTimeoutMs, async () => {
      polled = await listPolledMailboxes(db)
    }),
    probe('queue', probeTimeoutMs, () => jobs.probe()),
    probe('blobs', probeTimeoutMs, () => blobs.probe()),
  ])
  const mailboxes = polled.map((mailbox) => judgeMailbox(mailbox, maxSecondsSincePoll))
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

/** Red when the last poll failed, or when none went well for longer than the bound. Pure. */
function judgeMailbox(mailbox: PolledMailbox, maxSecondsSincePoll: number) {
  const { secondsSinceGoodPoll: seconds } = mailbox
  const tooOld = mailbox.secondsWaiting > maxSecondsSincePoll
  return {
    address: mailbox.address,
    ok: !mailbox.errorIsNewer && !tooOld,
    seconds_since_good_poll: seconds === null ? null : Math.floor(seconds),
    error: mailbox.errorIsNewer
      ? mailbox.lastError
      : tooOld
        ? `no good poll for ${Math.floor(mailbox.secondsWaiting)} s`
        : null,
  }
}

function shared<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let latest: { readonly until: number; readonly result: Promise<Result> } | undefined
  return () => {
    if (!latest || latest.until < performance.now())
      latest = { until: performance.now() + reuseMs, result: work() }
    return latest.result
  }
}
