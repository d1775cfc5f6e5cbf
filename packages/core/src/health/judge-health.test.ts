import { expect, test } from 'vitest'
import { clockSkewMs, judgeVitals, type Vitals } from './judge-health.ts'

const limits = { maxClockSkewMs: 5000, maxOverdueMs: 300_000 }
const well: Vitals = {
  clock: { asked: 1000, theirs: 1010, answered: 1020 },
  isReadOnly: false,
  inboundOverdueMs: null,
  outboundOverdueMs: null,
  quarantined: 0,
  undecided: 0,
  paused: [],
}

const reading = (theirs: number) => ({ asked: 100_000, theirs, answered: 110_000 })

test.each([
  { what: 'an answer from in between shows nothing', theirs: 105_000, skew: 0 },
  { what: 'however late the answer comes', theirs: 100_000, skew: 0 },
  { what: 'a clock ahead of the answer is ahead by that', theirs: 116_000, skew: 6000 },
  { what: 'a clock behind the question is behind by that', theirs: 93_000, skew: -7000 },
])('$what', ({ theirs, skew }) => {
  expect(clockSkewMs(reading(theirs))).toBe(skew)
})

test('a desk whose work flows has no reason to complain', () => {
  expect(judgeVitals(well, limits)).toEqual([])
  expect(judgeVitals({ ...well, inboundOverdueMs: 300_000, outboundOverdueMs: 1 }, limits)).toEqual([])
})

test.each<{ reason: string; level: string; of?: string; vitals: Partial<Vitals>; detail: string }>([
  { reason: 'clock-skew', level: 'red', vitals: { clock: reading(115_001) }, detail: '5001 ms ahead' },
  { reason: 'clock-skew', level: 'red', vitals: { clock: reading(94_000) }, detail: '6000 ms behind' },
  { reason: 'database-read-only', level: 'red', vitals: { isReadOnly: true }, detail: 'read-only' },
  { reason: 'inbound-overdue', level: 'red', vitals: { inboundOverdueMs: 300_001 }, detail: 'due for 300 s' },
  { reason: 'outbound-overdue', level: 'red', vitals: { outboundOverdueMs: 9e6 }, detail: 'due for 9000 s' },
  {
    ...{ reason: 'sending-paused', level: 'red', of: 'a@desk.example' },
    vitals: { paused: [{ address: 'a@desk.example', reason: '535 no' }] },
    detail: '535 no',
  },
  { reason: 'quarantined', level: 'look', vitals: { quarantined: 3 }, detail: '3 mails' },
  { reason: 'uncertain', level: 'look', vitals: { undecided: 1 }, detail: '1 replies' },
])('$reason is told, with its numbers: $detail', ({ reason, level, of = null, vitals, detail }) => {
  expect(judgeVitals({ ...well, ...vitals }, limits)).toEqual([
    { reason, level, of, detail: expect.stringContaining(detail) },
  ])
})
