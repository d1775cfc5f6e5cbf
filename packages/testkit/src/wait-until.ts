/* The one way tests wait: ask again until it is so, up to a deadline. */

import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'

const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_INTERVAL_MS = 25

export interface WaitOptions {
  /** What is awaited, to read after "waited for": 'the ticket to appear'. */
  readonly what: string
  /** Deadline in milliseconds; 10 000 unless told. */
  readonly timeoutMs?: number
  /** Pause between two checks in milliseconds; 25 unless told. */
  readonly intervalMs?: number
}

type Falsy = undefined | null | false | 0 | ''

/**
 * Calls `check` until it returns something truthy, and returns that. A check that throws counts as
 * "not yet", so it may hold assertions or ask a server that is not up.
 *
 * @throws Error after the deadline, naming what was awaited and the last value; the check's last error is its cause.
 */
export async function waitUntil<T>(
  check: () => T | Falsy | Promise<T | Falsy>,
  { what, timeoutMs = DEFAULT_TIMEOUT_MS, intervalMs = DEFAULT_INTERVAL_MS }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  let last: { value: unknown } | { error: unknown }
  do {
    try {
      const value = await check()
      if (value) return value
      last = { value }
    } catch (error) {
      last = { error }
    }
    await delay(intervalMs)
  } while (performance.now() < deadline)
  if ('error' in last) {
    throw new Error(`Waited ${timeoutMs} ms for ${what}; the last check threw: ${last.error}`, {
      cause: last.error,
    })
  }
  throw new Error(`Waited ${timeoutMs} ms for ${what}; the last value was ${inspect(last.value)}`)
}
