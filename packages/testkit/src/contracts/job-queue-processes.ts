/* What maildesk knows of a job queue whose workers are processes that die, stand still or are misled about the time. */

import { randomUUID } from 'node:crypto'
import type { JobQueue } from '@maildesk/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { waitUntil } from '../wait-until.ts'

/** A process that answers rings. */
export interface WorkerProcess {
  /** How many times its handler was started for this id. */
  started(id: string): number
  finished(id: string): number
  /** The ids whose handlers returned, in order. */
  finishedIds(): string[]
  isAlive(): boolean
  /** All that it wrote on stderr. */
  complaints(): string
  /** Lets handlers return, now and from now on. */
  release(): void
  signal(signal: NodeJS.Signals): void
  /** Kills it. */
  stop(): Promise<void>
}

export interface WorkerProcessOptions {
  /** Handlers return only after `release`. */
  readonly holds?: boolean
  /** By how much its clock is ahead, milliseconds. */
  readonly clockAheadMs?: number
}

export interface DeskWithProcesses {
  openQueue(): JobQueue
  spawnWorker(options?: WorkerProcessOptions): Promise<WorkerProcess>
}

export interface ProcessesUnderTest {
  startServer(): Promise<{ stop(): Promise<void> }>
  /** @param desk a name that no other test uses. */
  openDesk(desk: string): DeskWithProcesses
  /** Of the workers it spawns, milliseconds: how long a job is owned without renewal, and how often stalled ones are sought. */
  readonly lockMs: number
  /** How many jobs of one kind each takes at the same time. */
  readonly concurrency: number
  /** Whether a worker whose clock is ahead takes away the jobs of the others while they work. */
  readonly clocksMatter: boolean
}

const LONG_TEST_MS = 120_000
/**
 * A worker that stands still seems to keep its place in Redis's waiting line, and with it a wake-up that it does not hear:
 * the others look by themselves after this (BullMQ's drainDelay of 5 s, and what a slow machine adds).
 */
const MISSED_WAKE_UP_MS = 10_000
/** A job that is killed this often is still handed out. */
const KILLS = 3
const CLOCK_AHEAD_MS = 60_000

/** Runs the suite. */
export function describeQueueProcesses(name: string, backend: ProcessesUnderTest): void {
  describe(`worker processes on ${name}`, { timeout: LONG_TEST_MS }, () => {
    let server: { stop(): Promise<void> }
    let desk: DeskWithProcesses
    let queue: JobQueue
    let workers: WorkerProcess[]
    /** A dead worker's job comes back within this: twice the lock and the search for stalled ones. */
    const comesBackMs = 2 * (backend.lockMs + backend.lockMs)

    beforeAll(async () => {
      server = await backend.startServer()
    })
    afterAll(() => server.stop())
    beforeEach(() => {
      desk = backend.openDesk(`t${randomUUID().slice(0, 8)}`)
      queue = desk.openQueue()
      workers = []
    })
    afterEach(async () => {
      for (const worker of workers) await worker.stop()
      await queue.close()
    })

    async function spawn(options: WorkerProcessOptions = {}): Promise<WorkerProcess> {
      const worker = await desk.spawnWorker(options)
      workers.push(worker)
      return worker
    }

    const startedAt = (worker: WorkerProcess, id: string, timeoutMs = comesBackMs) =>
      waitUntil(() => worker.started(id) > 0, { what: 'the handler to start', timeoutMs })

    test(`a job whose worker is killed is handed out again in time, also the ${KILLS + 1}th time`, async () => {
      const id = randomUUID()
      await queue.ring({ name: 'file-email', id })
      for (let kill = 0; kill < KILLS; kill++) {
        const doomed = await spawn({ holds: true })
        await startedAt(doomed, id)
        // The next one runs before this one dies, so that only the queue's own waiting counts.
        await doomed.stop()
      }
      const last = await spawn()
      await startedAt(last, id)
      await waitUntil(() => last.finished(id) === 1, { what: 'the handler to finish' })
    })

    test('a worker that stood still beyond its lock finishes as well: both ran, and neither died', async () => {
      const id = randomUUID()
      const first = await spawn({ holds: true })
      await queue.ring({ name: 'send-email', id })
      await startedAt(first, id)
      first.signal('SIGSTOP')
      const second = await spawn()
      await startedAt(second, id, comesBackMs + MISSED_WAKE_UP_MS)
      await waitUntil(() => second.finished(id) === 1, { what: 'the second worker to finish' })
      first.signal('SIGCONT')
      first.release()
      await waitUntil(() => first.finished(id) === 1, { what: 'the first worker to finish' })
      // Both still answer: a lost lock ends no worker.
      const next = Array.from({ length: 50 }, () => randomUUID())
      await queue.ringAll(next.map((each) => ({ name: 'send-email', id: each })))
      await waitUntil(() => next.every((each) => first.finished(each) + second.finished(each) > 0), {
        what: 'the next rings to be answered',
        timeoutMs: comesBackMs + MISSED_WAKE_UP_MS,
      })
      expect([first.isAlive(), second.isAlive()]).toEqual([true, true])
    })

    const fate = backend.clocksMatter ? 'are handed out a second time' : 'are left alone'
    test(`jobs at work ${fate} by a worker whose clock is a minute ahead, and a dead worker’s come back`, async () => {
      const [doomed, healthy] = [await spawn({ holds: true }), await spawn({ holds: true })]
      // As many as both take together, so that each has half of them and takes no more.
      const ids = Array.from({ length: 2 * backend.concurrency }, () => randomUUID())
      await queue.ringAll(ids.map((id) => ({ name: 'send-email', id })))
      await waitUntil(() => ids.every((id) => doomed.started(id) + healthy.started(id) > 0), {
        what: 'both workers to be full',
      })
      const orphans = ids.filter((id) => doomed.started(id) > 0)
      const atWork = ids.filter((id) => healthy.started(id) > 0)
      const ahead = await spawn({ clockAheadMs: CLOCK_AHEAD_MS })
      await doomed.stop()
      // That they come back also shows that stalled jobs were sought.
      await waitUntil(() => orphans.every((id) => ahead.started(id) > 0), {
        what: 'the dead worker’s jobs to be handed out',
        timeoutMs: comesBackMs + MISSED_WAKE_UP_MS,
      })
      const again = () => atWork.filter((id) => ahead.started(id) > 0)
      if (backend.clocksMatter)
        await waitUntil(() => again().length === atWork.length, {
          what: 'the jobs at work to be handed out again',
        })
      else expect(again()).toEqual([])
      healthy.release()
      await waitUntil(() => atWork.every((id) => healthy.finished(id) === 1), { what: 'the work to finish' })
      expect([healthy.isAlive(), ahead.isAlive()]).toEqual([true, true])
    })

    test('two processes end none of five hundred jobs without its handler having run', async () => {
      const ids = Array.from({ length: 500 }, () => randomUUID())
      const both = await Promise.all([spawn(), spawn()])
      await queue.ringAll(ids.map((id) => ({ name: 'file-email', id })))
      const finished = () => both.flatMap((worker) => worker.finishedIds())
      await waitUntil(() => finished().length >= ids.length, { what: 'all handlers', timeoutMs: 30_000 })
      expect(finished().sort()).toEqual([...ids].sort())
    })
  })
}
