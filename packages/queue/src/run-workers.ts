// Answers doorbells: BullMQ workers that call one handler per job name with the id, and nothing else.
import type { Worker } from 'bullmq'
import { type JobHandlers, type JobName, type Log, errorText, jobTable } from '@maildesk/core'
import { type QueueSettings, openBackend } from './backend.ts'

export interface WorkerSettings extends QueueSettings {
  readonly concurrency: Readonly<Record<JobName, number>>
  /** How long a job is owned without renewal, milliseconds; a dead worker's jobs return after about two of these. */
  readonly lockMs: number
}

export interface RunningWorkers {
  /** Waits for the work at hand, then closes. */
  close(): Promise<void>
}

/**
 * Starts one worker per job name. A handler that throws only ends the job: what to do about it stands in the
 * ledger row, and the sweeper rings again when it is due.
 */
export async function runWorkers(handlers: JobHandlers, settings: WorkerSettings, log: Log): Promise<RunningWorkers> {
  const backend = openBackend(settings)
  const names = Object.keys(jobTable) as JobName[]
  const workers = names.map((name) => startWorker(name))

  function startWorker(name: JobName): Worker {
    const worker = backend.openWorker(
      name,
      async (job) => {
        const { id } = job.data as { id?: unknown }
        if (typeof id !== 'string') {
          log.error({ job: name, jobId: job.id }, 'job without an id ignored')
          return
        }
        await handlers[name](id)
      },
      {
        concurrency: settings.concurrency[name],
        lockDuration: settings.lockMs,
        stalledInterval: settings.lockMs,
        maxStalledCount: 1000,
      },
    )
    worker.on('error', (error) => log.warn({ job: name, error: errorText(error) }, 'queue worker has trouble'))
    worker.on('failed', (job, error) => log.warn({ job: name, id: job?.data?.id, error: errorText(error) }, 'job ended with an error'))
    return worker
  }

  return {
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
      await backend.close()
    },
  }
}
