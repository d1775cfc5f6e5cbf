import { anEmail } from '@maildesk/testkit/an-email'
import { describe, expect, test } from 'vitest'
import { automaticMarks } from '../outbound/automatic-marks.ts'
import { classifyEmail } from './classify-email.ts'
import { loopField, readLoopMark, signLoopMark } from './loop-mark.ts'

const keys = ['a key of ours', 'an older key of ours']
const theirs = ['a key of another desk']
const name = loopField.toLowerCase()
const marked = (...values: string[]) => anEmail({ headers: { [name]: values } })
const read = (...values: string[]) => readLoopMark(marked(...values), keys)
const flipped = (mark: string) => mark.slice(0, -1) + (mark.endsWith('0') ? '1' : '0')

test('a mark is of ours while any of our keys made it', () => {
  expect(read(signLoopMark(1, keys))).toEqual({ of: 'own', hops: 1 })
  expect(read(` ${signLoopMark(3, keys.slice(1))} `)).toEqual({ of: 'own', hops: 3 })
  expect(read(signLoopMark(99_999, keys))).toEqual({ of: 'own', hops: 9999 })
})

test('the mark of another desk is foreign, its hops as it says', () => {
  expect(read(signLoopMark(4, theirs))).toEqual({ of: 'foreign', hops: 4 })
})

test('our instance without our signature counts for nothing', () => {
  const mark = signLoopMark(1, keys)
  expect(read(flipped(mark))).toBeUndefined()
  expect(read(mark.replace('.1.', '.2.'))).toBeUndefined()
  expect(read('yes')).toBeUndefined()
  expect(read('')).toBeUndefined()
})

test('of several marks ours counts, else the one with the most hops', () => {
  expect(read(signLoopMark(9, theirs), signLoopMark(1, keys))).toEqual({ of: 'own', hops: 1 })
  expect(read(signLoopMark(2, theirs), signLoopMark(7, theirs))).toEqual({ of: 'foreign', hops: 7 })
})

test('nothing is signed without a key', () => {
  expect(() => signLoopMark(1, [])).toThrow(RangeError)
})

describe('a mail with a mark', () => {
  test.each([
    ['of ours is a loop', signLoopMark(1, keys), { kind: 'loop', mayAnswer: false }],
    [
      'of another desk is of a machine',
      signLoopMark(5, theirs),
      { kind: 'auto_generated', mayAnswer: false },
    ],
    [
      'of another desk after many hops is a loop',
      signLoopMark(6, theirs),
      { kind: 'loop', mayAnswer: false },
    ],
    [
      'that somebody forged is judged as if it had none',
      flipped(signLoopMark(1, keys)),
      { kind: 'human', mayAnswer: true },
    ],
  ])('%s', (_, value, expected) => {
    expect(classifyEmail(marked(value), [], { tokenKeys: keys })).toMatchObject(expected)
  })
})

test('every automatic mail is marked as what it is, one hop more than its cause (RFC 3834 §5)', () => {
  const fields = (isAnswer: boolean, ...cause: Parameters<typeof marked>) =>
    Object.fromEntries(
      automaticMarks(isAnswer, cause.length ? marked(...cause) : null, keys).map(({ name, value }) => [
        name,
        value,
      ]),
    )
  expect(fields(true)).toEqual({
    'Auto-Submitted': 'auto-replied',
    'X-Auto-Response-Suppress': 'All',
    Precedence: 'bulk',
    'X-Maildesk-Loop': signLoopMark(1, keys),
  })
  expect(fields(false, signLoopMark(3, theirs))).toMatchObject({
    'Auto-Submitted': 'auto-generated',
    'X-Maildesk-Loop': signLoopMark(4, keys),
  })
})
