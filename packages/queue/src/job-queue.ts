// The JobQueue port over BullMQ. A job that was answered is removed at once: the ledger remembers, not the queue.

import {
  errorText,
  type Job,
  type JobName,
  type JobQueue,
  jobIdOf,
  jobTable,
  MaildeskError,
} from '@maildesk/core'
import type { Queue } from 'bullmq'
import { defaultCommandTimeoutMs, openBackend, type QueueBackend, type QueueSettings } from './backend.ts'
import { within } from './within.ts'

const jobNames = Object.keys(jobTable) as JobName[]

/** The queue, and what the dashboard needs to look into it. */
export interface OpenedQueue extends JobQueue {
  readonly kind: QueueBackend['kind']
  /** The queue of this name as it is now; after a failure another one than before. */
  queueOf(name: JobName): Queue
}

/** Opens the producers; a server that is away stops nothing here. */
export function openJobQueue(settings: QueueSettings): OpenedQueue {
  const timeoutMs = settings.commandTimeoutMs ?? defaultCommandTimeoutMs
  const backend = openBackend(settings)
  // A queue is made anew after a failure: BullMQ remembers a failed start for ever.
  const queues = new Map<JobName, Queue>()
  const open = (name: JobName): Queue => {
    let queue = queues.get(name)
    if (!queue) {
      queue = backend.openQueue(name)
      queue.on('error', () => undefined) // told by the ring that fails
      queues.set(name, queue)
    }
    return queue
  }
  const forget = (name: JobName): void => {
    const queue = queues.get(name)
    queues.delete(name)
    queue?.close().catch(() => undefined) // it is being thrown away because it failed
  }

  const ringAll = async (jobs: readonly Job[]): Promise<void> => {
    for (const name of jobNames) {
      const bulk = jobs.filter((job) => job.name === name).map((job) => bullJob(job))
      if (bulk.length === 0) continue
      try {
        await within(timeoutMs, backend.connected())
      } catch (cause) {
        throw unavailable(name, bulk.length, cause)
      }
      try {
        await within(timeoutMs, addAll(open(name), bulk))
      } catch (cause) {
        forget(name)
        throw unavailable(name, bulk.length, cause)
      }
    }
  }

  const countWaiting = async (name: JobName): Promise<number> => {
    try {
      await within(timeoutMs, backend.connected())
      return await within(timeoutMs, open(name).getJobCountByTypes('waiting'))
    } catch (cause) {
      forget(name)
      throw new MaildeskError(
        'queue.unavailable',
        `could not count ${name}: ${errorText(cause)}`,
        { name },
        { cause },
      )
    }
  }

  for (const name of jobNames) open(name)
  return {
    kind: backend.kind,
    queueOf: open,
    ring: (job) => ringAll([job]),
    ringAll,
    countWaiting,
    probe: () => backend.probe(),
    async close() {
      // Nothing is lost by not waiting for a server that is away: rings are answered or have failed.
      await Promise.allSettled([...queues.values()].map((queue) => within(timeoutMs, queue.close())))
      await backend.close()
    },
  }
}

function unavailable(name: JobName, count: number, cause: unknown): MaildeskError {
  return new MaildeskError(
    'queue.unavailable',
    `could not ring ${count} × ${name}: ${errorText(cause)}`,
    { name },
    { cause },
  )
}

/** One by one up to here: on PostgreSQL BullMQ 6.7 makes two temporary tables for every bulk, which takes as long as many adds. */
const fewJobs = 16

async function addAll(queue: Queue, jobs: readonly ReturnType<typeof bullJob>[]): Promise<void> {
  if (jobs.length > fewJobs) await queue.addBulk([...jobs])
  else for (const { name, data, opts } of jobs) await queue.add(name, data, opts)
}

function bullJob(job: Job) {
  return {
    name: job.name,
    data: { id: job.id },
    // `true`, not a count: with a count BullMQ 6.7 on PostgreSQL deadlocks under concurrency.
    opts: { jobId: jobIdOf(job), removeOnComplete: true, removeOnFail: true, attempts: 1 },
  }
}
