// The queues as Bull Board wants them: to look at, not to touch.
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { type JobName, jobTable } from '@maildesk/core'
import type { OpenedQueue } from './job-queue.ts'

/** Read-only adapters; job data holds ids only, so there is nothing in it to leak. */
export function queueBoardAdapters(queue: OpenedQueue): BullMQAdapter[] {
  return (Object.keys(jobTable) as JobName[]).map((name) => liveAdapter(queue, name))
}

/** A queue is made anew after a failure; the board, which is made once, must look at the one there is now. */
function liveAdapter(queue: OpenedQueue, name: JobName): BullMQAdapter {
  const adapter = new BullMQAdapter(queue.queueOf(name), { readOnlyMode: true })
  return Object.defineProperty(adapter, 'queue', { get: () => queue.queueOf(name) })
}
