// The queues as Bull Board wants them: to look at, not to touch.
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import type { OpenedQueue } from './job-queue.ts'

/** Read-only adapters; job data holds ids only, so there is nothing in it to leak. */
export function queueBoardAdapters(queue: OpenedQueue): BullMQAdapter[] {
  return [...queue.queues.values()].map((each) => new BullMQAdapter(each, { readOnlyMode: true }))
}
