// Mail pours in, agents answer, and processes die or freeze at moments of the seed's choosing.
import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '@maildesk/testkit/seeded-random'
import type { Account, Outcome, Rig, Scenario, ScenarioContext, Tier } from '../contracts.ts'
import { makeMails } from '../generate/index.ts'
import { accountAfterTrouble, outcomeOf } from './outcome.ts'

interface Size {
  readonly mails: number
  readonly kills: number
}

/** Per backend. */
const sizes: Readonly<Record<Tier, Size>> = {
  commit: { mails: 250, kills: 10 },
  landing: { mails: 5000, kills: 150 },
  release: { mails: 50_000, kills: 1000 },
}

/** One blow in so many freezes a process instead of killing it. */
const freezeEvery = 8
/** How long a frozen process stands still: longer than its lease and its lock. Milliseconds. */
const freezeMs = 4500
/** Every so many mails an agent answers a ticket. */
const answerEvery = 20
const restLimitMs = 60_000
/** Share of the blows at a process that is starting which are given all the same. */
const startingShare = 0.2

async function run(context: ScenarioContext): Promise<Outcome> {
  const { tier, seed, progress } = context
  const size = sizes[tier]
  const rig = await context.openRig({ workers: 2 })
  try {
    const random = seededRandom(seed)
    const mails = makeMails({ seed, count: size.mails, to: rig.support })
    const pouring = pour(rig, mails, random, progress)
    let isPoured = false
    const poured = pouring.finally(() => {
      isPoured = true
    })
    const blows = strike(rig, size.kills, random, () => isPoured, progress)
    const [, struck] = await Promise.all([poured, blows])
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

/** Strikes until all blows are given, and all mail is poured if that takes longer. */
async function strike(
  rig: Rig,
  blows: number,
  random: () => number,
  isPoured: () => boolean,
  progress: (line: string) => void,
): Promise<{ kills: number; freezes: number }> {
  let kills = 0
  let freezes = 0
  const thawing: Promise<void>[] = []
  while (kills < blows) {
    // While mail pours there is time; afterwards the rest comes quickly, on what is still in the queue.
    await delay(200 + random() * (isPoured() ? 400 : 1600))
    const victim = rig.all[Math.floor(random() * rig.all.length)]
    if (!victim?.isRunning()) continue
    // Some die while they start; but one that never gets as far does no work that could be broken.
    if (!victim.isReady() && random() > startingShare) continue
    if (random() < 1 / freezeEvery) {
      freezes += 1
      await victim.signal('SIGSTOP')
      thawing.push(delay(freezeMs).then(() => victim.signal('SIGCONT')))
    } else {
      kills += 1
      await victim.signal('SIGKILL')
    }
    if (kills % 25 === 0) progress(`${kills} of ${blows} kills`)
  }
  await Promise.all(thawing)
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
