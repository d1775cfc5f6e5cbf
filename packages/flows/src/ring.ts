// Ringing after a commit, where a failure is no loss.
import { errorText, type Job } from '@maildesk/core'
import type { DeskDeps } from './deps.ts'

/** Rings and logs a failure; the sweeper rings again from the ledger. */
export async function ringQuietly(
  { jobs, log }: Pick<DeskDeps, 'jobs' | 'log'>,
  rings: readonly Job[],
): Promise<void> {
  if (rings.length === 0) return
  try {
    await jobs.ringAll(rings)
  } catch (error) {
    log.warn({ count: rings.length, error: errorText(error) }, 'doorbell failed, the sweeper will ring')
  }
}
