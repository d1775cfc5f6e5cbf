// Putting an outcome together.
import type { Account, Outcome, Rig, Violation } from '../contracts.ts'

const nothing: Outcome = {
  mails: 0,
  answers: 0,
  kills: 0,
  failpoints: 0,
  faults: {},
  lost: 0,
  doubled: 0,
  misthreaded: 0,
  listedDoubles: 0,
  uncertain: 0,
  drainedMs: 0,
  violations: [],
  notes: [],
}

/** An outcome of what is known; the rest is nothing. */
export function outcomeOf(account: Partial<Account>, more: Partial<Outcome>): Outcome {
  return {
    ...nothing,
    ...account,
    ...more,
    violations: [...(account.violations ?? []), ...(more.violations ?? [])],
  }
}

/** Waits until all is at rest; the account of it, and how long that took, milliseconds. */
export async function accountAtRest(
  rig: Rig,
  limitMs: number,
): Promise<{ readonly account: Account; readonly drainedMs: number }> {
  try {
    const drainedMs = await rig.drained(limitMs)
    return { account: await rig.account(), drainedMs }
  } catch (error) {
    return { account: await accountAfterTrouble(rig, error), drainedMs: limitMs }
  }
}

/** No rest in time, or a desk that does not answer: told as a violation, with the account as far as there is one. */
export async function accountAfterTrouble(rig: Rig, error: unknown): Promise<Account> {
  const trouble: Violation = {
    invariant: 'I6',
    kind: 'late',
    detail: error instanceof Error ? error.message : String(error),
  }
  const account = await rig.account()
  return { ...account, violations: [trouble, ...account.violations] }
}
