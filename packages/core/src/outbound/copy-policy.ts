// A copy for the folder of sent mail that could not be kept: again, later and later, for about four days.

/** Waits between attempts, minutes; then the last again. */
const backOffMinutes = [1, 5, 15, 60, 360]
const maxAttempts = 20

/** What an attempt to keep the copy came to. */
export interface AfterCopy {
  readonly state: 'pending' | 'done' | 'failed' | 'none'
  /** Milliseconds until the next attempt; null when there is none. */
  readonly nextInMs: number | null
  readonly error: string | null
}

/** `attempts` counts this one. Wrong passwords and missing folders get mended, so they are tried again as well. */
export function afterCopyFailure(attempts: number, error: string): AfterCopy {
  if (attempts >= maxAttempts) return { state: 'failed', nextInMs: null, error }
  const minutes = backOffMinutes[Math.min(attempts, backOffMinutes.length) - 1] ?? 1
  return { state: 'pending', nextInMs: minutes * 60_000, error }
}
