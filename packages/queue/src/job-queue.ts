// The JobQueue port over BullMQ. A job that was answered is removed at once: the ledger remembers, not the queue.
import type { Queue } from 'bullmq'
import { type Job, type JobName, type JobQueue, MaildeskError, errorText, jobIdOf, jobTable } from '@maildesk/core'
import { type QueueBackend, type QueueSettings, openBackend } from './backend.ts'

const jobNames = Object.keys(jobTable) as JobName[]

/** The queue, and what the dashboard needs to look into it. */
export interface OpenedQueue extends JobQueue {
  readonly kind: QueueBackend['kind']
  readonly queues: ReadonlyMap<JobName, Queue>
}

/** Opens the producers; nothing is connected before the first ring or probe. */
export function openJobQueue(settings: QueueSettings): OpenedQueue {
  const timeoutMs = settings.commandTimeoutMs ?? 2000
  const backend = openBackend(settings)
  // A queue is made at its first ring, and made anew after a failure: BullMQ remembers a failed start for ever.
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
    if (!queue || backend.kind === 'redis') return
    queues.delete(name)
    void queue.close().catch(() => undefined) // it is being thrown away because it failed
  }

  const ringAll = async (jobs: readonly Job[]): Promise<void> => {
    for (const name of jobNames) {
      const bulk = jobs.filter((job) => job.name === name).map((job) => bullJob(job))
      if (bulk.length === 0) continue
      try {
        await within(timeoutMs, open(name).addBulk(bulk))
      } catch (cause) {
        forget(name)
        throw new MaildeskError('queue.unavailable', `could not ring ${bulk.length} × ${name}: ${errorText(cause)}`, { name }, { cause })
      }
    }
  }

  for (const name of jobNames) open(name)
  return {
    kind: backend.kind,
    queues,
    ring: (job) => ringAll([job]),
    ringAll,
    probe: () => backend.probe(),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      await backend.close()
    },
  }
}

function bullJob(job: Job) {
  return {
    name: job.name,
    data: { id: job.id },
    // `true`, not a count: with a count BullMQ 6.7 on PostgreSQL deadlocks under concurrency.
    opts: { jobId: jobIdOf(job), removeOnComplete: true, removeOnFail: true, attempts: 1 },
  }
}

async function within<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
