import { expect, test } from 'vitest'
import { afterCopyFailure } from './copy-policy.ts'

test.each([
  [1, 1],
  [2, 5],
  [3, 15],
  [4, 60],
  [5, 360],
  [19, 360],
])('after attempt %i a copy waits %i minutes', (attempts, minutes) => {
  expect(afterCopyFailure(attempts, 'no')).toEqual({
    state: 'pending',
    nextInMs: minutes * 60_000,
    error: 'no',
  })
})

test('the twentieth attempt is the last', () => {
  expect(afterCopyFailure(20, 'no')).toEqual({ state: 'failed', nextInMs: null, error: 'no' })
})
