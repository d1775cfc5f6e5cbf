import { describe, expect, test } from 'vitest'
import { type BounceFact, softScore, suppressionAfter } from './suppression.ts'

const hour = 3_600_000
const day = 24 * hour
const settings = {
  hardMs: 60 * day,
  hardLimit: 3,
  hardWindowMs: 30 * day,
  softLimit: 5,
  softFadeMs: 7 * day,
  softMs: 7 * day,
}
const start = Date.UTC(2026, 10, 1)
const at = (days: number) => new Date(start + days * day)

let mails = 0
function fact(kind: BounceFact['kind'], days: number, more: Partial<BounceFact> = {}): BounceFact {
  mails += 1
  return {
    kind,
    isDead: false,
    isAcknowledgement: false,
    mailId: `mail-${mails}`,
    at: at(days),
    isLifted: false,
    ...more,
  }
}
const dead = { isDead: true }
const times = <One>(count: number, make: (index: number) => One) =>
  Array.from({ length: count }, (_, i) => make(i))

describe('what the history of an address comes to', () => {
  test.each<[string, readonly BounceFact[], number, object | null]>([
    ['nothing', [], 0, null],
    [
      'one dead address',
      [fact('hard', 0, dead)],
      0,
      { scope: 'automatic', reason: 'dead-address', until: at(60) },
    ],
    ['a dead address 59 days later', [fact('hard', 0, dead)], 59, { scope: 'automatic' }],
    ['a dead address 60 days later', [fact('hard', 0, dead)], 60, null],
    ['a hard bounce that is not the address’s death', [fact('hard', 0)], 0, null],
    ['any number of policy bounces', times(9, () => fact('policy', 0)), 0, null],
    [
      'three hard bounces in thirty days',
      [fact('hard', 0), fact('hard', 15), fact('hard', 30)],
      30,
      { scope: 'all', reason: 'repeated-hard-bounces', until: at(90) },
    ],
    [
      'three hard bounces in thirty-one days',
      [fact('hard', 0), fact('hard', 15), fact('hard', 31)],
      31,
      null,
    ],
    ['two hard bounces', [fact('hard', 0), fact('hard', 1)], 1, null],
    [
      'three hard bounces at the end of many',
      [fact('hard', -90), fact('hard', -50), fact('hard', 0), fact('hard', 1), fact('hard', 2)],
      2,
      { scope: 'all', until: at(62) },
    ],
    ['three hard reports about one mail', times(3, () => fact('hard', 0, { mailId: 'one' })), 0, null],
    [
      'three hard bounces of mails that are not known any more',
      times(3, () => fact('hard', 0, { mailId: null })),
      0,
      { scope: 'all' },
    ],
    [
      'five soft bounces at once',
      times(5, () => fact('soft', 0)),
      0,
      { scope: 'automatic', reason: 'repeated-soft-bounces', until: at(7) },
    ],
    ['four soft bounces at once', times(4, () => fact('soft', 0)), 0, null],
    ['five soft bounces, a day apart', times(5, (i) => fact('soft', i)), 4, null],
    [
      'seven soft bounces, half a day apart',
      times(7, (i) => fact('soft', i / 2)),
      3,
      { reason: 'repeated-soft-bounces', until: at(10) },
    ],
    ['six soft bounces, half a day apart', times(6, (i) => fact('soft', i / 2)), 2.5, null],
    ['five soft bounces a week ago', times(5, () => fact('soft', 0)), 7, null],
    ['five soft reports about one mail', times(5, () => fact('soft', 0, { mailId: 'late' })), 0, null],
    [
      'a complaint, a year later',
      [fact('complaint', 0)],
      365,
      { scope: 'automatic', reason: 'complaint', until: null },
    ],
    [
      'an acknowledgement that bounced softly',
      [fact('soft', 0, { isAcknowledgement: true })],
      0,
      { scope: 'automatic', reason: 'acknowledgement-bounced', until: at(60) },
    ],
    [
      'a complaint and three hard bounces: the widest and the longest',
      [fact('complaint', 0), ...times(3, () => fact('hard', 1))],
      1,
      { scope: 'all', reason: 'repeated-hard-bounces', until: null },
    ],
    [
      'a dead address and five soft bounces: the longer',
      [fact('hard', 0, dead), ...times(5, () => fact('soft', 0))],
      0,
      { reason: 'dead-address', until: at(60) },
    ],
    ['what was lifted', times(3, () => fact('hard', 0, { ...dead, isLifted: true })), 0, null],
    [
      'what came after a lifting',
      [fact('hard', 0, { isLifted: true }), fact('hard', 1, { isLifted: true }), fact('hard', 2, dead)],
      2,
      { scope: 'automatic', reason: 'dead-address', until: at(62) },
    ],
  ])('%s', (_name, history, days, expected) => {
    const found = suppressionAfter(history, at(days), settings)
    if (expected === null) expect(found).toBeNull()
    else expect(found).toMatchObject(expected)
    expect(suppressionAfter([...history].reverse(), at(days), settings)).toEqual(found)
  })
})

test.each([
  [0, 1],
  [3.5, 0.5],
  [6.3, 0.1],
  [7, 0],
  [70, 0],
  [-1, 0],
])('a soft bounce weighs, after %d days, %d', (days, weight) => {
  expect(softScore([{ at: at(0) }], at(days), 7 * day)).toBeCloseTo(weight)
})
