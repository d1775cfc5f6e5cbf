// Checked by a verifier of its own, written after RFC 6376: what signs is not what tells whether it is signed.
import { createHash, createVerify } from 'node:crypto'
import type { ComposedEmail, Rfc822Id } from '@maildesk/core'
import { expect, test } from 'vitest'
import { buildMime } from './build-mime.ts'
import { createDkimKey, dkimRecord } from './dkim-key.ts'

const privateKey = createDkimKey()
const signing = { domain: 'desk.example', selector: 's1', privateKey }
const email: ComposedEmail = {
  messageId: 'out-1@desk.example' as Rfc822Id,
  date: '2026-01-02T03:04:05.000Z',
  from: { name: 'Grüße', address: 'desk@desk.example' },
  to: [{ name: '', address: 'jane@example.org' }],
  cc: [{ name: '', address: 'joe@example.org' }],
  replyTo: null,
  subject:
    'A subject that is long enough to be folded over two lines, because it does not end where lines do',
  inReplyTo: null,
  references: [],
  headers: [],
  text: 'Hello  \n\n.\nWorld\n\n\n',
  html: '<p>Hello</p>',
}

async function build(signs: boolean): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of buildMime(email, [], signs ? signing : null)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

/** RFC 6376 §3.4.2 and §3.4.4, §3.7. */
function verify(
  raw: string,
  publicKey: string,
): { body: boolean; header: boolean; tags: Record<string, string> } {
  const end = raw.indexOf('\r\n\r\n')
  const fields = raw.slice(0, end).split(/\r\n(?![ \t])/)
  const relaxed = (field: string) => {
    const [name = '', ...value] = field.split(':')
    return `${name.toLowerCase().trim()}:${value
      .join(':')
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()}`
  }
  const signature = fields.find((field) => /^dkim-signature:/i.test(field)) ?? ''
  const tags = Object.fromEntries(
    signature
      .slice(signature.indexOf(':') + 1)
      .split(';')
      .map((tag) => [
        tag.slice(0, tag.indexOf('=')).trim(),
        tag.slice(tag.indexOf('=') + 1).replace(/\s/g, ''),
      ]),
  )
  const lines = raw
    .slice(end + 4)
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
  while (lines.at(-1) === '') lines.pop()
  const hash = createHash('sha256')
    .update(`${lines.join('\r\n')}\r\n`, 'latin1')
    .digest('base64')
  const signed = (tags.h ?? '')
    .split(':')
    .map((name) => fields.find((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`)))
  const unsigned = relaxed(signature).replace(/ b=.*$/, ' b=')
  const data = [...signed.filter((field) => field !== undefined).map(relaxed), unsigned].join('\r\n')
  const pem = `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----`
  const header = createVerify('RSA-SHA256')
    .update(data, 'latin1')
    .verify(pem, tags.b ?? '', 'base64')
  return { body: hash === tags.bh, header, tags }
}

test('a signed mail is the same mail with a signature above it, which anybody can check', async () => {
  const raw = await build(true)
  const published = dkimRecord(privateKey, 's1', 'desk.example')
  const { tags, ...valid } = verify(raw, published.value.replace('v=DKIM1; k=rsa; p=', ''))
  expect(valid).toEqual({ body: true, header: true })
  expect(tags).toMatchObject({ d: 'desk.example', s: 's1', a: 'rsa-sha256' })
  for (const name of ['from', 'to', 'cc', 'subject', 'date', 'message-id'])
    expect(tags.h?.toLowerCase().split(':')).toContain(name)
  expect(raw.endsWith(await build(false))).toBe(true)
  expect(await build(true)).toBe(raw)
  const { header, body } = verify(
    raw.replace('Hello', 'Hallo').replace('jane@', 'eve@'),
    published.value.slice(18),
  )
  expect({ header, body }).toEqual({ header: false, body: false })
})

test('the record names the key and fits into a zone file', () => {
  const { name, value, zoneLine } = dkimRecord(privateKey, 's1', 'desk.example')
  expect(name).toBe('s1._domainkey.desk.example')
  expect(value).toMatch(/^v=DKIM1; k=rsa; p=[A-Za-z0-9+/]{390,}=*$/)
  const strings = [...zoneLine.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text)
  expect(strings.join('')).toBe(value)
  expect(Math.max(...strings.map(({ length }) => length))).toBeLessThanOrEqual(255)
})
