import type { ComposedEmail, Rfc822Id } from '@maildesk/core'
import fc from 'fast-check'
import PostalMime, { type Email } from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { buildMime, type OutgoingFile } from './build-mime.ts'

const plain: ComposedEmail = {
  messageId: 'out-1@desk.example' as Rfc822Id,
  date: '2026-01-02T03:04:05.000Z',
  from: { name: 'Desk', address: 'desk@desk.example' },
  to: [{ name: 'Jürg, Jr.', address: 'jane@example.org' }],
  cc: [],
  replyTo: { name: '', address: 'desk+t@desk.example' },
  subject: 'Re: Grüße',
  inReplyTo: 'in@example.org' as Rfc822Id,
  references: ['root@example.org', 'in@example.org'] as Rfc822Id[],
  headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }],
  text: 'Hello\n.\nWorld — ✓',
  html: '<p>Hello</p>',
}

async function build(email: ComposedEmail, files: readonly OutgoingFile[] = []): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of buildMime(email, files)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function file(filename: string, contentType: string, bytes: Uint8Array): OutgoingFile {
  return {
    filename,
    contentType,
    open: () =>
      Promise.resolve(
        (async function* () {
          yield bytes
        })(),
      ),
  }
}

const read = async (raw: Buffer): Promise<Email> => PostalMime.parse(raw)
const names = (email: Email) => email.headers.map((header) => header.key).sort()

describe('buildMime', () => {
  it('says what was composed, as another parser reads it', async () => {
    const email = await read(await build(plain))
    expect(email).toMatchObject({
      from: { name: 'Desk', address: 'desk@desk.example' },
      to: [{ name: 'Jürg, Jr.', address: 'jane@example.org' }],
      replyTo: [{ address: 'desk+t@desk.example' }],
      subject: 'Re: Grüße',
      messageId: '<out-1@desk.example>',
      inReplyTo: '<in@example.org>',
      references: '<root@example.org> <in@example.org>',
      date: '2026-01-02T03:04:05.000Z',
      text: 'Hello\n.\nWorld — ✓\n',
    })
    expect(email.html).toContain('<p>Hello</p>')
    expect(names(email)).toEqual([
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'in-reply-to',
      'message-id',
      'mime-version',
      'references',
      'reply-to',
      'subject',
      'to',
    ])
  })

  it('gives the same bytes each time, CRLF and ASCII only, no line beyond 998', async () => {
    const first = await build(plain, [file('a.bin', 'application/pdf', Buffer.alloc(5_000, 7))])
    const second = await build(plain, [file('a.bin', 'application/pdf', Buffer.alloc(5_000, 7))])
    expect(first.equals(second)).toBe(true)
    const text = first.toString('latin1')
    expect(text.replaceAll('\r\n', '')).toMatch(/^[\t\x20-\x7e]*$/)
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
  })

  it('carries files byte for byte, opened only when their turn comes', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 11) % 256))
    const email = await read(
      await build(plain, [
        file('../übel.pdf', 'application/pdf', bytes),
        file('m.eml', 'message/rfc822', bytes),
      ]),
    )
    expect(
      email.attachments.map(({ filename, mimeType, disposition }) => [filename, mimeType, disposition]),
    ).toEqual([
      ['übel.pdf', 'application/pdf', 'attachment'],
      ['m.eml', 'application/octet-stream', 'attachment'],
    ])
    for (const { content } of email.attachments)
      expect(Buffer.from(content as ArrayBuffer).equals(bytes)).toBe(true)
  })

  it('fails when a file cannot be opened', async () => {
    const missing: OutgoingFile = {
      filename: 'x',
      contentType: 'text/plain',
      open: () => Promise.reject(new Error('no such blob')),
    }
    await expect(build(plain, [missing])).rejects.toThrow('no such blob')
  })

  it('reads no file and no address that a text names', async () => {
    const email = await read(
      await build({
        ...plain,
        text: '/etc/passwd',
        html: 'file:///etc/passwd',
        subject: 'http://127.0.0.1/',
      }),
    )
    expect([email.text?.trim(), email.html?.trim(), email.attachments]).toEqual([
      '/etc/passwd',
      'file:///etc/passwd',
      [],
    ])
  })

  it.each([
    { ...plain, to: [{ name: '', address: 'a@b.org\r\nBcc: v@evil.org' }] },
    { ...plain, from: { name: '', address: '"a@b x"@c.org' } },
    { ...plain, headers: [{ name: 'Bcc', value: 'v@evil.org' }] },
    { ...plain, headers: [{ name: 'X\r\nBcc', value: 'v@evil.org' }] },
    { ...plain, headers: [{ name: 'Content-Type', value: 'text/html' }] },
  ])('refuses what would be another mail (%#)', async (email) => {
    await expect(build(email)).rejects.toMatchObject({ code: 'smtp.rejected' })
  })

  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({
      unit: fc.constantFrom(
        '\r',
        '\n',
        '\0',
        ' ',
        '\t',
        ':',
        ',',
        ';',
        '<',
        '>',
        '"',
        '(',
        ')',
        '@',
        '=',
        '?',
        '.',
        '-',
        'a',
        'é',
        '\u2028',
        '\x7f',
        '\ud800',
      ),
      maxLength: 80,
    }),
    fc.constantFrom(
      '\r\nBcc: v@evil.org',
      'x\r\n\r\nbody',
      'a\nTo: v@evil.org',
      '\r\n.\r\n',
      '.\r\nMAIL FROM:<x@y>',
      '%0d%0aBcc: v@evil.org',
      '=?utf-8?Q?=0D=0ABcc:_v@evil.org?=',
      '\u2028Bcc: v@evil.org',
      `${'x'.repeat(2_000)}`,
      '<v@evil.org>',
      '"',
      '\\',
    ),
  )

  it('keeps its header set, its recipients and its one body for any strings', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          subject: hostile,
          name: hostile,
          header: hostile,
          id: hostile,
          text: hostile,
          filename: hostile,
          contentType: hostile,
        }),
        async (given) => {
          const email = await read(
            await build(
              {
                ...plain,
                from: { name: given.name, address: 'desk@desk.example' },
                to: [{ name: given.name, address: 'jane@example.org' }],
                cc: [{ name: given.name, address: 'cc@example.org' }],
                replyTo: null,
                subject: given.subject,
                inReplyTo: given.id as Rfc822Id,
                references: [given.id, given.id] as Rfc822Id[],
                headers: [{ name: 'X-Desk', value: `v ${given.header}` }],
                text: `text ${given.text}`,
                html: null,
              },
              [file(given.filename, given.contentType, Buffer.from('bytes'))],
            ),
          )
          const allowed = new Set([
            'x-desk',
            'content-type',
            'date',
            'from',
            'in-reply-to',
            'message-id',
            'mime-version',
            'references',
            'subject',
            'to',
            'cc',
          ])
          expect(names(email).filter((name) => !allowed.has(name))).toEqual([])
          expect(new Set(names(email)).size).toBe(names(email).length)
          expect(
            [email.from, ...(email.to ?? []), ...(email.cc ?? [])].map((entry) => entry?.address),
          ).toEqual(['desk@desk.example', 'jane@example.org', 'cc@example.org'])
          expect(email.bcc ?? []).toEqual([])
          expect(email.attachments).toHaveLength(1)
          const sent = `text ${given.text}`.toWellFormed().replaceAll('\0', '').replace(/\r\n?/g, '\n')
          expect(email.text?.replace(/\n+$/, '')).toBe(sent.replace(/\n+$/, ''))
        },
      ),
      { numRuns: 300 },
    )
  })
})
