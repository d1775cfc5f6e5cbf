// Mail pours in, agents answer, and processes die or freeze at moments of the seed's choosing.
import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '@maildesk/testkit/seeded-random'
import type { Account, Outcome, Rig, Scenario, ScenarioContext, Tier, Victim } from '../contracts.ts'
import { makeMails } from '../generate/index.ts'
import { accountAfterTrouble, outcomeOf } from './outcome.ts'

interface Size {
  readonly mails: number
  readonly blows: number
  /** Longest time between a start and the next blow, milliseconds; most are far shorter. */
  readonly longestLifeMs: number
}

/** Per backend. */
const sizes: Readonly<Record<Tier, Size>> = {
  commit: { mails: 250, blows: 12, longestLifeMs: 6000 },
  landing: { mails: 5000, blows: 180, longestLifeMs: 20_000 },
  release: { mails: 50_000, blows: 1200, longestLifeMs: 20_000 },
}

/** One blow in so many freezes a process instead of killing it. */
const freezeEvery = 8
/** How long a frozen process stands still: longer than its lease and its lock. Milliseconds. */
const freezeMs = 4500
/** Every so many mails an agent answers a ticket. */
const answerEvery = 20
const restLimitMs = 60_000
/** Share of the blows that do not wait until the process has started. */
const startingShare = 0.2

async function run(context: ScenarioContext): Promise<Outcome> {
  const { tier, seed, progress } = context
  const size = sizes[tier]
  const rig = await context.openRig({ workers: 2 })
  try {
    const random = seededRandom(seed)
    const mails = makeMails({ seed, count: size.mails, to: rig.support })
    const pouring = pour(rig, mails, random, progress)
    const [, struck] = await Promise.all([pouring, strike(rig, size, seed, progress)])
    let drainedMs = 0
    let account: Account
    try {
      drainedMs = await rig.drained(restLimitMs)
      account = await rig.account()
    } catch (error) {
      account = await accountAfterTrouble(rig, error)
      drainedMs = restLimitMs
    }
    return outcomeOf(account, {
      kills: struck.kills,
      faults: { freeze: struck.freezes },
      drainedMs,
    })
  } finally {
    await rig.stop()
  }
}

async function pour(
  rig: Rig,
  mails: ReturnType<typeof makeMails>,
  random: () => number,
  progress: (line: string) => void,
): Promise<void> {
  const answers: Promise<PromiseSettledResult<void>[]>[] = []
  for (const [index, mail] of mails.entries()) {
    await rig.deliver(mail)
    if (index % answerEvery === answerEvery - 1)
      answers.push(Promise.allSettled([answerAny(rig, `answer ${index}.`, random)]))
    if (index % 250 === 249) progress(`${index + 1} of ${mails.length} mails delivered`)
  }
  for (const [result] of await Promise.all(answers)) if (result?.status === 'rejected') throw result.reason
}

/** Answers some ticket; none is there yet at the very beginning. */
async function answerAny(rig: Rig, mark: string, random: () => number): Promise<void> {
  const at = random()
  const { rows } = await rig.db.raw(
    `SELECT id FROM tickets ORDER BY number OFFSET (SELECT floor(count(*) * ?::float8)::int FROM tickets) LIMIT 1`,
    [at],
  )
  if (rows[0]) await rig.reply(rows[0].id, mark)
}

/** Strikes each process over and over until all blows are given. */
async function strike(
  rig: Rig,
  { blows, longestLifeMs }: Size,
  seed: number,
  progress: (line: string) => void,
): Promise<{ kills: number; freezes: number }> {
  let begun = 0
  let kills = 0
  let freezes = 0
  /** A process that never gets as far as working has nothing that could be broken: most blows wait until it works. */
  const strikeAtOne = async (victim: Victim, random: () => number) => {
    while (begun < blows) {
      begun += 1
      if (random() >= startingShare) await victim.ready()
      await delay(random() ** 2 * longestLifeMs)
      if (random() < 1 / freezeEvery) {
        freezes += 1
        await victim.signal('SIGSTOP')
        await delay(freezeMs)
        await victim.signal('SIGCONT')
      } else {
        await victim.signal('SIGKILL')
        kills += 1
        if (kills % 25 === 0) progress(`${kills} of about ${blows} kills`)
      }
    }
  }
  await Promise.all(rig.all.map((victim, index) => strikeAtOne(victim, seededRandom(seed + index))))
  return { kills, freezes }
}

export const storm: Scenario = {
  name: 'storm',
  summary: 'Mail pours in, agents answer, and processes are killed and frozen at random.',
  backends: {
    commit: ['postgres'],
    landing: ['redis', 'postgres'],
    release: ['redis', 'postgres'],
  },
  run,
}
