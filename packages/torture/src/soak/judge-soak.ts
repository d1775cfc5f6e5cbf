// What a soak's samples say of leaks. Pure.
import { judgeResources } from '../check/over-time.ts'
import type { Violation } from '../contracts.ts'
import { slopeOf } from './statistics.ts'
import type { Sample } from './watch-desk.ts'

const megabyte = 1024 * 1024
/** Caches, pools and V8's young generation fill in this time, minutes. */
const warmUpMinutes = 2
/** Measured for less than this, a slope is noise; minutes after the warm-up. */
const leastMinutes = 5
/** Megabytes a minute. */
const maxSlope = 1
/** Descriptors and connections come and go by as many. */
const tolerance = 15

export interface ProcessSoak {
  readonly name: string
  /** Megabytes a minute of what is left after collections, after the warm-up; NaN when too short. What leaks is not collected. */
  readonly slope: number
  /** Megabytes left after a collection at the end of the warm-up, and at the end. */
  readonly first: number
  readonly last: number
  /** Megabytes at most, with garbage and all that the system counts. */
  readonly most: number
  readonly firstDescriptors: number
  readonly lastDescriptors: number
  readonly mostDescriptors: number
}

/** Each process after its warm-up. */
export function soakOf(samples: readonly Sample[]): ProcessSoak[] {
  const warm = samples.filter(({ minute }) => minute >= warmUpMinutes)
  const looked = warm.length > 1 ? warm : samples
  const names = [...new Set(looked.flatMap(({ processes }) => processes.map(({ name }) => name)))]
  return names.map((name) => {
    const points = looked.flatMap(({ minute, processes }) =>
      processes.filter((one) => one.name === name).map((one) => ({ minute, ...one })),
    )
    const live = points.flatMap((point) =>
      point.live === undefined ? [] : [[point.minute, point.live / megabyte] as const],
    )
    const descriptors = points.map((point) => point.descriptors)
    const minutes = (points.at(-1)?.minute ?? 0) - (points[0]?.minute ?? 0)
    return {
      name,
      slope: minutes < leastMinutes ? Number.NaN : slopeOf(live),
      first: live[0]?.[1] ?? Number.NaN,
      last: live.at(-1)?.[1] ?? Number.NaN,
      most: Math.max(...points.map(({ resident }) => resident / megabyte)),
      firstDescriptors: descriptors[0] ?? 0,
      lastDescriptors: descriptors.at(-1) ?? 0,
      mostDescriptors: Math.max(...descriptors),
    }
  })
}

/** I11: memory does not climb, descriptors and connections stay. */
export function judgeSoak(samples: readonly Sample[]): Violation[] {
  const connections = samples.filter(({ minute }) => minute >= warmUpMinutes).map((one) => one.connections)
  return [
    ...soakOf(samples).flatMap((soak): Violation[] => [
      ...(soak.slope > maxSlope
        ? [
            {
              invariant: 'I11' as const,
              kind: 'other' as const,
              detail: `memory of ${soak.name} climbs by ${soak.slope.toFixed(2)} MB a minute`,
            },
          ]
        : []),
      ...judgeResources({
        what: `file descriptors of ${soak.name}`,
        before: soak.firstDescriptors,
        after: soak.lastDescriptors,
        highest: soak.mostDescriptors,
        tolerance,
      }),
    ]),
    ...judgeResources({
      what: 'connections to PostgreSQL',
      before: connections[0] ?? 0,
      after: connections.at(-1) ?? 0,
      highest: Math.max(0, ...connections),
      tolerance,
    }),
  ]
}
