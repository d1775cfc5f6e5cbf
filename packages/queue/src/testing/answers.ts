// What tests of faults ask of a queue whose server was mistreated: that a sweeper's rings are answered again.
import { randomUUID } from 'node:crypto'
import type { JobHandlers, JobQueue } from '@maildesk/core'
import { waitUntil } from '@maildesk/testkit'

/** A working queue answers a ring within this, also just after trouble; milliseconds. */
const healMs = 10_000

export interface Answers {
  readonly handlers: JobHandlers
  has(id: string): boolean
}

/** Handlers that note what they were called for. */
export function noteAnswers(): Answers {
  const ids = new Set<string>()
  const note = async (id: string) => void ids.add(id)
  return {
    handlers: { 'file-email': note, 'send-email': note, 'copy-sent': note },
    has: (id) => ids.has(id),
  }
}

/** Rings for a new id until it is answered, as the sweeper does. @throws Error when it takes too long. */
export async function healed(queue: JobQueue, has: (id: string) => boolean): Promise<void> {
  const id = randomUUID()
  await waitUntil(
    async () => {
      if (has(id)) return true
      await queue.ring({ name: 'file-email', id })
      return await waitUntil(() => has(id), { what: 'the handler', timeoutMs: 1_000 })
    },
    { what: 'a ring to be answered after trouble', timeoutMs: healMs },
  )
}

/** Rings once. @throws Error when that one ring is not answered in time. */
export async function answeredOnce(queue: JobQueue, has: (id: string) => boolean): Promise<void> {
  const id = randomUUID()
  await queue.ring({ name: 'file-email', id })
  await waitUntil(() => has(id), { what: 'the only ring to be answered', timeoutMs: healMs })
}
