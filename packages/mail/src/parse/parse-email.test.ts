import { createHash } from 'node:crypto'
import type { BlobKey, ParsedEmail, ParseOutcome } from '@maildesk/core'
import { describe, expect, it } from 'vitest'
import { defaultParseLimits, type ParseLimits } from './limits.ts'
import { type PartSink, parseEmail } from './parse-email.ts'

/** Keeps parts in memory, by their hash. */
function memorySink() {
  const kept = new Map<string, Buffer>()
  const sink: PartSink = {
    async put(bytes) {
      const chunks: Uint8Array[] = []
      for await (const chunk of bytes) chunks.push(chunk)
      const all = Buffer.concat(chunks)
      const key = createHash('sha256').update(all).digest('hex') as BlobKey
      kept.set(key, all)
      return { key, size: all.length }
    },
  }
  return { sink, kept }
}

/** In pieces of an odd size, as a network would. */
async function* pieces(raw: Buffer, size = 60_013): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < raw.length; at += size) yield raw.subarray(at, at + size)
}

async function parse(
  raw: string | Buffer,
  limits: Partial<ParseLimits> = {},
): Promise<ParseOutcome & { kept: Map<string, Buffer> }> {
  const { sink, kept } = memorySink()
  const bytes = typeof raw === 'string' ? Buffer.from(raw, 'utf8') : raw
  return { ...(await parseEmail(pieces(bytes), sink, { ...defaultParseLimits, ...limits })), kept }
}

async function parsed(
  raw: string | Buffer,
  limits: Partial<ParseLimits> = {},
): Promise<ParsedEmail & { kept: Map<string, Buffer> }> {
  const outcome = await parse(raw, limits)
  if (!outcome.ok) throw new Error(`${outcome.failure}: ${outcome.detail}`)
  return { ...outcome.email, kept: outcome.kept }
}

const crlf = (...lines: string[]) => lines.join('\r\n')
const codes = (email: ParsedEmail) => email.warnings.map((warning) => warning.code)

/** `levels` multiparts, one in the other. */
function nested(levels: number): string {
  let mail = ''
  for (let level = 0; level < levels; level += 1)
    mail += `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`
  return `${mail}\r\nhello`
}

describe('parseEmail on mails that lack something', () => {
  it.each([
    ['nothing at all', ''],
    ['only an empty line', '\r\n'],
    ['no From, Date, Message-ID', 'Subject: x\r\n\r\nbody'],
    ['no header', '\r\nbody'],
    ['only NUL bytes', '\0\0\0\0'],
    ['a boundary that never comes', 'Content-Type: multipart/mixed; boundary=b\r\n\r\ntext'],
    ['a multipart without boundary', 'Content-Type: multipart/mixed\r\n\r\ntext'],
  ])('accepts %s', async (_, raw) => {
    const email = await parsed(raw)
    expect(email.from).toEqual([])
    expect(email.messageId).toBeNull()
    expect(email.date).toBeNull()
    expect(codes(email)).toContain('date-invalid')
  })

  it('finds the body when no empty line separates it', async () => {
    const email = await parsed('Subject: x\r\nHello there,\nworld')
    expect(email.text).toBe('Hello there,\nworld')
    expect(codes(email)).toContain('no-body-separator')
  })
})

describe('parseEmail on bodies', () => {
  it('replaces NUL and what no database can hold', async () => {
    const email = await parsed('Subject: a\0b\r\nFrom: "x\0y" <a@b.org>\r\n\r\nbo\0dy')
    expect([email.subject, email.text, email.from[0]?.name]).toEqual(['a\uFFFDb', 'bo\uFFFDdy', 'xy'])
  })

  it('decodes undeclared Windows-1252', async () => {
    expect((await parsed(Buffer.from('Subject: x\r\n\r\nGr\xfc\xdfe \x80', 'latin1'))).text).toBe('Grüße €')
    expect((await parsed('Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße €')).text).toBe('Grüße €')
  })

  it('takes damaged UTF-8 for UTF-8', async () => {
    const damaged = Buffer.concat([Buffer.from('\r\nGrüße aus München, öfter ähnlich'), Buffer.from([0xc3])])
    expect((await parsed(damaged)).text).toBe('Grüße aus München, öfter ähnlich\uFFFD')
  })

  it('decodes header fields in raw UTF-8', async () => {
    expect((await parsed('Subject: Grüße\r\nFrom: Jürg <a@b.org>\r\n\r\n')).subject).toBe('Grüße')
  })

  it('renders text from HTML when there is no other', async () => {
    const email = await parsed('Content-Type: text/html\r\n\r\n<p>Hello <b>you</b></p><p>Second</p>')
    expect(email.text).toBe('Hello you\n\nSecond')
    expect(email.html).toContain('<b>you</b>')
    expect(email.parts).toEqual([])
  })

  it('takes the alternatives as one text and one HTML', async () => {
    const email = await parsed(
      crlf(
        'Content-Type: multipart/alternative; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'plain',
        '--b',
        'Content-Type: text/html',
        '',
        '<i>rich</i>',
        '--b--',
        '',
      ),
    )
    expect([email.text, email.html, email.parts]).toEqual(['plain', '<i>rich</i>', []])
  })

  it('shows in each view what only the other has', async () => {
    const email = await parsed(
      crlf(
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        '',
        'first <1>',
        '--b',
        'Content-Type: text/html',
        '',
        '<i>second</i>',
        '--b--',
        '',
      ),
    )
    expect(email.text).toBe('first <1>\nsecond')
    expect(email.html).toBe('<p>first &lt;1&gt;</p><br>\n<i>second</i>')
  })

  it('cuts a long text and keeps the whole as a part', async () => {
    const email = await parsed(`Subject: x\r\n\r\n${'line of text\r\n'.repeat(1_000)}`, { bodyLength: 100 })
    expect(email.text).toHaveLength(100)
    expect(codes(email)).toContain('text-truncated')
    expect(email.parts.map((part) => [part.filename, part.size])).toEqual([['full-text.txt', 13_000]])
  })

  it.each([
    ['200,000 nested elements', '<div>'.repeat(200_000)],
    ['a million siblings', '<b>x</b>'.repeat(250_000)],
    ['unclosed brackets', '<'.repeat(1_000_000)],
    ['120 kB of spaces', `a${' '.repeat(120_000)}b`],
  ])('renders hostile HTML in bounded time: %s', async (_, html) => {
    await parsed(`Content-Type: text/html\r\n\r\n${html}`)
  })
})

describe('parseEmail on parts', () => {
  it('keeps every part that is not the body, byte for byte', async () => {
    const pdf = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256))
    const base64 = (pdf.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n')
    const email = await parsed(
      crlf(
        'Content-Type: multipart/mixed; boundary=m',
        '',
        '--m',
        'Content-Type: multipart/related; boundary=r',
        '',
        '--r',
        'Content-Type: text/html',
        '',
        '<img src="cid:logo@x">',
        '--r',
        'Content-Type: image/png',
        'Content-ID: <logo@x>',
        'Content-Transfer-Encoding: base64',
        '',
        'iVBORw0K',
        '--r--',
        '--m',
        "Content-Type: application/pdf; name*=utf-8''r%C3%A9sum%C3%A9.pdf",
        "Content-Disposition: attachment; filename*0*=utf-8''r%C3%A9su; filename*1*=m%C3%A9.pdf",
        'Content-Transfer-Encoding: base64',
        '',
        base64,
        '--m',
        'Content-Type: message/rfc822',
        'Content-Disposition: inline',
        '',
        'Subject: inner',
        '',
        'inner text',
        '--m',
        'Content-Type: text/calendar; method=REQUEST',
        '',
        'BEGIN:VCALENDAR',
        '--m',
        'Content-Type: text/plain',
        'Content-Disposition: inline; filename="notes.txt"',
        '',
        'notes',
        '--m--',
        '',
      ),
    )
    expect(
      email.parts.map(({ path, filename, contentType, disposition, contentId }) => [
        path,
        filename,
        contentType,
        disposition,
        contentId,
      ]),
    ).toEqual([
      ['1.2', 'part-1.2.png', 'image/png', 'inline', 'logo@x'],
      ['2', 'résumé.pdf', 'application/pdf', 'attachment', null],
      ['3', 'inner.eml', 'message/rfc822', 'inline', null],
      ['4', 'part-4.ics', 'text/calendar', 'attachment', null],
      ['5', 'notes.txt', 'text/plain', 'inline', null],
    ])
    expect(email.kept.get(email.parts[1]?.blob ?? '')?.equals(pdf)).toBe(true)
    expect(email.kept.get(email.parts[2]?.blob ?? '')?.toString()).toBe('Subject: inner\r\n\r\ninner text')
    expect(email.text).not.toContain('inner')
  })

  it('keeps the delivery status of a bounce as a part', async () => {
    const email = await parsed(
      crlf(
        'Content-Type: multipart/report; boundary=b; report-type=delivery-status',
        '',
        '--b',
        '',
        'It bounced',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Final-Recipient: rfc822; a@b',
        '',
        '--b--',
        '',
      ),
    )
    expect(email.text).toBe('It bounced')
    expect(email.parts.map((part) => part.contentType)).toEqual(['message/delivery-status'])
  })

  it('gives the same parts for the same bytes, however they are cut', async () => {
    const raw = Buffer.from(
      crlf(
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: image/gif',
        '',
        'abc',
        '--b',
        'Content-Type: image/gif',
        '',
        'def',
        '--b--',
        '',
      ),
    )
    const { sink } = memorySink()
    const outcomes = await Promise.all(
      [1, 2, 3, 1_000].map((size) => parseEmail(pieces(raw, size), sink, defaultParseLimits)),
    )
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0])
  })
})

describe('parseEmail at its limits', () => {
  it('keeps the first and newest of 5,000 references', async () => {
    const references = Array.from({ length: 5_000 }, (_, i) => `<${i}@x>`).join('\r\n ')
    const email = await parsed(`References: ${references}\r\n\r\n`)
    expect(email.references).toHaveLength(100)
    expect([email.references[0], email.references.at(-1)]).toEqual(['0@x', '4999@x'])
    expect(codes(email)).toContain('references-truncated')
  })

  it('keeps 1,000 addresses', async () => {
    const email = await parsed(`To: ${'a@example.org, '.repeat(20_000)}\r\n\r\n`)
    expect(email.to).toHaveLength(1_000)
    expect(codes(email)).toContain('addresses-truncated')
  })

  it.each([
    ['a subject of 10 MB', () => `Subject: ${'x'.repeat(10_000_000)}\r\n\r\n`],
    [
      '2,000 parts',
      () => `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(2_000)}`,
    ],
    [
      'a million empty parts',
      () => `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(1_000_000)}`,
    ],
    ['10,000 nested multiparts', () => nested(10_000)],
    ['51 nested multiparts', () => nested(52)],
    [
      '201 attachments',
      () =>
        `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: image/png\r\n\r\nx\r\n'.repeat(201)}`,
    ],
    [
      'headers of 5 MB in many parts',
      () =>
        `Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\nX: ${'y'.repeat(900_000)}\r\n\r\nx\r\n`.repeat(5)}`,
    ],
  ])('refuses %s in bounded time', async (_, raw) => {
    const outcome = await parse(raw())
    expect(outcome).toMatchObject({ ok: false, failure: 'limit-exceeded' })
  })

  it('refuses a mail that is too large', async () => {
    expect(await parse('x'.repeat(2_000), { mailBytes: 1_000 })).toMatchObject({
      ok: false,
      failure: 'limit-exceeded',
    })
  })

  it.each([
    [
      '100,000 RFC 2231 parameters',
      `Content-Type: text/plain;${Array.from({ length: 30_000 }, (_, i) => ` n*${i}*=a;`).join('\r\n')}\r\n\r\nx`,
    ],
    ['nested groups', `From: ${Array.from({ length: 10_000 }, (_, i) => `g${i}:`).join('')}\r\n\r\nx`],
    ['half encoded words', `Subject: ${'=?utf-8?Q?'.repeat(50_000)}\r\n\r\nx`],
    ['brackets', `To: ${'(<"'.repeat(100_000)}\r\n\r\nx`],
    ['links', `Subject: x\r\n\r\n${'mailto:'.repeat(100_000)}${'xn--a.'.repeat(2_000)}`],
  ])('reads hostile headers in bounded time: %s', async (_, raw) => {
    await parse(raw)
  })
})

describe('parseEmail and the world around it', () => {
  it('throws what the sink throws', async () => {
    const sink: PartSink = { put: () => Promise.reject(new Error('disk full')) }
    const raw = Buffer.from('Content-Type: image/png\r\n\r\nx')
    await expect(parseEmail(pieces(raw), sink, defaultParseLimits)).rejects.toThrow('disk full')
  })

  it('throws what the source throws', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('Content-Type: image/png\r\n\r\nabc')
      throw new Error('blob gone')
    }
    await expect(parseEmail(broken(), memorySink().sink, defaultParseLimits)).rejects.toThrow('blob gone')
  })
})

it('a paragraph that stands right below the header fields, without an empty line, is part of the body', async () => {
  const raw = 'From: a@x.example\r\nSubject: s\r\nHello there\r\nsecond line\r\n\r\nand more\r\n'
  const email = await parsed(raw)
  expect(email.text).toBe('Hello there\nsecond line\n\nand more\n')
  expect(email.warnings.map(({ code }) => code)).toContain('no-body-separator')
})

it('a line ends with a line feed, however it was sent', async () => {
  expect((await parsed('From: a@x.example\r\n\r\none\rtwo\r\nthree\n')).text).toBe('one\ntwo\nthree\n')
})
