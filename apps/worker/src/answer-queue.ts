// Answers the queue for as long as it is fit, and on PostgreSQL only while this host's clock agrees with the database's.
import { setTimeout as sleep } from 'node:timers/promises'
import { clockSkewMs, errorText, type JobHandlers, type Log } from '@maildesk/core'
import { readClocks } from '@maildesk/db'
import { runWorkers } from '@maildesk/queue'
import { type Desk, waitFor } from '@maildesk/wiring'

/** Copies of sent mail kept at the same time; each is a connection to the mailbox. */
const copyConcurrency = 2
/** How often the clocks are compared, milliseconds. */
const defaultClockCheckMs = 60_000

export interface QueueAnswering {
  /** Whether workers of this process take jobs now. */
  isAnswering(): boolean
  /** Waits for the jobs at hand. */
  stop(): Promise<void>
}

/** What answering needs of the desk. */
export interface AnsweringDeps extends Pick<Desk, 'config' | 'queue'> {
  readonly log: Log
  readonly deps: Pick<Desk['deps'], 'db' | 'clock'>
}

/**
 * Starts answering and returns. BullMQ on PostgreSQL counts locks by the clocks of its workers: one that is ahead takes
 * the others' jobs away while they work, and the jobs of one that is behind are taken. Such a worker leaves the queue
 * alone; meanwhile the sweeper works through the ledgers, whose claims go by the database's clock.
 */
export function answerQueue(
  { config, deps, queue, log }: AnsweringDeps,
  handlers: JobHandlers,
  clockCheckMs = defaultClockCheckMs,
): QueueAnswering {
  const stopping = new AbortController()
  const { signal } = stopping
  const settings = {
    redisUrl: config.redisUrl,
    databaseUrl: config.databaseUrl,
    lockMs: config.queueLockMs,
    concurrency: {
      'file-email': config.fileConcurrency,
      'send-email': config.sendConcurrency,
      'copy-sent': copyConcurrency,
    },
  }
  let isAnswering = false

  async function run() {
    for (;;) {
      let isRight = false
      const start = async () => {
        await queue.probe()
        isRight = await isClockRight()
      }
      if (!(await waitFor('queue', start, log, signal))) return
      if (isRight) await answerWhileClockIsRight()
      else await untilNextCheck()
    }
  }

  async function answerWhileClockIsRight() {
    const workers = await runWorkers(handlers, settings, log)
    isAnswering = true
    do await untilNextCheck()
    while (!signal.aborted && (await isClockRight().catch(notCompared)))
    isAnswering = false
    await workers.close()
  }

  const untilNextCheck = () => sleep(clockCheckMs, undefined, { signal }).catch(() => undefined) // aborted: stop waiting

  /** A database that is away shows no skew, and hands out no jobs. */
  function notCompared(error: unknown) {
    log.warn({ error: errorText(error) }, 'the clocks could not be compared')
    return true
  }

  /** Logs an error when it is not. */
  async function isClockRight(): Promise<boolean> {
    if (queue.kind !== 'postgres') return true // Redis counts locks by its own clock
    const skewMs = Math.round(clockSkewMs(await readClocks(deps.db, deps.clock)))
    if (Math.abs(skewMs) <= config.maxClockSkewMs) return true
    log.error(
      { skewMs, maxClockSkewMs: config.maxClockSkewMs },
      `this host’s clock is ${skewMs > 0 ? 'behind' : 'ahead of'} PostgreSQL’s: the worker leaves the queue alone until they agree`,
    )
    return false
  }

  const running = run()
  return {
    isAnswering: () => isAnswering,
    async stop() {
      stopping.abort()
      await running
    },
  }
}
