import { anAddress, anEmail, aPart, type EmailFields } from '@maildesk/testkit/an-email'
import { expect, test } from 'vitest'
import { contentHash } from './content-identity.ts'

const original: EmailFields = { html: '<p>stuck</p>', parts: [aPart()] }

test('it is a SHA-256 in hex, the same for the same mail', () => {
  expect(contentHash(anEmail(original))).toMatch(/^[0-9a-f]{64}$/)
  expect(contentHash(anEmail(original))).toBe(contentHash(anEmail(original)))
})

test.each<[string, EmailFields]>([
  [
    'the way it travelled',
    {
      headers: {
        received: ['from a', 'from b'],
        'delivered-to': 'sales@desk.example',
        'return-path': '<x@y.example>',
      },
    },
  ],
  ['the addressee', { to: [anAddress('sales@desk.example')] }],
  ['the letter case of the sender', { from: [anAddress('ADA@customer.example', 'Somebody else')] }],
  ['warnings of the parser', { warnings: [{ code: 'charset-guessed', detail: 'utf-8' }] }],
  ['how a part is described', { parts: [aPart({ path: '3', contentType: 'application/x-pdf' })] }],
])('%s does not matter', (_what, changed) => {
  expect(contentHash(anEmail({ ...original, ...changed }))).toBe(contentHash(anEmail(original)))
})

test.each<[string, EmailFields]>([
  ['sender', { from: [anAddress('eve@evil.example')] }],
  ['number of senders', { from: [] }],
  ['date', { date: '2026-11-22T09:00:01.000Z' }],
  ['absence of a date', { date: null }],
  ['subject', { subject: 'The engine is stuck!' }],
  ['text', { text: 'It turns.\n' }],
  ['HTML', { html: '<p>stuck!</p>' }],
  ['absence of HTML', { html: null }],
  ['bytes of a part', { parts: [aPart({ blob: 'b'.repeat(64) })] }],
  ['name of a part', { parts: [aPart({ filename: 'other.pdf' })] }],
  ['number of parts', { parts: [aPart(), aPart({ path: '3' })] }],
])('the %s matters', (_what, changed) => {
  expect(contentHash(anEmail({ ...original, ...changed }))).not.toBe(contentHash(anEmail(original)))
})

test('text that moves from one field to the next makes another mail', () => {
  const one = contentHash(anEmail({ subject: 'a', text: 'bc' }))
  expect(contentHash(anEmail({ subject: 'ab', text: 'c' }))).not.toBe(one)
})
