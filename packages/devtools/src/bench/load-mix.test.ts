import { expect, test } from 'vitest'
import { loadMix } from './load-mix.ts'
import type { LoadKind } from './mail-bodies.ts'
import { median } from './measure.ts'

const mix = loadMix({ mails: 1_000, seed: 1, attachments: true })
const without = loadMix({ mails: 1_000, seed: 1, attachments: false })

test('the same seed makes the same mails, another seed others', () => {
  const bytes = (seed: number) =>
    Buffer.concat(loadMix({ mails: 50, seed, attachments: false }).map((mail) => mail.bytes))
  expect(bytes(7).equals(bytes(7))).toBe(true)
  expect(bytes(7).equals(bytes(8))).toBe(false)
})

test.each([
  ['plain', 50],
  ['alternative', 15],
  ['attachments', 15],
  ['odd', 8],
  ['bounce', 5],
  ['auto-reply', 2],
  ['broken-html', 5],
] satisfies [LoadKind, number][])('of a hundred mails, about %s: %i', (kind, share) => {
  const found = mix.filter((mail) => mail.kind === kind).length / 10
  expect(Math.abs(found - share)).toBeLessThan(4)
})

test('half of the mails are short, and the mean is what the files make of it', () => {
  const sizes = mix.map((mail) => mail.bytes.length)
  expect(median(sizes)).toBeGreaterThan(3_000)
  expect(median(sizes)).toBeLessThan(8_000)
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
  expect(mean).toBeGreaterThan(50_000)
  expect(mean).toBeLessThan(150_000)
})

test('without attachments no mail is large', () => {
  expect(Math.max(...without.map((mail) => mail.bytes.length))).toBeLessThan(60_000)
})

test('no two mails have the same Message-ID', () => {
  const ids = mix.map((mail) => /^Message-ID: (.*)$/m.exec(mail.bytes.toString('latin1'))?.[1])
  expect(new Set(ids).size).toBe(mix.length)
})
