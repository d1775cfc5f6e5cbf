import { expect, test } from 'vitest'
import { judgeSoak } from './judge-soak.ts'
import type { Sample } from './watch-desk.ts'

const megabyte = 1024 * 1024

/** Ten minutes of one process. */
function tenMinutes(
  of: (minute: number) => {
    megabytes?: number
    garbage?: number
    descriptors?: number
    connections?: number
  },
) {
  return Array.from({ length: 121 }, (_, at): Sample => {
    const minute = at / 12
    const { megabytes = 100, garbage = 50, descriptors = 30, connections = 20 } = of(minute)
    const live = at % 6 === 0 ? megabytes * megabyte : undefined
    return {
      minute,
      processes: [{ name: 'worker 1', resident: (megabytes + garbage) * megabyte, descriptors, live }],
      connections,
    }
  })
}

test('a process that fills in two minutes and then stays is well', () => {
  expect(judgeSoak(tenMinutes((minute) => ({ megabytes: 80 + 40 * Math.min(2, minute) })))).toEqual([])
})

test('what climbs is told: memory, descriptors, connections', () => {
  const climbing = tenMinutes((minute) => ({
    megabytes: 100 + 2 * minute,
    descriptors: 30 + 4 * minute,
    connections: 20 + 4 * minute,
  }))
  expect(judgeSoak(climbing).map(({ detail }) => detail)).toEqual([
    'memory of worker 1 climbs by 2.00 MB a minute',
    'file descriptors of worker 1: 38 before, 70 after',
    'connections to PostgreSQL: 28 before, 60 after',
  ])
})

test('garbage that waits for its collection is no leak, and hides none', () => {
  const sawtooth = (leak: number) =>
    tenMinutes((minute) => ({
      megabytes: 100 + leak * minute,
      garbage: 20 * minute + 100 * ((minute / 0.7) % 1),
    }))
  expect(judgeSoak(sawtooth(0))).toEqual([])
  expect(judgeSoak(sawtooth(3)).map(({ detail }) => detail)).toEqual([
    'memory of worker 1 climbs by 3.00 MB a minute',
  ])
})

test('a soak of three minutes says nothing of slopes', () => {
  const short = tenMinutes((minute) => ({ megabytes: 100 + 9 * minute })).filter(({ minute }) => minute <= 3)
  expect(judgeSoak(short)).toEqual([])
})
