import { expect, test } from 'vitest'
import { restrictionOf } from './restrict-part.ts'

const allows = (allowed: string, contentType: string) =>
  restrictionOf({ contentType, size: 1 }, { allowedTypes: [allowed], maxBytes: 1 }) === undefined

test.each([
  ['image/*', 'image/png', true],
  ['image/*', 'image/', true],
  ['image/*', 'images/png', false],
  ['image/*', 'application/image/png', false],
  ['application/pdf', 'application/pdf', true],
  ['application/pdf', 'application/pdf2', false],
  ['*', 'anything/at-all', true],
  ['*/json', 'application/json', true],
  ['*/json', 'application/json5', false],
  ['application/*+xml', 'application/atom+xml', true],
  ['application/*+xml', 'application/xml', false],
  ['application/vnd.*.document*', 'application/vnd.openxml.document.main', true],
  ['application/vnd.*.document*', 'application/vnd.openxml.sheet', false],
  ['a*ba', 'aba', true],
  ['ab*ba', 'aba', false],
  ['a*b*b', 'ab', false],
])('the pattern %s and the type %s: %s', (allowed, contentType, fits) => {
  expect(allows(allowed, contentType)).toBe(fits)
})

test('a file of the largest size is accepted, one byte more is not', () => {
  const policy = { allowedTypes: ['text/plain', 'image/*'], maxBytes: 100 }
  expect(restrictionOf({ contentType: 'image/png', size: 100 }, policy)).toBeUndefined()
  expect(restrictionOf({ contentType: 'image/png', size: 101 }, policy)).toBe('too-large')
})

test('a file at fault twice is called too large, and with no types allowed none is', () => {
  expect(restrictionOf({ contentType: 'x/y', size: 2 }, { allowedTypes: [], maxBytes: 1 })).toBe('too-large')
  expect(restrictionOf({ contentType: 'x/y', size: 1 }, { allowedTypes: [], maxBytes: 1 })).toBe(
    'type-not-allowed',
  )
})
