// Asking what may be away: the same question again until it is answered, and errors in one line.
import { setTimeout as delay } from 'node:timers/promises'
import { errorText } from '@maildesk/core'

/** Asks until an answer comes. @throws Error after `timeoutMs` with the last refusal. */
export async function askUntilAnswered<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
  timeoutMs = 120_000,
): Promise<Answer> {
  const until = performance.now() + timeoutMs
  for (let last = 'no answer'; ; ) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      last = errorText(error)
    }
    if (performance.now() > until) throw new Error(`${what}: not within ${timeoutMs} ms; last: ${last}`)
    await delay(100)
  }
}
