// Mail pours in, agents answer, and processes die or freeze at moments of the seed's choosing.
import { setTimeout as delay } from 'node:timers/promises'
import { waitUntil } from '@maildesk/testkit'
import { seededRandom } from '@maildesk/testkit/seeded-random'
import type { Outcome, Rig, Scenario, ScenarioContext, Tier, Victim } from '../contracts.ts'
import { makeMails } from '../generate/index.ts'
import { accountAtRest, outcomeOf } from './outcome.ts'

/**
 * Every death is the storm's doing, and whoever is at work when it comes is blamed for it: with the default of three, mails
 * that were at work at three deaths would be held, as is right where nobody kills. The promise `crash-loop` keeps the default.
 */
const stormSettings = { MAILDESK_MAX_FILE_ATTEMPTS: '10' }

interface Size {
  readonly mails: number
  readonly blows: number
  /** Longest time between a start and the next blow, milliseconds; most are far shorter. */
  readonly longestLifeMs: number
}

/** Per backend. */
const sizes: Readonly<Record<Tier, Size>> = {
  commit: { mails: 120, blows: 6, longestLifeMs: 6000 },
  landing: { mails: 4000, blows: 50, longestLifeMs: 40_000 },
  release: { mails: 50_000, blows: 1200, longestLifeMs: 60_000 },
}

/** One blow in so many freezes a process instead of killing it. */
const freezeEvery = 8
/** How long a frozen process stands still: longer than its lease and its lock. Milliseconds. */
const freezeMs = 4500
/** Every so many mails an agent answers a ticket. */
const answerEvery = 20
const restLimitMs = 60_000
/** So many mails may wait; then nothing is delivered until some are filed, or all would be filed when the storm is over. */
const mostWaiting = 200
/** Nothing filed for so long is no matter of patience, milliseconds. */
const roomLimitMs = 180_000
/** Share of the mails, the first ones, that are acknowledged: it takes as long as filing, and the sweep sees to it too. */
const acknowledgedShare = 0.1
/** Longest life when all mail is poured, milliseconds. */
const lateLifeMs = 3000
/** Share of the blows that do not wait until the process has started. */
const startingShare = 0.2

async function run(context: ScenarioContext): Promise<Outcome> {
  const { tier, seed, progress } = context
  const size = sizes[tier]
  const rig = await context.openRig({ workers: 2, settings: stormSettings })
  try {
    const random = seededRandom(seed)
    const mails = makeMails({ seed, count: size.mails, to: rig.support })
    const pouring = pour(rig, mails, random, progress)
    let isPoured = false
    const poured = pouring.finally(() => {
      isPoured = true
    })
    const blows = strike(rig, size, seed, () => isPoured, progress)
    const [, struck] = await Promise.all([poured, blows])
    const { account, drainedMs } = await accountAtRest(rig, restLimitMs)
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
    if (index === Math.floor(mails.length * acknowledgedShare))
      await rig.db('mailboxes').update({ acknowledge: false, updated_at: rig.db.fn.now() })
    if (index % 20 === 0) await waitForRoom(rig)
    await rig.deliver(mail)
    if (index % answerEvery === answerEvery - 1)
      answers.push(Promise.allSettled([answerAny(rig, `answer ${index}.`, random)]))
    if (index % 250 === 249) progress(`${index + 1} of ${mails.length} mails delivered`)
  }
  for (const [result] of await Promise.all(answers)) if (result?.status === 'rejected') throw result.reason
}

async function waitForRoom(rig: Rig): Promise<void> {
  const delivered = rig.ledgers.delivered.length
  await waitUntil(
    async () => {
      const { rows } = await rig.db.raw(
        `SELECT count(*)::int AS done FROM inbound_emails WHERE status <> 'received'`,
      )
      return delivered - rows[0].done < mostWaiting
    },
    { timeoutMs: roomLimitMs, intervalMs: 200, what: `fewer than ${mostWaiting} mails to wait` },
  )
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

/** Strikes each process over and over until all blows are given: most lives are far shorter than the longest. */
async function strike(
  rig: Rig,
  { blows, longestLifeMs }: Size,
  seed: number,
  isPoured: () => boolean,
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
      await live(random() ** 2, () => (isPoured() ? lateLifeMs : longestLifeMs))
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

/** Waits for the share of a life whose greatest length may change meanwhile. */
async function live(share: number, longestMs: () => number): Promise<void> {
  const bornAt = performance.now()
  while (performance.now() - bornAt < share * longestMs()) await delay(50)
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
