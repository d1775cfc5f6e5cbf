import { expect, test } from 'vitest'
import { imageTypeOf } from './image-type.ts'

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))

test.each([
  ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image/png'],
  ['\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg'],
  ['GIF87a\x01\0', 'image/gif'],
  ['GIF89a\x01\0', 'image/gif'],
  ['RIFF\x10\0\0\0WEBPVP8 ', 'image/webp'],
])('%j is the beginning of %s', (text, type) => {
  expect(imageTypeOf(bytes(text))).toBe(type)
})

test.each([
  ['nothing', ''],
  ['HTML', '<html><img src=x onerror=C()>'],
  ['a vector picture', '<svg onload=C()>'],
  ['a PDF', '%PDF-1.7'],
  ['a sound', 'RIFF\x10\0\0\0WAVEfmt '],
  ['half a signature', '\x89PNG'],
  ['a signature that comes later', ' GIF89a'],
])('%s is no picture', (_what, text) => {
  expect(imageTypeOf(bytes(text))).toBeUndefined()
})
