import { expect, test } from 'vitest'
import { type BlobLook, isDiskLow, judgeBlob } from './deep-findings.ts'

const sound: BlobLook = { expectedSize: 10, size: 10, hashFits: true }

test.each<[string, Partial<BlobLook>, string | undefined]>([
  ['sound', {}, undefined],
  ['sound as far as one looked', { hashFits: undefined }, undefined],
  ['of a row that tells no size', { expectedSize: null }, undefined],
  ['not there', { size: undefined, hashFits: undefined }, 'blob-missing'],
  ['too short, whatever its bytes', { size: 9 }, 'blob-corrupt'],
  ['empty', { size: 0 }, 'blob-corrupt'],
  ['of the right size with other bytes', { hashFits: false }, 'blob-corrupt'],
  ['with other bytes where no size is told', { expectedSize: null, hashFits: false }, 'blob-corrupt'],
])('a blob that is %s', (_, look, finding) => {
  expect(judgeBlob({ ...sound, ...look })).toBe(finding)
})

const gib = 1024 ** 3

test.each([
  [2 * gib, 20 * gib, false],
  [gib - 1, 4 * gib, true],
  [4 * gib, 100 * gib, true],
  [5 * gib, 100 * gib, false],
  [20 * gib, 10_000 * gib, false],
  [19 * gib, 10_000 * gib, true],
])('%i bytes free of %i: low is %s', (freeBytes, totalBytes, low) => {
  expect(isDiskLow({ freeBytes, totalBytes })).toBe(low)
})
