// Rings again for whatever stands still in the ledgers. The queue may lose everything it holds; the ledgers do not.

import { errorText, type Job, type JobHandlers } from '@maildesk/core'
import {
  forgetIdempotencyKeys,
  listAbandonedOutbound,
  listDueCopies,
  listDueInbound,
  listDueOutbound,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { WorkerDeps } from './deps.ts'
import { takeOverAbandoned } from './send-email.ts'

/** Rows rung for in one sweep. */
const maxRings = 500
/** So few rows, the longest overdue ones, are rung for in every sweep, whatever the queue holds. */
const fewRows = 20
/** A row due this long though it was rung for means that the queue does not deliver: then it is worked on directly. */
const unheardAfterMs = 30_000
/** How long an answer is kept for its Idempotency-Key, milliseconds: a day. */
const idempotencyKeyLifeMs = 24 * 60 * 60 * 1000
/** Rows worked on directly in one sweep. */
const maxDirect = 20

export interface Swept {
  readonly rung: number
  readonly direct: number
  readonly takenOver: number
}

/**
 * One sweep. Any number of workers may sweep at the same time: claims decide who works.
 * @param handledLatelyMs milliseconds since this worker last answered a doorbell.
 * @throws MaildeskError db.*
 */
export async function sweep(
  deps: WorkerDeps,
  handlers: JobHandlers,
  handledLatelyMs: number,
): Promise<Swept> {
  await failpoint('sweep.begun')
  const abandoned = await listAbandonedOutbound(deps.db, maxRings)
  for (const row of abandoned) await apart(deps, row.id, () => takeOverAbandoned(deps, row))

  await forgetIdempotencyKeys(deps.db, idempotencyKeyLifeMs)

  const inbound = (await listDueInbound(deps.db, maxRings)).map(({ id, overdueMs }) => ({
    name: 'file-email' as const,
    id: id as string,
    overdueMs,
  }))
  const outbound = (await listDueOutbound(deps.db, maxRings)).map(({ id, overdueMs }) => ({
    name: 'send-email' as const,
    id: id as string,
    overdueMs,
  }))
  const copies = (await listDueCopies(deps.db, maxRings)).map(({ id, overdueMs }) => ({
    name: 'copy-sent' as const,
    id: id as string,
    overdueMs,
  }))
  const due = [...inbound, ...outbound, ...copies]
  if (due.length > 0) await failpoint('sweep.listed')
  const heard = await ring(deps, due)
  if (due.length > 0 && heard) await failpoint('sweep.rung')
  const unheard = heard
    ? due.filter(({ overdueMs }) => overdueMs > unheardAfterMs && handledLatelyMs > unheardAfterMs)
    : due
  const direct = unheard.slice(0, maxDirect)
  if (direct.length > 0)
    deps.log.warn(
      { count: unheard.length, queueAnswers: heard },
      'doorbell not heard, working without the queue',
    )
  for (const { name, id } of direct) {
    await failpoint('sweep.direct')
    await apart(deps, id, () => handlers[name](id))
  }
  return { rung: heard ? due.length : 0, direct: direct.length, takenOver: abandoned.length }
}

/**
 * Of a name that many doorbells already wait for, only the longest overdue. Behind a backlog each sweep would otherwise
 * ring again for hundreds of rows, and the queue would be busy with the ringing instead of the mail. Those it lost become
 * the longest overdue ones: a ring that comes while the row's last job is just ending falls on deaf ears.
 */
async function unanswered({ jobs }: WorkerDeps, due: readonly Job[]): Promise<Job[]> {
  const names = [...new Set(due.map(({ name }) => name))]
  const unanswered = await Promise.all(
    names.map(async (name) => {
      const ofName = due.filter((job) => job.name === name)
      if (ofName.length <= fewRows) return ofName
      return (await jobs.countWaiting(name)) * 2 >= ofName.length ? ofName.slice(0, fewRows) : ofName
    }),
  )
  return unanswered.flat()
}

/** One row's trouble stops no other row. */
async function apart(deps: WorkerDeps, id: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    deps.log.error({ id, error: errorText(error), err: error }, 'sweeping a row failed')
  }
}

/** False if the queue does not answer. */
async function ring(deps: WorkerDeps, jobs: readonly Job[]): Promise<boolean> {
  if (jobs.length === 0) return true
  try {
    await deps.jobs.ringAll(await unanswered(deps, jobs))
    return true
  } catch (error) {
    deps.log.warn({ count: jobs.length, error: errorText(error) }, 'doorbell failed')
    return false
  }
}
