// Every step of the product is the last one of a process, once at its first and once at its last time in a story.
import { type FailpointName, failpointNames } from '@maildesk/failpoints'
import type {
  Account,
  ArmedPoint,
  Outcome,
  Rig,
  Scenario,
  ScenarioContext,
  Violation,
} from '../../contracts.ts'
import { outcomeOf } from '../outcome.ts'
import { storyOf, storySettings, type Telling } from './stories.ts'

type Moment = 'first' | 'last'

interface Case {
  readonly name: FailpointName
  readonly moment: Moment
}

/** Cases between two looks at everything that was kept; between them each case must only come to rest. */
const casesPerAccount = 12
/** Each with other mail. */
const releaseRounds = 5
/** How long a process may take to come by, milliseconds. */
const fireTimeoutMs = 25_000
/** The same for a time that may not come, because the processes shared the work otherwise than when it was counted. */
const laterTimeoutMs = 12_000
const restLimitMs = 60_000
const momentsOf = { commit: ['first'], landing: ['first', 'last'], release: ['first', 'last'] } as const

async function run(context: ScenarioContext): Promise<Outcome> {
  const { tier, backend, only, progress } = context
  const round = casesOf(momentsOf[tier], only)
  const cases = Array.from({ length: tier === 'release' ? releaseRounds : 1 }, () => round).flat()
  const mine =
    tier === 'commit' && only.length === 0
      ? cases.filter((_, index) => index % 2 === (backend === 'redis' ? 0 : 1))
      : cases
  const rig = await context.openRig({ settings: storySettings })
  const sweeping = new Sweep(rig, context.seed)
  try {
    for (const [index, one] of mine.entries()) {
      const startedAt = performance.now()
      await sweeping.tell(one)
      progress(
        `${index + 1} of ${mine.length}: ${one.name} ${one.moment}, ${Math.round(performance.now() - startedAt)} ms`,
      )
      if (index % casesPerAccount === casesPerAccount - 1) await sweeping.look()
    }
    await sweeping.look()
    return sweeping.outcome()
  } finally {
    await rig.stop()
  }
}

/** All there are, or those named, such as `send.marked` or `send.marked:last`. */
function casesOf(moments: readonly Moment[], only: readonly string[]): Case[] {
  const all = moments.flatMap((moment) => failpointNames.map((name) => ({ name, moment })))
  if (only.length === 0) return all
  const named = failpointNames
    .flatMap((name) => (['first', 'last'] as const).map((moment) => ({ name, moment })))
    .filter(({ name, moment }) => only.includes(name) || only.includes(`${name}:${moment}`))
  if (named.length === 0) throw new RangeError(`no failpoint is called ${only.join(', ')}`)
  return named
}

class Sweep {
  readonly #rig: Rig
  readonly #seed: number
  /** How often each is hit in its story. */
  readonly #hits = new Map<FailpointName, number>()
  #tellings = 0
  #fired = 0
  #drainedMs = 0
  #account: Account | undefined
  readonly #violations: Violation[] = []

  constructor(rig: Rig, seed: number) {
    this.#rig = rig
    this.#seed = seed
  }

  /** Which process gets which mail is chance: a last time that does not come is told again with the time before it. */
  async tell({ name, moment }: Case): Promise<void> {
    const last = moment === 'first' ? 1 : await this.#countHits(name)
    for (let nth = last; nth > 1; nth -= 1) if (await this.#tellOnce({ name, moment }, nth)) return
    if (!(await this.#tellOnce({ name, moment }, 1)))
      this.#blame({
        kind: 'other',
        detail: `${name} was not hit in its story (${moment})`,
        only: `${name}:${moment}`,
      })
  }

  /** True when a process was hit, or when the desk did not come to rest, which is blamed here. */
  async #tellOnce({ name, moment }: Case, nth: number): Promise<boolean> {
    let armed: ArmedPoint | undefined
    try {
      await this.#tellStory({ name, moment }, () => {
        armed = this.#rig.arm({ name, nth, action: 'kill' })
      })
      const fired = await armed?.fired(nth > 1 ? laterTimeoutMs : fireTimeoutMs)
      armed?.disarm()
      if (fired) this.#fired += 1
      this.#drainedMs = Math.max(this.#drainedMs, await this.#rig.drained(restLimitMs))
      return fired ?? false
    } catch (error) {
      armed?.disarm()
      this.#blame({
        kind: 'late',
        detail: `after ${name} (${moment}): ${errorIn(error)}`,
        only: `${name}:${moment}`,
      })
      return true
    }
  }

  /** Everything that was kept so far. */
  async look(): Promise<void> {
    this.#account = await this.#rig.account()
  }

  outcome(): Outcome {
    return outcomeOf(this.#account ?? {}, {
      kills: this.#fired,
      failpoints: this.#fired,
      drainedMs: this.#drainedMs,
      violations: this.#violations,
    })
  }

  /** The last time in a story is known once it was told without harm. */
  async #countHits(name: FailpointName): Promise<number> {
    const known = this.#hits.get(name)
    if (known !== undefined) return known
    const { hits } = await this.#rig.counting(async () => {
      await this.#tellStory({ name, moment: 'last' }, () => undefined)
      await this.#rig.drained(restLimitMs)
    })
    // One telling counts for all whose story it is.
    for (const [other, count] of hits)
      if (storyOf(other, 'last') === storyOf(name, 'last')) this.#hits.set(other, count)
    return this.#hits.get(name) ?? 1
  }

  async #tellStory({ name, moment }: Case, arm: Telling['arm']): Promise<void> {
    this.#tellings += 1
    const seed = this.#seed * 10_000 + this.#tellings * 10
    await storyOf(
      name,
      moment,
    )({
      rig: this.#rig,
      seed,
      arm,
      first: async (other, action) => {
        const armed = this.#rig.arm({ name: other, nth: 1, action })
        return async () => {
          const fired = await armed.fired(fireTimeoutMs)
          armed.disarm()
          if (!fired) throw new Error(`${other} was not hit`)
        }
      },
    })
  }

  #blame(violation: Omit<Violation, 'invariant'>): void {
    this.#violations.push({ invariant: 'I6', ...violation })
  }
}

function errorIn(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

export const sweep: Scenario = {
  name: 'sweep',
  summary: 'A process is killed at every step of the product, at its first and at its last time in a story.',
  backends: {
    commit: ['redis', 'postgres'],
    landing: ['redis', 'postgres'],
    release: ['redis', 'postgres'],
  },
  run,
}
