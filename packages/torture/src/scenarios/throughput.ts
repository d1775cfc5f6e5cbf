// How many mails two workers file a second, with and without acknowledgements, in turns. Measures, and judges only that
// nothing is lost.
import { setTimeout as delay } from 'node:timers/promises'
import type { MadeMail, Outcome, Rig, Scenario, ScenarioContext } from '../contracts.ts'
import { percentile } from '../soak/statistics.ts'
import { outcomeOf } from './outcome.ts'

const mailsPerTurn = 600
const turns = 3
const mailBytes = 20_000
const lookEveryMs = 100
const patienceMs = 240_000
/** Of one domain, one mail at a time is acknowledged. */
const domains = 200

async function run({ openRig, seed, progress }: ScenarioContext): Promise<Outcome> {
  const rig = await openRig({ workers: 2, settings: { MAILDESK_FILE_CONCURRENCY: '4' } })
  try {
    const rates = { with: [] as number[], without: [] as number[] }
    await fileAll(rig, mailsOf(seed, 'warm', 100))
    for (let turn = 0; turn < turns; turn += 1) {
      for (const way of ['with', 'without'] as const) {
        await rig.db('mailboxes').update({ acknowledge: way === 'with' })
        const mails = mailsOf(seed, `${way}-${turn}`, mailsPerTurn)
        const rate = await fileAll(rig, mails)
        rates[way].push(rate)
        progress(`${way} acknowledgements: ${rate.toFixed(1)} mails a second`)
      }
    }
    const drainedMs = await rig.drained(patienceMs)
    return outcomeOf(await rig.account(), {
      drainedMs,
      notes: (['with', 'without'] as const).map((way) => {
        const all = rates[way].map((rate) => rate.toFixed(1)).join(', ')
        return `${percentile(rates[way], 0.5).toFixed(1)} mails a second ${way} acknowledgements (${all})`
      }),
    })
  } finally {
    await rig.stop()
  }
}

/** The mails are kept first, while the workers stand still; then the workers are timed. */
async function fileAll(rig: Rig, mails: readonly MadeMail[]): Promise<number> {
  const before = await countMails(rig)
  await Promise.all(rig.workers.map((worker) => worker.signal('SIGSTOP')))
  try {
    for (let from = 0; from < mails.length; from += 20)
      await Promise.all(mails.slice(from, from + 20).map((mail) => rig.deliver(mail)))
    await waitFor(rig, ({ kept }) => kept >= before.kept + mails.length)
  } finally {
    await Promise.all(rig.workers.map((worker) => worker.signal('SIGCONT')))
  }
  const startedAt = performance.now()
  await waitFor(rig, ({ ended }) => ended >= before.ended + mails.length)
  return mails.length / ((performance.now() - startedAt) / 1000)
}

interface Counted {
  readonly kept: number
  readonly ended: number
}

async function waitFor(rig: Rig, isThere: (counted: Counted) => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (let counted = await countMails(rig); !isThere(counted); counted = await countMails(rig)) {
    if (performance.now() > deadline)
      throw new Error(`${counted.kept} mails kept, ${counted.ended} filed after ${patienceMs} ms`)
    await delay(lookEveryMs)
  }
}

async function countMails(rig: Rig): Promise<Counted> {
  const { rows } = await rig.db.raw(
    `SELECT count(*)::int AS kept, count(*) FILTER (WHERE status <> 'received')::int AS ended FROM inbound_emails`,
  )
  return rows[0]
}

/** Each from a sender of its own. */
function mailsOf(seed: number, run: string, count: number): MadeMail[] {
  return Array.from({ length: count }, (_, index) => {
    const mark = `[mark ${seed}-${run}-${index}]`
    const from = `${run}-${index}@d${index % domains}.example`
    const messageId = `${seed}-${run}-${index}@made.example`
    const words = `A line of mail ${mark} that somebody wrote, more or less.\r\n`
    const raw = Buffer.from(
      `From: ${from}\r\nTo: support@example.com\r\nMessage-ID: <${messageId}>\r\nDate: ${new Date().toUTCString()}\r\nSubject: Throughput ${mark}\r\n\r\n${words.repeat(Math.ceil(mailBytes / words.length))}`,
    )
    return { index, messageId, mark, rootMark: mark, from, raw, expects: 'filed', attachments: [] }
  })
}

export const throughput: Scenario = {
  name: 'throughput',
  summary: 'Mails that two workers file a second, with and without acknowledgements.',
  backends: { commit: [], landing: [], release: ['redis'] },
  run,
}
