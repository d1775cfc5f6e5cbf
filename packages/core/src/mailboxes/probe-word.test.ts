import { expect, test } from 'vitest'
import { isProbeWord, signProbeWord } from './probe-word.ts'

const keys = ['a'.repeat(32), 'b'.repeat(32)]

test('a word of ours is known by itself and as a Message-ID, in any case, with any key of the ring', () => {
  const word = signProbeWord('abcdefgh', keys)
  expect(isProbeWord(word, keys)).toBe(true)
  expect(isProbeWord(`<${word.toUpperCase()}@desk.example>`, keys)).toBe(true)
  expect(isProbeWord(`<${word}@desk.example>`, ['c'.repeat(32), ...keys])).toBe(true)
})

test.each([
  ['a flipped letter', (word: string) => word.replace('probe.a', 'probe.b')],
  ['a cut mac', (word: string) => word.slice(0, -1)],
  ['words before it', (word: string) => `x${word}`],
])('%s is none', (_, change) => {
  expect(isProbeWord(change(signProbeWord('abcdefgh', keys)), keys)).toBe(false)
})

test('a word of another desk is none', () => {
  expect(isProbeWord(signProbeWord('abcdefgh', ['z'.repeat(32)]), keys)).toBe(false)
})
