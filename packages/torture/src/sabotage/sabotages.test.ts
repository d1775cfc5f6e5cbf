import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { patched } from './sabotage.ts'
import { sabotages } from './sabotages.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

test('there are twenty, numbered in order', () => {
  expect(sabotages.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
})

test.each(sabotages)(
  '$number $name finds what it changes exactly once in the product of today',
  ({ patches }) => {
    for (const patch of patches) {
      const text = readFileSync(`${root}${patch.file}`, 'utf8')
      expect(patched(text, patch)).not.toBe(text)
    }
  },
)

test('a sabotage whose text is not there, or twice, is an error', () => {
  const patch = { file: 'a.ts', find: 'x', replace: 'y' }
  expect(() => patched('z', patch)).toThrow('0 places')
  expect(() => patched('x x', patch)).toThrow('2 places')
})
