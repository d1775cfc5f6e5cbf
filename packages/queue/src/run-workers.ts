// Answers doorbells: BullMQ workers that call one handler per job name with the id, and nothing else.

import { setTimeout as sleep } from 'node:timers/promises'
import { errorText, type JobHandlers, type JobName, jobTable, type Log } from '@maildesk/core'
import { failpoint } from '@maildesk/failpoints'
import type { Job as BullJob, Worker } from 'bullmq'
import { defaultCommandTimeoutMs, openBackend, type QueueSettings } from './backend.ts'
import { within } from './within.ts'

export interface WorkerSettings extends QueueSettings {
  readonly concurrency: Readonly<Record<JobName, number>>
  /** How long a job is owned without renewal, milliseconds; a dead worker's jobs return after about two of these. */
  readonly lockMs: number
}

export interface RunningWorkers {
  /** Waits for the work at hand, then closes. */
  close(): Promise<void>
}

/** Pause before a worker that could not start is made anew, milliseconds. */
const restartPauseMs = 1000
/** A job that stalls is rung again for ever: the ledger row counts the starts and gives up, not the queue. */
const maxStalledCount = 1000

/**
 * Starts one worker per job name; one that cannot start, because the server is away, is made anew until it can.
 * A handler that throws only ends the job: what to do about it stands in the ledger row, and the sweeper rings
 * again when it is due.
 */
export async function runWorkers(
  handlers: JobHandlers,
  settings: WorkerSettings,
  log: Log,
): Promise<RunningWorkers> {
  const timeoutMs = settings.commandTimeoutMs ?? defaultCommandTimeoutMs
  const backend = openBackend(settings)
  const stopped = new AbortController()
  const atHand = new Set<Promise<void>>()
  const names = Object.keys(jobTable) as JobName[]
  const keepers = names.map((name) => keepWorker(name))

  async function handle(name: JobName, job: BullJob): Promise<void> {
    const { id } = job.data as { id?: unknown }
    if (typeof id !== 'string') {
      log.error({ job: name, jobId: job.id }, 'job without an id ignored')
      return
    }
    const work = answer(name, id)
    atHand.add(work)
    await work.finally(() => atHand.delete(work))
  }

  async function answer(name: JobName, id: string): Promise<void> {
    await failpoint('job.taken')
    await handlers[name](id)
    await failpoint('job.done')
  }

  function openWorker(name: JobName): Worker {
    const worker = backend.openWorker(name, (job) => handle(name, job), {
      autorun: false,
      concurrency: settings.concurrency[name],
      lockDuration: settings.lockMs,
      stalledInterval: settings.lockMs,
      maxStalledCount,
    })
    worker.on('error', (error) =>
      log.warn({ job: name, error: errorText(error) }, 'queue worker has trouble'),
    )
    worker.on('failed', (job, error) =>
      log.warn({ job: name, id: job?.data?.id, error: errorText(error) }, 'job ended with an error'),
    )
    return worker
  }

  /** Keeps one worker running. A BullMQ worker remembers a failed start for ever, so another one is made then. */
  function keepWorker(name: JobName) {
    let worker: Worker | undefined
    const run = async () => {
      while (!stopped.signal.aborted) {
        const started = openWorker(name)
        worker = started
        try {
          await within(timeoutMs, started.waitUntilReady())
          await started.run()
        } catch (error) {
          log.warn({ job: name, error: errorText(error) }, 'queue worker made anew')
        }
        if (stopped.signal.aborted) return
        started.close(true).catch(() => undefined) // it is being thrown away because it failed
        await sleep(restartPauseMs, undefined, { signal: stopped.signal }).catch(() => undefined)
      }
    }
    void run()
    return { close: () => worker?.close() }
  }

  return {
    async close() {
      stopped.abort()
      const closed = Promise.all(keepers.map((keeper) => keeper.close()))
      await Promise.allSettled(atHand)
      // A server that is away is not waited for: a job it still holds stalls there, and is rung for again.
      await within(timeoutMs, closed).catch((error) =>
        log.warn({ error: errorText(error) }, 'queue worker closed without its server'),
      )
      await backend.close()
    },
  }
}
