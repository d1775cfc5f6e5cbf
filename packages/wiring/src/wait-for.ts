// Waiting for a server that is away, out loud.
import { setTimeout as sleep } from 'node:timers/promises'
import { errorText, type Log } from '@maildesk/core'

/** Longest pause between two tries, milliseconds. */
const maxPauseMs = 5000

/** Calls `probe` until it succeeds; each failure is a log line. Ends early, with false, when `signal` aborts. */
export async function waitFor(
  what: string,
  probe: () => Promise<unknown>,
  log: Log,
  signal: AbortSignal,
): Promise<boolean> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      await probe()
      if (tries > 1) log.info({ what, tries }, 'server answers again')
      return true
    } catch (error) {
      log.warn({ what, tries, error: errorText(error) }, 'server does not answer, waiting')
      await sleep(Math.min(maxPauseMs, 200 * 2 ** Math.min(tries, 10)), undefined, { signal }).catch(
        () => undefined,
      )
    }
  }
  return false
}
