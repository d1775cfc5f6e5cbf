// Stopping: in reverse order of starting, once, within a deadline.
import { errorText } from '@maildesk/core'
import type { Logger } from './logger.ts'

interface Stoppable {
  readonly name: string
  stop(): Promise<void>
}

/** What a process started, in order; `stop` undoes it backwards. */
export class Lifecycle {
  readonly #log: Logger
  readonly #started: Stoppable[] = []
  #stopping: Promise<boolean> | undefined

  constructor(log: Logger) {
    this.#log = log
  }

  /** Remembers how to stop what was just started. */
  add(name: string, stop: () => Promise<void>): void {
    this.#started.push({ name, stop })
  }

  /** Stops everything, newest first; a part that fails is logged and the rest still stops. True when all stopped well. */
  stop(): Promise<boolean> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<boolean> {
    let well = true
    for (const part of this.#started.reverse()) {
      try {
        await part.stop()
        this.#log.debug({ part: part.name }, 'part stopped')
      } catch (error) {
        well = false
        this.#log.error({ part: part.name, error: errorText(error) }, 'part did not stop cleanly')
      }
    }
    return well
  }
}

/**
 * Stops `lifecycle` on SIGTERM or SIGINT and ends the process: 0 when all went well, 1 when a part failed or
 * `deadlineMs` passed. A second signal ends it at once.
 */
export function stopOnSignals(lifecycle: Lifecycle, log: Logger, deadlineMs = 20_000): void {
  let asked = false
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) process.exit(1)
    asked = true
    log.info({ signal }, 'stopping')
    setTimeout(() => {
      log.error({ deadlineMs }, 'did not stop in time')
      process.exit(1)
    }, deadlineMs).unref()
    void lifecycle.stop().then((well) => {
      log.info({}, 'stopped')
      process.exit(well ? 0 : 1)
    })
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
