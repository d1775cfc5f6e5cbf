import { describe, expect, test } from 'vitest'
import {
  judgeDrain,
  judgeFaultShown,
  judgeOthersPace,
  judgeResources,
  judgeRestarts,
  lateMails,
  restartsByOneMail,
} from './over-time.ts'
import { goodRun } from './testing/good-run.ts'

describe('I6', () => {
  test('is about the time from the last fault to rest', () => {
    expect(judgeDrain(60_000, 60_000)).toEqual([])
    expect(judgeDrain(60_001, 60_000)).toMatchObject([{ invariant: 'I6', kind: 'late' }])
  })

  test('names each mail whose end came late, or never', () => {
    const { ledgers, snapshot } = goodRun()
    expect(lateMails(ledgers.delivered, snapshot.inbound, 1101)).toEqual([])
    const rows = snapshot.inbound.map((row, index) => ({
      ...row,
      finishedAt: [2000, 2500, 2000, null, 2000][index] ?? null,
    }))
    expect(lateMails(ledgers.delivered, rows, 1101).map(({ detail }) => detail)).toEqual([
      'mail [mark 7-1] had its end after 1599 ms; limit 1101 ms',
      'mail [mark 7-3] had no end; limit 1101 ms',
    ])
    expect(lateMails(ledgers.delivered, rows.slice(0, 3), 1000, 1500)).toHaveLength(2)
  })
})

test('I7 allows other mail twice its time, and what is noise', () => {
  const usual = Array.from({ length: 20 }, (_, index) => 1000 + index)
  expect(
    judgeOthersPace(
      usual,
      usual.map((ms) => 2 * ms),
    ),
  ).toEqual([])
  expect(judgeOthersPace([10, 20], [900])).toEqual([])
  expect(judgeOthersPace(usual, [3000])).toMatchObject([{ invariant: 'I7', kind: 'late' }])
})

test('I8 counts the deaths by one mail', () => {
  const deaths = ['a', 'b', 'a', 'a', 'b'].map((mail) => ({ mail }))
  expect(restartsByOneMail([])).toBe(0)
  expect(restartsByOneMail(deaths)).toBe(3)
  expect(judgeRestarts(deaths)).toEqual([])
  expect(judgeRestarts([...deaths, { mail: 'a' }])).toMatchObject([
    { invariant: 'I8', detail: 'mail a ended 4 processes; limit 3' },
  ])
})

test('I11 wants back what was taken, and a ceiling kept', () => {
  const held = { what: 'connections', before: 10, after: 12, highest: 20, tolerance: 2 }
  expect(judgeResources(held)).toEqual([])
  expect(judgeResources({ ...held, after: 13 })).toMatchObject([{ invariant: 'I11' }])
  expect(judgeResources({ ...held, ceiling: 19 })).toMatchObject([{ detail: 'connections: 20, above 19' }])
})

test('I12 wants a fault shown everywhere, and its end', () => {
  const shown = { metric: true, log: true, health: true, cleared: true }
  expect(judgeFaultShown('redis away', shown)).toEqual([])
  expect(
    judgeFaultShown('redis away', { ...shown, log: false, cleared: false }).map(({ detail }) => detail),
  ).toEqual(['redis away was not seen in log', 'redis away was over and still shown'])
})
