import { expect, test } from 'vitest'
import { percentile, slopeOf } from './statistics.ts'

test('the slope is that of the line with the least squares', () => {
  expect(
    slopeOf([
      [0, 1],
      [1, 3],
      [2, 5],
    ]),
  ).toBe(2)
  expect(
    slopeOf([
      [0, 0],
      [1, 2],
      [2, 1],
    ]),
  ).toBe(0.5)
  expect(slopeOf([])).toBe(0)
  expect(slopeOf([[3, 7]])).toBe(0)
})

test('a percentile is a value that was measured', () => {
  const values = [5, 1, 4, 2, 3]
  expect(percentile(values, 0.5)).toBe(3)
  expect(percentile(values, 0.95)).toBe(5)
  expect(percentile(values, 0)).toBe(1)
  expect(percentile([], 0.5)).toBeNaN()
})
