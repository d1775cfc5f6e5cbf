// Every job of the queue. A job is a doorbell: it says "look at this row", never what to do with it.

/** The kinds of work that can be rung for; each carries exactly one id. */
export const jobTable = {
  'file-email': {
    subject: 'inboundEmailId',
    summary: 'Parse a kept email, decide where it belongs, and file it.',
  },
  'send-email': { subject: 'outboundEmailId', summary: 'Hand a queued outgoing email to its SMTP server.' },
  'copy-sent': {
    subject: 'outboundEmailId',
    summary: 'Keep a copy of a sent email in its mailbox’s folder of sent mail.',
  },
} as const

export type JobName = keyof typeof jobTable

/** One ring of the doorbell. `id` is the row's id in the ledger that belongs to `name`. */
export interface Job {
  readonly name: JobName
  readonly id: string
}

/** The queue's own id of a job: the same row rung twice is one job. BullMQ refuses `:` and all-digit ids. */
export function jobIdOf(job: Job): string {
  return `${job.name}-${job.id}`
}
