// What a run of the fault tests says at its end: one sentence, and a line for whatever was wrong.
import type { Backend, Outcome, Violation } from '../contracts.ts'

export interface ToldOutcome {
  readonly scenario: string
  readonly backend: Backend
  readonly outcome: Outcome
}

/** Violations that are told of one scenario; more of the same help nobody. */
const maxViolations = 20

/**
 * The sentence of a whole run, and its details: each scenario, its notes, its violations and the command that repeats it.
 * `ok` is false when anything was violated. Pure; `seconds` is the time that the run took.
 */
export function tellOutcomes(
  outcomes: readonly ToldOutcome[],
  seed: number,
  seconds: number,
): { sentence: string; lines: string[]; ok: boolean } {
  const ok = outcomes.every(({ outcome }) => isGood(outcome))
  return {
    sentence: sentence(
      outcomes.map(({ outcome }) => outcome),
      seed,
      seconds,
    ),
    lines: outcomes.flatMap((told) => tellOutcome(told, seed)),
    ok,
  }
}

/** What was done to the desk and what became of the mail, in a sentence. */
function sentence(outcomes: readonly Outcome[], seed: number, seconds: number): string {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, one) => total + of(one), 0)
  const faults = new Map<string, number>()
  for (const [name, count] of outcomes.flatMap(({ faults }) => Object.entries(faults)))
    faults.set(name, (faults.get(name) ?? 0) + count)
  const under = [
    told(
      sum(({ kills }) => kills),
      'SIGKILL',
    ),
    told(
      sum(({ failpoints }) => failpoints),
      'failpoint',
    ),
    ...[...faults].map(([name, count]) => told(count, `${name} fault`)),
  ].filter((words) => !words.startsWith('0 '))
  const given = [
    told(
      sum(({ mails }) => mails),
      'mail',
    ),
    told(
      sum(({ answers }) => answers),
      'answer',
    ),
  ]
  const kinds = ['lost', 'doubled', 'misthreaded'] as const
  const counted = kinds.map((kind) => `${number(sum((outcome) => outcome[kind]))} ${kind}`)
  const others = outcomes
    .flatMap(({ violations }) => violations)
    .filter(({ kind }) => !kinds.some((named) => named === kind)).length
  const drained = Math.max(0, ...outcomes.map(({ drainedMs }) => drainedMs))
  return (
    `${given.join(' and ')} under ${under.length > 0 ? listed(under) : 'no fault'}: ${counted.join(', ')}` +
    `${others > 0 ? `, ${told(others, 'other violation')}` : ''}; ` +
    `${told(
      sum(({ listedDoubles }) => listedDoubles),
      'possibly doubled answer',
    )} listed by the desk itself; ` +
    `${told(
      sum(({ uncertain }) => uncertain),
      'automatic mail',
    )} given up as uncertain; ` +
    `at rest ${(drained / 1000).toFixed(1)} s after the last fault at the latest (seed ${seed}, ${Math.round(seconds)} s).`
  )
}

function tellOutcome({ scenario, backend, outcome }: ToldOutcome, seed: number): string[] {
  const { violations } = outcome
  const head = `${isGood(outcome) ? 'ok  ' : 'FAIL'} ${scenario} on ${backend}: ${describe(outcome)}`
  const more = violations.length - maxViolations
  return [
    head,
    ...outcome.notes.map((note) => `     ${note}`),
    ...violations.slice(0, maxViolations).map(tellViolation),
    ...(more > 0 ? [`     and ${told(more, 'violation')} more`] : []),
    ...(isGood(outcome) ? [] : [`     again: ${replayCommand(scenario, backend, seed)}`]),
  ]
}

function describe({ mails, answers, kills, failpoints, drainedMs }: Outcome): string {
  return [
    told(mails, 'mail'),
    told(answers, 'answer'),
    told(kills, 'SIGKILL'),
    told(failpoints, 'failpoint'),
    `at rest after ${(drainedMs / 1000).toFixed(1)} s`,
  ].join(', ')
}

/** All that belongs to one violation, on one line; what it tells of may hold a mail's own words. */
function tellViolation({ invariant, kind, detail }: Violation): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would obey them
  return `     ${invariant} ${kind}: ${detail.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')}`
}

/** Repeats one scenario as it was. */
function replayCommand(scenario: string, backend: Backend, seed: number): string {
  return `npm run torture -- --scenario ${scenario} --backend ${backend} --seed ${seed}`
}

function isGood({ violations, lost, doubled, misthreaded }: Outcome): boolean {
  return violations.length + lost + doubled + misthreaded === 0
}

/** `1 mail`, `2,000 mails`. */
function told(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? '' : 's'}`
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
