import type { BlobKey, ParsedEmail } from '@maildesk/core'
import { expect, it } from 'vitest'
import { defaultParseLimits } from './limits.ts'
import { parseEmail } from './parse-email.ts'

const sink = {
  async put(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    let size = 0
    for await (const chunk of bytes) size += chunk.length
    return { key: '0'.repeat(64) as BlobKey, size }
  },
}

async function parsed(lines: readonly string[]): Promise<ParsedEmail> {
  const outcome = await parseEmail(
    (async function* () {
      yield Buffer.from(lines.join('\r\n'), 'utf8')
    })(),
    sink,
    defaultParseLimits,
  )
  if (!outcome.ok) throw new Error(outcome.detail)
  return outcome.email
}

it('keeps the texts of a report beside its parts, decoded', async () => {
  const email = await parsed([
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'It failed.',
    '--b',
    'Content-Type: message/global-delivery-status',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('Final-Recipient: utf-8; jörg@customer.example').toString('base64'),
    '--b',
    'Content-Type: Text/RFC822-Headers',
    '',
    'Message-ID: <sent@desk.example>',
    '--b--',
  ])
  expect(email.reportParts).toEqual([
    {
      path: '2',
      contentType: 'message/global-delivery-status',
      text: 'Final-Recipient: utf-8; jörg@customer.example',
    },
    { path: '3', contentType: 'text/rfc822-headers', text: 'Message-ID: <sent@desk.example>' },
  ])
  expect(email.parts.map(({ path }) => path)).toEqual(['2', '3'])
})

it('keeps only the beginning of a returned mail, and only sixteen of them', async () => {
  const mail = ['--b', 'Content-Type: message/rfc822', '', 'Subject: x', '', 'y'.repeat(100_000)]
  const email = await parsed([
    'Content-Type: multipart/mixed; boundary=b',
    '',
    ...Array(20).fill(mail).flat(),
    '--b--',
  ])
  expect(email.reportParts).toHaveLength(16)
  expect(email.reportParts.map(({ text }) => text.length)).toEqual(Array(16).fill(64 * 1024))
  expect(email.parts[0]?.size).toBeGreaterThan(100_000)
})

it('shows the text of a multipart whose boundary never comes', async () => {
  const email = await parsed([
    'Content-Type: multipart/report; boundary=one',
    '',
    '--two',
    '',
    'It failed.',
    '--two--',
  ])
  expect(email.text).toContain('It failed.')
})

it('leaves the preamble of a good multipart out', async () => {
  const email = await parsed([
    'Content-Type: multipart/mixed; boundary=b',
    '',
    'This is MIME.',
    '--b',
    '',
    'Hello',
    '--b--',
  ])
  expect(email.text.trim()).toBe('Hello')
})
