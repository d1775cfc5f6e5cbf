/* What maildesk asks of a job queue, whatever is behind it. Called by the test file of each backend. */

import { randomUUID } from 'node:crypto'
import type { JobHandlers, JobName, JobQueue } from '@maildesk/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { waitUntil } from '../wait-until.ts'

/** How a server of a queue can be mistreated. */
export interface QueueServer {
  /** Connections stand, nothing is answered any more. */
  freeze(): Promise<void>
  /** Undoes `freeze`. */
  thaw(): Promise<void>
  /** Connections break and new ones are refused. */
  kill(): Promise<void>
  /** Undoes `kill`. */
  revive(): Promise<void>
  /** Breaks every connection; new ones are taken at once. */
  cut(): Promise<void>
  /** Every job is forgotten, as after a restart without persistence. */
  forget(): Promise<void>
  stop(): Promise<void>
}

interface WorkersUnderTest {
  close(): Promise<void>
}

/** One desk's queue on the server, apart from every other desk's. */
export interface QueueUnderTest {
  openQueue(): JobQueue
  startWorkers(handlers: JobHandlers, concurrency: number): Promise<WorkersUnderTest>
}

export interface QueueBackendUnderTest {
  startServer(): Promise<QueueServer>
  /** @param desk a name that no other test uses. */
  openDesk(desk: string): QueueUnderTest
  /** Longest wait of one command of the queues opened, milliseconds. */
  readonly commandTimeoutMs: number
}

/** A working queue answers a ring within this, also just after trouble; milliseconds. */
const HEAL_MS = 10_000
/** What a slow machine may add to a timeout, milliseconds. */
const SLACK_MS = 1_500
const LONG_TEST_MS = 60_000

/** Runs the suite. */
export function describeJobQueueContract(name: string, backend: QueueBackendUnderTest): void {
  describe(`the job queue on ${name}`, () => {
    let server: QueueServer
    let desk: QueueUnderTest
    let closing: Array<() => Promise<void>>

    beforeAll(async () => {
      server = await backend.startServer()
    })
    afterAll(() => server.stop())
    beforeEach(() => {
      desk = backend.openDesk(`t${randomUUID().slice(0, 8)}`)
      closing = []
    })
    afterEach(async () => {
      for (const close of closing.reverse()) await close()
    })

    async function openQueue(): Promise<JobQueue> {
      const queue = desk.openQueue()
      closing.push(() => queue.close())
      return queue
    }

    /** Starts workers that note what they handle, closed after the test. */
    async function startWorkers(seen: Seen, concurrency = 4): Promise<WorkersUnderTest> {
      const workers = await desk.startWorkers(seen.handlers, concurrency)
      closing.push(() => workers.close())
      return workers
    }

    /** Rings for a new id until it is handled: what the sweeper does. */
    async function probe(queue: JobQueue, seen: Seen): Promise<void> {
      const id = randomUUID()
      await waitUntil(
        async () => {
          if (seen.count(id) > 0) return true
          await queue.ring({ name: 'file-email', id })
          return await waitUntil(() => seen.count(id) > 0, { what: 'the handler', timeoutMs: 1_000 })
        },
        { what: 'a ring to be answered after trouble', timeoutMs: HEAL_MS },
      )
    }

    const answered = (seen: Seen, count: number) =>
      waitUntil(() => seen.all().length >= count, { what: `${count} answered rings`, timeoutMs: 30_000 })

    test('hands the id that was rung to the handler of its name', async () => {
      const queue = await openQueue()
      const seen = noteHandled()
      await startWorkers(seen)
      const [file, send] = [randomUUID(), randomUUID()]
      await queue.ring({ name: 'file-email', id: file })
      await queue.ring({ name: 'send-email', id: send })
      await answered(seen, 2)
      expect(seen.all().sort()).toEqual([`file-email ${file}`, `send-email ${send}`].sort())
    })

    test('takes a ring in the moment after it was opened', async () => {
      const queue = desk.openQueue()
      closing.push(() => queue.close())
      await queue.ring({ name: 'file-email', id: randomUUID() })
    })

    test('makes one job of fifty rings for a row that still waits', async () => {
      const queue = await openQueue()
      const id = randomUUID()
      await Promise.all(Array.from({ length: 50 }, () => queue.ring({ name: 'file-email', id })))
      const other = randomUUID()
      await queue.ring({ name: 'file-email', id: other })
      const seen = noteHandled()
      await startWorkers(seen, 1)
      await waitUntil(() => seen.count(other), { what: 'the ring that came last' })
      expect(seen.count(id)).toBe(1)
    })

    test('counts the doorbells that nobody answered yet, of one name', async () => {
      const queue = await openQueue()
      const ids = Array.from({ length: 7 }, () => randomUUID())
      await queue.ringAll(ids.map((id) => ({ name: 'file-email', id })))
      await queue.ring({ name: 'send-email', id: randomUUID() })
      expect(await queue.countWaiting('file-email')).toBe(7)
      expect(await queue.countWaiting('send-email')).toBe(1)
      expect(await queue.countWaiting('copy-sent')).toBe(0)
      const seen = noteHandled()
      await startWorkers(seen)
      await answered(seen, 8)
      expect(await queue.countWaiting('file-email')).toBe(0)
    })

    test('makes one job of two rings for the same row in one call', async () => {
      const queue = await openQueue()
      const [twice, once] = [randomUUID(), randomUUID()]
      await queue.ringAll([twice, once, twice].map((id) => ({ name: 'send-email', id })))
      const seen = noteHandled()
      await startWorkers(seen, 1)
      await answered(seen, 2)
      const last = randomUUID()
      await queue.ring({ name: 'send-email', id: last })
      await waitUntil(() => seen.count(last), { what: 'the ring that came last' })
      expect(seen.all().sort()).toEqual([twice, once, last].map((id) => `send-email ${id}`).sort())
    })

    test('takes five hundred rings at once and every shape of UUID', async () => {
      const queue = await openQueue()
      const odd = [
        '00000000-0000-0000-0000-000000000000',
        '11111111-1111-4111-8111-111111111111',
        'ffffffff-ffff-ffff-ffff-ffffffffffff',
        '019ab000-0000-7000-8000-000000000000',
      ]
      const ids = [...odd, ...Array.from({ length: 500 }, () => randomUUID())]
      await queue.ringAll(ids.map((id) => ({ name: 'file-email', id })))
      const seen = noteHandled()
      await startWorkers(seen)
      await answered(seen, ids.length)
      expect(seen.all().sort()).toEqual(ids.map((id) => `file-email ${id}`).sort())
    })

    test('answers a second ring for a row that was handled before', async () => {
      const queue = await openQueue()
      const seen = noteHandled()
      await startWorkers(seen)
      const id = randomUUID()
      for (const times of [1, 2, 3]) {
        await waitUntil(
          async () => {
            if (seen.count(id) >= times) return true
            // The job may still be on its way out when its handler has just returned: then the ring is not heard.
            await queue.ring({ name: 'file-email', id })
            return await waitUntil(() => seen.count(id) >= times, { what: 'the handler', timeoutMs: 500 })
          },
          { what: `ring ${times} to be answered` },
        )
      }
      expect(seen.count(id)).toBe(3)
    })

    test('goes on after a handler that throws, whose row can be rung for again', async () => {
      const queue = await openQueue()
      const [bad, good] = [randomUUID(), randomUUID()]
      let isBroken = true
      const seen = noteHandled((id) => {
        if (id === bad && isBroken) throw new Error('as the test wants it')
      })
      await startWorkers(seen, 1)
      await queue.ring({ name: 'file-email', id: bad })
      await queue.ring({ name: 'file-email', id: good })
      await waitUntil(() => seen.count(good), { what: 'the next ring' })
      expect(seen.count(bad)).toBe(1)
      isBroken = false
      await queue.ring({ name: 'file-email', id: bad })
      await waitUntil(() => seen.count(bad) === 2, { what: 'the second ring for the bad one' })
    })

    test(
      'answers each ring once with two workers side by side',
      async () => {
        const queue = await openQueue()
        for (let round = 0; round < 3; round++) {
          const seen = noteHandled()
          const workers = await Promise.all([1, 2].map(() => desk.startWorkers(seen.handlers, 4)))
          const ids = Array.from({ length: 500 }, () => randomUUID())
          await queue.ringAll(ids.map((id) => ({ name: 'file-email', id })))
          await answered(seen, ids.length)
          await Promise.all(workers.map((each) => each.close()))
          expect(seen.all().sort()).toEqual(ids.map((id) => `file-email ${id}`).sort())
        }
      },
      LONG_TEST_MS,
    )

    test('waits for the work at hand when it is closed', async () => {
      const queue = await openQueue()
      let release = () => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      let isDone = false
      const seen = noteHandled(async () => {
        await held
        isDone = true
      })
      const workers = await desk.startWorkers(seen.handlers, 1)
      const id = randomUUID()
      await queue.ring({ name: 'file-email', id })
      await waitUntil(() => seen.count(id), { what: 'the work to begin' })
      const closed = workers.close().then(() => isDone)
      release()
      expect(await closed).toBe(true)
    })

    test('says that a good server is fit', async () => {
      const queue = await openQueue()
      await queue.probe()
    })

    for (const trouble of ['freeze', 'kill'] as const) {
      const undo = trouble === 'freeze' ? 'thaw' : 'revive'

      test(
        `fails a ring in time after a ${trouble} of the server, and heals after it`,
        async () => {
          const queue = await openQueue()
          const seen = noteHandled()
          await startWorkers(seen)
          await probe(queue, seen)
          await server[trouble]()
          try {
            for (const attempt of [
              () => queue.ring({ name: 'file-email', id: randomUUID() }),
              () => queue.probe(),
            ]) {
              const startedAt = performance.now()
              await expect(attempt()).rejects.toMatchObject({ code: 'queue.unavailable' })
              expect(performance.now() - startedAt).toBeLessThan(backend.commandTimeoutMs + SLACK_MS)
            }
          } finally {
            await server[undo]()
          }
          await probe(queue, seen)
          await waitUntil(() => queue.probe().then(() => true), { what: 'the probe to be content' })
        },
        LONG_TEST_MS,
      )

      test(
        `heals when it was opened during a ${trouble} of the server`,
        async () => {
          const seen = noteHandled()
          await server[trouble]()
          let queue: JobQueue
          try {
            queue = await openQueue()
            await startWorkers(seen)
            await expect(queue.ring({ name: 'file-email', id: randomUUID() })).rejects.toMatchObject({
              code: 'queue.unavailable',
            })
          } finally {
            await server[undo]()
          }
          await probe(queue, seen)
        },
        LONG_TEST_MS,
      )

      test(
        `can be closed during a ${trouble} of the server`,
        async () => {
          const queue = desk.openQueue()
          const seen = noteHandled()
          const workers = await desk.startWorkers(seen.handlers, 2)
          await probe(queue, seen)
          await server[trouble]()
          try {
            const startedAt = performance.now()
            await Promise.all([workers.close(), queue.close()])
            expect(performance.now() - startedAt).toBeLessThan(HEAL_MS)
          } finally {
            await server[undo]()
          }
        },
        LONG_TEST_MS,
      )
    }

    test(
      'heals each time that its connections break',
      async () => {
        const queue = await openQueue()
        const seen = noteHandled()
        await startWorkers(seen)
        for (let round = 0; round < 5; round++) {
          await probe(queue, seen)
          await server.cut()
        }
        await probe(queue, seen)
      },
      LONG_TEST_MS,
    )

    test('answers the sweeper’s ring after the server forgot everything', async () => {
      const queue = await openQueue()
      const id = randomUUID()
      await queue.ring({ name: 'file-email', id })
      await server.forget()
      const seen = noteHandled()
      await startWorkers(seen)
      await probe(queue, seen)
      expect(seen.count(id)).toBe(0)
      await queue.ring({ name: 'file-email', id })
      await waitUntil(() => seen.count(id), { what: 'the second ring' })
    })
  })
}

interface Seen {
  readonly handlers: JobHandlers
  /** `name id` of every start of a handler, in order. */
  all(): string[]
  count(id: string): number
}

/** Handlers that note each start, and then do what the test wants. */
function noteHandled(work: (id: string) => unknown = () => {}): Seen {
  const starts: Array<{ name: JobName; id: string }> = []
  const handler = (name: JobName) => async (id: string) => {
    starts.push({ name, id })
    await work(id)
  }
  return {
    handlers: {
      'file-email': handler('file-email'),
      'send-email': handler('send-email'),
      'copy-sent': handler('copy-sent'),
    },
    all: () => starts.map(({ name, id }) => `${name} ${id}`),
    count: (id) => starts.filter((start) => start.id === id).length,
  }
}
