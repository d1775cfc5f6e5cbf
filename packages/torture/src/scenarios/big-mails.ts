// Four mails of nearly 50 MiB at once: what they cost each process, and how long they take.

import { judgeResources } from '../check/over-time.ts'
import type { Outcome, Scenario, ScenarioContext, Violation } from '../contracts.ts'
import { type BigShape, bigShapes } from '../soak/big-shapes.ts'
import { type BigMailsCost, measureBigMails, warmUp } from '../soak/measure-big-mails.ts'
import { outcomeOf } from './outcome.ts'

const megabyte = 1024 * 1024
/** How much the memory of a process that is no parser may rise, bytes. */
const mainRise = 40 * megabyte
/** Most memory of a parser, bytes. */
const parserPeak = 300 * megabyte

const rounds: readonly (readonly BigShape[])[] = [
  bigShapes.filter((shape) => shape !== 'signed mail'),
  ['signed mail'],
]

/** As the desk is run, where the rig has it in a hurry. */
const settings = {
  MAILDESK_FILE_CONCURRENCY: '4',
  MAILDESK_QUEUE_LOCK_MS: '30000',
  MAILDESK_LEASE_MS: '30000',
  MAILDESK_IMAP_TIMEOUT_MS: '60000',
}

async function run({ openRig, seed, progress }: ScenarioContext): Promise<Outcome> {
  const rig = await openRig({ settings })
  const notes: string[] = []
  const violations: Violation[] = []
  let mails = 0
  try {
    mails += await warmUp(rig)
    for (const [index, shapes] of rounds.entries()) {
      const cost = await measureBigMails(rig, shapes, `${seed}-${index}`)
      mails += shapes.length
      notes.push(told(shapes, cost))
      progress(notes.at(-1) ?? '')
      violations.push(...judge(cost))
    }
    const { rows } = await rig.db.raw(
      `SELECT subject, status, reason FROM inbound_emails WHERE status <> 'filed'`,
    )
    for (const row of rows)
      violations.push({
        invariant: 'I1',
        kind: 'lost',
        detail: `${row.subject}: ${row.status}, ${row.reason}`,
      })
    return outcomeOf({ mails, lost: rows.length, violations }, { notes })
  } finally {
    await rig.stop()
  }
}

function judge({ main, children }: BigMailsCost): Violation[] {
  return [
    ...main.flatMap(({ name, before, peak }) =>
      judgeResources({
        what: `memory of the ${name}`,
        before,
        after: peak,
        highest: peak,
        tolerance: mainRise,
      }),
    ),
    ...children.flatMap((peak) =>
      judgeResources({
        what: 'memory of a parser',
        before: peak,
        after: peak,
        highest: peak,
        ceiling: parserPeak,
        tolerance: 0,
      }),
    ),
  ]
}

function told(
  shapes: readonly BigShape[],
  { main, children, keptSeconds, ticketSeconds }: BigMailsCost,
): string {
  const mb = (bytes: number) => Math.round(bytes / megabyte)
  const rises = main.map(
    ({ name, before, peak }) => `${name} ${mb(before)} MB and ${mb(peak - before)} MB more`,
  )
  return `${shapes.join(', ')}: ${rises.join('; ')}; parsers at most ${children.map(mb).join(', ')} MB; kept after ${keptSeconds.toFixed(1)} s, filed after ${ticketSeconds.toFixed(1)} s`
}

export const bigMails: Scenario = {
  name: 'big-mails',
  summary:
    'Four mails of nearly 50 MiB at once, in the shapes that cost most; memory of each process is measured.',
  backends: { commit: [], landing: ['redis'], release: ['redis', 'postgres'] },
  run,
}
