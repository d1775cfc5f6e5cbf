// Small scenarios about one promise each, quick enough to run with every change.
import type { Outcome, Rig, Scenario, ScenarioContext, Violation } from '../../contracts.ts'
import { accountAfterTrouble, outcomeOf } from '../outcome.ts'

/** How long a few mails may take to come to rest, milliseconds. */
const restLimitMs = 20_000

/** The comparison of folder and ledger mends much: it is a second guard, and here only the first is asked. */
const unmended = { MAILDESK_RECONCILE_INTERVAL_MS: '3600000' }

/** A scenario on a desk of its own: something happens, all comes to rest, and is accounted for. */
export function probe(
  name: string,
  summary: string,
  happen: (rig: Rig, context: ScenarioContext) => Promise<(() => Promise<Violation[]>) | undefined>,
): Scenario {
  return {
    name,
    summary,
    backends: { commit: [], landing: ['postgres'], release: ['postgres'] },
    run: async (context): Promise<Outcome> => {
      const rig = await context.openRig({ settings: unmended })
      try {
        const look = await happen(rig, context)
        try {
          const drainedMs = await rig.drained(restLimitMs)
          const account = await rig.account()
          return outcomeOf(account, { drainedMs, violations: (await look?.()) ?? [] })
        } catch (error) {
          return outcomeOf(await accountAfterTrouble(rig, error), { drainedMs: restLimitMs })
        }
      } finally {
        await rig.stop()
      }
    },
  }
}
