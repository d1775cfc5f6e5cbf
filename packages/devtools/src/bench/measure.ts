// Runs contenders against each other, round by round, so that what else the machine does hits all of them.
import type { BlobKey } from '@maildesk/core'
import type { Contender } from './contenders.ts'

export interface Pace {
  readonly name: string
  readonly does: string
  /** Medians over the rounds. */
  readonly mailsPerSecond: number
  readonly megabytesPerSecond: number
  /** CPU of this process per mail, milliseconds; says something on a busy machine, too. Children are not counted. */
  readonly cpuMsPerMail: number
  /** Median of: its time, over the first contender's in the same round. */
  readonly timesTheFloor: number
  /** Seconds of the fastest and of the slowest round. */
  readonly fastest: number
  readonly slowest: number
}

/** One round to warm up, which is not counted, and `rounds` that are. */
export async function measure(
  competing: readonly Contender[],
  keys: readonly BlobKey[],
  totalBytes: number,
  rounds: number,
): Promise<Pace[]> {
  const seconds = competing.map((): number[] => [])
  const cpuMs = competing.map((): number[] => [])
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, contender] of competing.entries()) {
      const cpuBefore = process.cpuUsage()
      const startedAt = performance.now()
      await contender.readAll(keys)
      if (round < 0) continue
      seconds[index]?.push((performance.now() - startedAt) / 1000)
      const { user, system } = process.cpuUsage(cpuBefore)
      cpuMs[index]?.push((user + system) / 1000)
    }
  }
  const floor = seconds[0] ?? []
  return competing.map(({ name, does }, index) => {
    const times = seconds[index] ?? []
    const time = median(times)
    return {
      name,
      does,
      mailsPerSecond: keys.length / time,
      megabytesPerSecond: totalBytes / 1e6 / time,
      cpuMsPerMail: median(cpuMs[index] ?? []) / keys.length,
      timesTheFloor: median(times.map((own, round) => own / (floor[round] ?? Number.NaN))),
      fastest: Math.min(...times),
      slowest: Math.max(...times),
    }
  })
}

/** @internal */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [below, above] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return below === undefined || above === undefined ? Number.NaN : (below + above) / 2
}
