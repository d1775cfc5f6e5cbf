// I6, I7, I8, I11 and I12: what must hold while time passes. A scenario measures, these judge.
import type { Delivered, Snapshot, Violation } from '../contracts.ts'
import { percentile } from '../soak/statistics.ts'
import { marksIn } from './evidence.ts'

/** I6: all is at rest soon after the last fault. */
export function judgeDrain(ms: number, limitMs: number): Violation[] {
  return ms <= limitMs
    ? []
    : [{ invariant: 'I6', kind: 'late', detail: `at rest after ${ms} ms, later than ${limitMs} ms` }]
}

/** I6 for one mail: those whose row had no end `limitMs` after both the mail came and the last fault was over. */
export function lateMails(
  delivered: readonly Delivered[],
  inbound: Snapshot['inbound'],
  limitMs: number,
  lastFaultAt = 0,
): Violation[] {
  const rowsOf = Map.groupBy(inbound, ({ subject }) => marksIn(subject)[0])
  return delivered.flatMap(({ mail, at }): Violation[] => {
    const ends = (rowsOf.get(mail.mark) ?? []).map(({ finishedAt }) => finishedAt ?? Number.POSITIVE_INFINITY)
    const waitedMs = Math.min(Number.POSITIVE_INFINITY, ...ends) - Math.max(at, lastFaultAt)
    if (waitedMs <= limitMs) return []
    const waited = Number.isFinite(waitedMs) ? `had its end after ${Math.round(waitedMs)} ms` : 'had no end'
    return [{ invariant: 'I6', kind: 'late', detail: `mail ${mail.mark} ${waited}; limit ${limitMs} ms` }]
  })
}

/**
 * I7: p95 of the others' times with a poison mail among them is at most `factor` times that without, or below `graceMs`,
 * under which times are noise.
 */
export function judgeOthersPace(
  withoutMs: readonly number[],
  withPoisonMs: readonly number[],
  { factor = 2, graceMs = 1000 } = {},
): Violation[] {
  const [before, during] = [percentile(withoutMs, 0.95), percentile(withPoisonMs, 0.95)]
  return during <= Math.max(graceMs, factor * before)
    ? []
    : [{ invariant: 'I7', kind: 'late', detail: `p95 of other mail rose from ${before} ms to ${during} ms` }]
}

/** Deaths of processes by the mail that each was busy with: the highest count. */
export function restartsByOneMail(deaths: readonly { readonly mail: string }[]): number {
  return Math.max(0, ...[...Map.groupBy(deaths, ({ mail }) => mail).values()].map(({ length }) => length))
}

/** I8: no mail ends more processes than that. */
export function judgeRestarts(deaths: readonly { readonly mail: string }[], limit = 3): Violation[] {
  return [...Map.groupBy(deaths, ({ mail }) => mail)]
    .filter(([, { length }]) => length > limit)
    .map(([mail, { length }]) => ({
      invariant: 'I8',
      kind: 'other',
      detail: `mail ${mail} ended ${length} processes; limit ${limit}`,
    }))
}

/** I11: what a process holds goes back to what it was, and never beyond a ceiling. */
export function judgeResources(held: {
  /** Such as `file descriptors of worker 1`. */
  readonly what: string
  readonly before: number
  readonly after: number
  readonly highest: number
  readonly ceiling?: number
  /** How many more than before are none: caches and pools that filled. */
  readonly tolerance: number
}): Violation[] {
  const { what, before, after, highest, ceiling = Number.POSITIVE_INFINITY, tolerance } = held
  const found: Violation[] = []
  if (after > before + tolerance)
    found.push({ invariant: 'I11', kind: 'other', detail: `${what}: ${before} before, ${after} after` })
  if (highest > ceiling)
    found.push({ invariant: 'I11', kind: 'other', detail: `${what}: ${highest}, above ${ceiling}` })
  return found
}

/** I12: a fault shows itself in every way, and its end too. */
export function judgeFaultShown(
  fault: string,
  shown: {
    readonly metric: boolean
    readonly log: boolean
    readonly health: boolean
    readonly cleared: boolean
  },
): Violation[] {
  return Object.entries(shown)
    .filter(([, isShown]) => !isShown)
    .map(([where]) => ({
      invariant: 'I12',
      kind: 'other',
      detail: where === 'cleared' ? `${fault} was over and still shown` : `${fault} was not seen in ${where}`,
    }))
}
