// Mail at a steady rate for minutes, with acknowledgements and answers: nothing climbs, nothing is lost, nothing is late.
import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '@maildesk/testkit/seeded-random'
import { marksIn } from '../check/evidence.ts'
import type { Outcome, Rig, Scenario, ScenarioContext, Snapshot } from '../contracts.ts'
import { makeMails } from '../generate/index.ts'
import type { MailKind } from '../generate/kinds.ts'
import { judgeSoak, soakOf } from '../soak/judge-soak.ts'
import { inspectable } from '../soak/live-memory.ts'
import { percentile } from '../soak/statistics.ts'
import { type Sample, watchDesk } from '../soak/watch-desk.ts'
import { accountAtRest, outcomeOf } from './outcome.ts'

const defaultMinutes = 10
/** Mails per second. */
const defaultRate = 20
/** Every so many mails an agent answers a ticket. */
const answerEvery = 40
/** Everyday mail; what is hostile is measured elsewhere. */
const shape: readonly MailKind[] = [
  'plain',
  'html',
  'attachments',
  'odd-subject',
  'no-message-id',
  'duplicate',
  'auto-reply',
  'reply',
]
/** A machine that does not keep pace works off what waits, milliseconds. */
const restLimitMs = 900_000
/** As the Dockerfile sets them. */
const optionsOfImage = '--max-semi-space-size=4'

async function run(context: ScenarioContext): Promise<Outcome> {
  const { seed, progress, minutes = defaultMinutes, rate = defaultRate } = context
  const rig = await context.openRig({
    settings: { MAILDESK_FILE_CONCURRENCY: '4', NODE_OPTIONS: `${optionsOfImage} ${inspectable}` },
  })
  const samples: Sample[] = []
  const ended = new AbortController()
  const watching = watchDesk(rig, samples, ended.signal)
  try {
    const mails = makeMails({ seed, count: minutes * 60 * rate, to: rig.support, shape })
    await pour(rig, mails, rate, seed, (line) => progress(`${line}; ${nowOf(samples)}`))
    const { account, drainedMs } = await accountAtRest(rig, restLimitMs)
    ended.abort()
    await watching
    return outcomeOf(account, {
      drainedMs,
      violations: judgeSoak(samples),
      notes: [...notesOf(samples), latencyNote(rig, await rig.snapshot(), rate)],
    })
  } finally {
    ended.abort()
    await watching.catch(() => undefined) // told by what failed first
    await rig.stop()
  }
}

/** Each mail at its time, however long the one before takes. */
async function pour(
  rig: Rig,
  mails: ReturnType<typeof makeMails>,
  rate: number,
  seed: number,
  progress: (line: string) => void,
): Promise<void> {
  const random = seededRandom(seed)
  const startedAt = performance.now()
  const open = new Set<Promise<unknown>>()
  const start = (work: Promise<unknown>) => {
    const done = work.finally(() => open.delete(done))
    open.add(done)
  }
  for (const [index, mail] of mails.entries()) {
    const waitMs = startedAt + (index * 1000) / rate - performance.now()
    if (waitMs > 0) await delay(waitMs)
    // Replies must not overtake what they answer by more than LMTP does.
    start(rig.deliver(mail))
    if (index % answerEvery === answerEvery - 1) start(answerAny(rig, `answer ${index}.`, random()))
    if (open.size > rate) await Promise.race(open)
    if (index % (30 * rate) === 30 * rate - 1) progress(`${index + 1} of ${mails.length} mails`)
  }
  await Promise.all(open)
}

async function answerAny(rig: Rig, mark: string, at: number): Promise<void> {
  const { rows } = await rig.db.raw(
    `SELECT id FROM tickets ORDER BY number OFFSET (SELECT floor(count(*) * ?::float8)::int FROM tickets) LIMIT 1`,
    [at],
  )
  if (rows[0]) await rig.reply(rows[0].id, mark)
}

function nowOf(samples: readonly Sample[]): string {
  const last = samples.at(-1)
  const each = last?.processes.map(
    ({ name, resident, descriptors }) => `${name} ${Math.round(resident / 1048576)} MB ${descriptors} fds`,
  )
  return `${each?.join(', ')}, ${last?.connections} connections`
}

function notesOf(samples: readonly Sample[]): string[] {
  return soakOf(samples).map(
    ({ name, slope, first, last, most, firstDescriptors, lastDescriptors, mostDescriptors }) =>
      `${name}: ${slope.toFixed(2)} MB a minute after collections, ${first.toFixed(0)} MB → ${last.toFixed(0)} MB, resident at most ${most.toFixed(0)} MB; descriptors ${firstDescriptors} → ${lastDescriptors}, most ${mostDescriptors}`,
  )
}

/** From Dovecot's word to the ticket. */
function latencyNote(rig: Rig, { inbound }: Snapshot, rate: number): string {
  const delivered = new Map(rig.ledgers.delivered.map(({ mail, at }) => [mail.mark, at]))
  const waits = inbound.flatMap(({ subject, finishedAt, status }) => {
    const at = delivered.get(marksIn(subject)[0] ?? '')
    return at === undefined || finishedAt === null || status !== 'filed' ? [] : [finishedAt - at]
  })
  const [half, most] = [0.5, 0.95].map((share) => Math.round(percentile(waits, share)))
  return `${rate} mails a second; from delivery to ticket ${half} ms (p50), ${most} ms (p95)`
}

export const soak: Scenario = {
  name: 'soak',
  summary:
    'Mail at a steady rate for ten minutes, acknowledged and answered: memory, descriptors and connections stay.',
  backends: { commit: [], landing: [], release: ['redis', 'postgres'] },
  run,
}
