// Sweeps the ledgers at an interval, one sweep at a time, for as long as the process lives.
import { setTimeout as sleep } from 'node:timers/promises'
import { errorText, type JobHandlers } from '@maildesk/core'
import { sweep, type WorkerDeps } from '@maildesk/flows'

export interface Sweeper {
  stop(): Promise<void>
}

/** @param lastHandledAt when this worker last answered a doorbell, milliseconds of the performance clock. */
export function startSweeper(
  deps: WorkerDeps,
  handlers: JobHandlers,
  intervalMs: number,
  lastHandledAt: () => number,
): Sweeper {
  const stopping = new AbortController()
  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        const swept = await sweep(deps, handlers, performance.now() - lastHandledAt())
        if (swept.rung + swept.direct + swept.takenOver > 0) deps.log.debug(swept, 'ledgers swept')
      } catch (error) {
        deps.log.error({ error: errorText(error) }, 'sweep failed')
      }
      await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined) // aborted: stop waiting
    }
  }
  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
