// Each fault while mail flows: health tells of it and of its end, and afterwards every mail has its place.
import { setTimeout as delay } from 'node:timers/promises'
import { errorText, type HealthReason } from '@maildesk/core'
import { seededRandom } from '@maildesk/testkit/seeded-random'
import type { Outcome, Rig, Scenario, ScenarioContext, Tier, Violation } from '../contracts.ts'
import { type Fault, type FaultTarget, faultsOf, mountStorage } from '../faults/index.ts'
import { type GeneratedMail, makeMails } from '../generate/index.ts'
import { outcomeOf } from './outcome.ts'

/** Mails around each fault. */
const mailsPerFault = 10
/** Pause between two of them, milliseconds: some come before the fault, some while it lasts. */
const betweenMailsMs = 150
const restLimitMs = 60_000
/** How long health may take to be good again, milliseconds; folders are read anew after a minute at most. */
const healLimitMs = 70_000
/** How often health is asked while a fault lasts, milliseconds. */
const askEveryMs = 300
/** Faults between two looks at everything that was kept. */
const faultsPerAccount = 8

/** How many faults of each kind, both backends together. A commit has one of each kind on one of them, see `planOf`. */
const counts: Readonly<Record<Exclude<Tier, 'commit'>, (about: FaultTarget) => number>> = {
  landing: (about) => (about === 'postgres' || about === 'redis' || about === 'imap' ? 20 : 5),
  release: (about) => (about === 'imap' ? 500 : about === 'postgres' || about === 'redis' ? 200 : 20),
}

async function run(context: ScenarioContext): Promise<Outcome> {
  const { tier, backend, seed, only, progress } = context
  const rig = await context.openRig({ workers: 1 })
  try {
    const faults = faultsOf(backend, await mountStorage(rig))
    const flow = new FaultyFlow(rig, seed)
    for (const [index, fault] of planOf(faults, tier, only).entries()) {
      const startedAt = performance.now()
      await flow.tell(fault, faults.indexOf(fault))
      progress(`${fault.name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
      if (index % faultsPerAccount === faultsPerAccount - 1)
        await flow.look(`${fault.name} and those before it`)
    }
    await flow.look('the last faults')
    return flow.outcome()
  } finally {
    await rig.stop()
  }
}

function planOf(faults: readonly Fault[], tier: Tier, only: readonly string[]): readonly Fault[] {
  if (only.length > 0) {
    const named = faults.filter(({ name, about }) => only.includes(name) || only.includes(about))
    if (named.length === 0) throw new RangeError(`no fault is called ${only.join(', ')}`)
    return named
  }
  // What the processes themselves suffer is left to sweep and storm: a commit has five minutes.
  if (tier === 'commit')
    return [...Map.groupBy(faults, ({ about }) => about)].flatMap(([about, [one]]) =>
      one && about !== 'process' ? one : [],
    )
  const countOf = counts[tier]
  return [...Map.groupBy(faults, ({ about }) => about)].flatMap(([about, some]) => {
    const count = about === 'redis' ? countOf(about) : Math.ceil(countOf(about) / 2)
    // Each at least once on each backend.
    return Array.from({ length: Math.max(count, some.length) }, (_, at) => some[at % some.length] as Fault)
  })
}

class FaultyFlow {
  readonly #rig: Rig
  readonly #seed: number
  readonly #told: Record<string, number> = {}
  readonly #violations: Violation[] = []
  /** Told already: an account is of everything since the beginning. */
  readonly #seen = new Set<string>()
  #account: Awaited<ReturnType<Rig['account']>> | undefined
  /** How often each was told. */
  readonly #tellings = new Map<Fault, number>()
  #drainedMs = 0

  constructor(rig: Rig, seed: number) {
    this.#rig = rig
    this.#seed = seed
  }

  /** @param place of the fault among all, so that it is the same mail and the same moments when it is told alone. */
  async tell(fault: Fault, place: number): Promise<void> {
    const times = (this.#tellings.get(fault) ?? 0) + 1
    this.#tellings.set(fault, times)
    const seed = (this.#seed % 100_000) * 10_000 + place * 100 + times
    const random = seededRandom(seed)
    const mails = makeMails({ seed, count: mailsPerFault, to: this.#rig.support })
    const pouring = this.#pour(mails, seed)
    const told = await this.#watchHealth(async () => {
      await delay(betweenMailsMs * 3)
      try {
        await fault.strike(this.#rig, random)
        this.#told[fault.about] = (this.#told[fault.about] ?? 0) + 1
      } catch (error) {
        this.#blame(fault, 'I6', 'other', `${fault.name} could not be done or undone: ${errorText(error)}`)
      }
    })
    const struckAt = performance.now()
    try {
      await pouring
      await this.#rig.drained(restLimitMs)
      this.#drainedMs = Math.max(this.#drainedMs, performance.now() - struckAt)
    } catch (error) {
      this.#drainedMs = Math.max(this.#drainedMs, restLimitMs)
      this.#blame(
        fault,
        'I6',
        'late',
        `after ${fault.name}: ${error instanceof Error ? error.message : error}`,
      )
    }
    if (fault.shows !== undefined && !told.has(fault.shows))
      this.#blame(
        fault,
        'I12',
        'other',
        `${fault.name} did not show as ${fault.shows} in health, but as ${[...told].join(', ') || 'nothing'}`,
      )
    await this.#heal(fault)
  }

  async #pour(mails: readonly GeneratedMail[], seed: number): Promise<void> {
    for (const [index, mail] of mails.entries()) {
      await this.#rig.deliver(mail)
      if (index === Math.floor(mails.length / 2)) await this.#answer(seed)
      await delay(betweenMailsMs)
    }
  }

  /** Answers the ticket that came last, if there is one. */
  async #answer(seed: number): Promise<void> {
    const { rows } = await ask(() =>
      this.#rig.db.raw('SELECT id FROM tickets ORDER BY created_at DESC LIMIT 1'),
    )
    if (rows[0]) await this.#rig.reply(rows[0].id, `answer ${seed}`)
  }

  /** What health said while `work` went on. A silent API says nothing. */
  async #watchHealth(work: () => Promise<void>): Promise<ReadonlySet<string>> {
    const told = new Set<string>()
    let isOver = false
    const watching = (async () => {
      while (!isOver) {
        for (const { reason } of (await readReasons(this.#rig)) ?? []) told.add(reason)
        await delay(askEveryMs)
      }
    })()
    await work()
    isOver = true
    await watching
    return told
  }

  async #heal(fault: Fault): Promise<void> {
    const until = performance.now() + healLimitMs
    for (;;) {
      const reasons = await readReasons(this.#rig)
      const red = reasons?.filter(({ level }) => level === 'red')
      if (red?.length === 0) return
      if (performance.now() > until) {
        const still = red?.map(({ reason, detail }) => `${reason}: ${detail}`).join('; ') ?? 'no answer'
        return this.#blame(fault, 'I12', 'other', `health is still red after ${fault.name}: ${still}`)
      }
      await delay(askEveryMs)
    }
  }

  async look(after: string): Promise<void> {
    this.#account = await this.#rig.account()
    for (const { invariant, kind, detail } of this.#account.violations) {
      if (this.#seen.has(detail)) continue
      this.#seen.add(detail)
      this.#blame(undefined, invariant, kind, `${detail} (first seen after ${after})`)
    }
  }

  outcome(): Outcome {
    return outcomeOf(
      { ...this.#account, violations: [] },
      {
        faults: this.#told,
        drainedMs: this.#drainedMs,
        violations: this.#violations,
      },
    )
  }

  #blame(
    fault: Fault | undefined,
    invariant: Violation['invariant'],
    kind: Violation['kind'],
    detail: string,
  ): void {
    this.#violations.push({ invariant, kind, detail, ...(fault && { only: fault.name }) })
  }
}

async function readReasons({ apiUrl }: Rig): Promise<readonly HealthReason[] | undefined> {
  try {
    const response = await fetch(`${apiUrl}/health/ready`, { signal: AbortSignal.timeout(10_000) })
    return ((await response.json()) as { reasons?: HealthReason[] }).reasons
  } catch {
    return undefined // the API itself may be what is struck
  }
}

/** Asks until PostgreSQL, which may be what is struck, answers. */
async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await question()
    } catch (error) {
      if (tries > 100) throw error
      await delay(200)
    }
  }
}

export const faults: Scenario = {
  name: 'faults',
  summary:
    'PostgreSQL, Redis, mail servers, storage, clocks and processes fail one after the other while mail flows.',
  backends: {
    commit: ['redis'],
    landing: ['redis', 'postgres'],
    release: ['redis', 'postgres'],
  },
  run,
}
