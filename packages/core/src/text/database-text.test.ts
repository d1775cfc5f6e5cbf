import fc from 'fast-check'
import { expect, test } from 'vitest'
import { databaseText } from './database-text.ts'

const anything = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))

test('whatever came in, what comes out a column can hold', () => {
  fc.assert(
    fc.property(anything, fc.nat({ max: 40 }), (text, maxLength) => {
      const kept = databaseText(text, maxLength)
      expect(kept).not.toContain('\u0000')
      expect(kept.isWellFormed()).toBe(true)
      expect(kept.length).toBeLessThanOrEqual(maxLength)
      expect(databaseText(kept, maxLength)).toBe(kept)
    }),
    {
      examples: [
        ['\ud83d', 1],
        ['😀', 1],
        ['\u0000', 0],
        ['a😀', 2],
      ],
    },
  )
})

test('text that is well already is not touched', () => {
  expect(databaseText('Zoë 😀\n\ttext')).toBe('Zoë 😀\n\ttext')
})

test.each([
  ['a\u0000b', 10, 'a\uFFFDb'],
  ['a\ud800b', 10, 'a\uFFFDb'],
  ['ab😀', 3, 'ab'],
  ['ab😀', 4, 'ab😀'],
  ['abc', 0, ''],
])('%j in at most %i units is %j', (text, maxLength, kept) => {
  expect(databaseText(text, maxLength)).toBe(kept)
})
