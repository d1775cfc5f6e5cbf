import { describe, expect, it } from 'vitest'
import { parseAddresses } from './addresses.ts'
import { readHeaderFields } from './header-fields.ts'
import { boundReferences, parseMessageIds } from './message-ids.ts'
import { parseDate } from './parse-date.ts'
import { readHeaderSection } from './read-header-section.ts'
import { safeContentType, safeFilename } from './safe-filename.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('parseMessageIds', () => {
  it.each([
    ['<a@b>', ['a@b']],
    ['<a@b> <c@d>', ['a@b', 'c@d']],
    ['<a@b><c@d>', ['a@b', 'c@d']],
    ['<a@b>,\r\n <c@d>', ['a@b', 'c@d']],
    ['<a\r\n @b>', ['a@b']],
    ['a@b', ['a@b']],
    ['a@b, c@d;e@f', ['a@b', 'c@d', 'e@f']],
    ['abc', ['abc']],
    ['Your message of Monday', []],
    ["Joe's message of Monday <a@b>", ['a@b']],
    ['<no-at-sign>', ['no-at-sign']],
    ['<a@b> <a@b>', ['a@b']],
    ['<a@b', ['a@b']],
    ['&lt;a@b&gt;', ['a@b']],
    ['"a@b"', ['a@b']],
    ['[a@b]', ['a@b']],
    ['<<a@b>>', ['a@b']],
    ['<>', []],
    ['', []],
    [`<${'x'.repeat(1_000)}@b>`, []],
  ])('reads %j', (value, ids) => {
    expect(parseMessageIds(value)).toEqual(ids)
  })

  // What is not linear does not end within the time a test may take.
  it('is linear on a megabyte of brackets', () => {
    parseMessageIds('<'.repeat(1_000_000))
    parseMessageIds('<a'.repeat(500_000))
  })

  it('keeps the first and the newest references', () => {
    const ids = parseMessageIds('<1@x> <2@x> <3@x> <4@x> <5@x>')
    expect(boundReferences(ids, 3)).toEqual(['1@x', '4@x', '5@x'])
  })
})

describe('parseDate', () => {
  it.each([
    ['Tue, 01 Jul 2003 10:52:37 +0200', '2003-07-01T08:52:37.000Z'],
    ['1 Jul 2003 10:52 GMT', '2003-07-01T10:52:00.000Z'],
    ['Tue, 1 Jul 03 10:52:37 EST', '2003-07-01T15:52:37.000Z'],
    ['Tue, 1 Jul 2003 10:52:37', '2003-07-01T10:52:37.000Z'],
    ['Tue, 1 July 2003 10:52:37 -0930 (comment)', '2003-07-01T20:22:37.000Z'],
    ['2003-07-01T10:52:37Z', '2003-07-01T10:52:37.000Z'],
    ['Fri, 1 Jan 275760 00:00:00 +0000', null],
    ['Fri, 1 Jan 1969 00:00:00 +0000', null],
    ['1 Jan 2101 00:00:00 +0000', null],
    ['yesterday', null],
    ['', null],
  ])('reads %j', (value, date) => {
    expect(parseDate(value)).toBe(date)
  })
})

describe('safeFilename', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\x.exe', 'x.exe'],
    ['.htaccess', 'htaccess'],
    ['...', 'part-2.txt'],
    ['', 'part-2.txt'],
    ['a\u0000b\r\nc.txt', 'a\uFFFDbc.txt'],
    ['exe.\u202Etxt', 'exe.txt'],
    ['a\u200Bb.txt', 'ab.txt'],
    ['lone\uD800.txt', 'lone\uFFFD.txt'],
    ['dir/', 'part-2.txt'],
  ])('makes %j safe', (name, safe) => {
    expect(safeFilename(name, '2', 'text/plain')).toBe(safe)
  })

  it('cuts long names and keeps the extension', () => {
    const name = safeFilename(`${'ä'.repeat(400)}.pdf`, '1', 'application/pdf')
    expect(name).toHaveLength(255)
    expect(name.endsWith('ä.pdf')).toBe(true)
  })

  it('takes odd content types for bytes', () => {
    expect(['IMAGE/PNG', '', 'a b/c', `x/${'y'.repeat(200)}`].map(safeContentType)).toEqual([
      'image/png',
      'application/octet-stream',
      'application/octet-stream',
      'application/octet-stream',
    ])
  })
})

describe('parseAddresses', () => {
  it.each([
    ['Jane <jane@example.org>', [{ name: 'Jane', address: 'jane@example.org' }]],
    [
      '=?utf-8?Q?J=C3=BCrg=2C_x?= <j@e.org>, b@e.org',
      [
        { name: 'Jürg, x', address: 'j@e.org' },
        { name: '', address: 'b@e.org' },
      ],
    ],
    [
      'Team: a@e.org, b@e.org;',
      [
        { name: '', address: 'a@e.org' },
        { name: '', address: 'b@e.org' },
      ],
    ],
    ['undisclosed-recipients:;', []],
    ['', []],
  ])('reads %j', (value, addresses) => {
    expect(parseAddresses(value, 10).addresses).toEqual(addresses)
  })

  it('never takes an address out of an encoded word', () => {
    const [only] = parseAddresses('=?utf-8?Q?CEO_=3Cceo=40bank.example=3E?= <evil@e.org>', 10).addresses
    expect(only?.address).toBe('evil@e.org')
  })

  it('stops at the limit, quickly', () => {
    const list = parseAddresses('a@e.org,'.repeat(500_000), 1_000)
    expect([list.addresses.length, list.truncated]).toEqual([1_000, true])
    parseAddresses('g:'.repeat(100_000), 1_000)
    parseAddresses('('.repeat(200_000), 1_000)
  })
})

describe('readHeaderFields', () => {
  it('unfolds fields and reads UTF-8 or Windows-1252', () => {
    const { fields } = readHeaderFields(bytes('Subject: a\r\n b\r\nX: \xc3\xa4\r\nY : \xe4\r\n\r\nBody: no'))
    expect(fields).toEqual([
      { name: 'subject', value: 'a b' },
      { name: 'x', value: 'ä' },
      { name: 'y', value: 'ä' },
    ])
  })

  it('skips an mbox line and a byte order mark', () => {
    expect(readHeaderFields(bytes('From a@b Mon\nSubject: x\n\n')).fields).toEqual([
      { name: 'subject', value: 'x' },
    ])
    expect(readHeaderFields(bytes('\xef\xbb\xbfSubject: x\n\n')).fields).toEqual([
      { name: 'subject', value: 'x' },
    ])
  })

  it('tells where a body without a separator begins', () => {
    expect(readHeaderFields(bytes('Subject: x\nHello there\nworld')).strayBodyAt).toBe(11)
  })
})

describe('readHeaderSection', () => {
  it('reads what the ledger shows', () => {
    const raw =
      'From: "A" <a@b.org>\r\nTo: c@d.org\r\nSubject: =?utf-8?B?w6Q=?=\0\r\nMessage-ID: <i@d>\r\nReferences: <r@d>\r\nIn-Reply-To: <p@d>\r\n\r\n'
    expect(readHeaderSection(bytes(raw))).toEqual({
      messageId: 'i@d',
      inReplyTo: ['p@d'],
      references: ['r@d'],
      from: [{ name: 'A', address: 'a@b.org' }],
      subject: 'ä\uFFFD',
      to: [{ name: '', address: 'c@d.org' }],
    })
  })

  it('reads anything without throwing, in bounded time', () => {
    for (const raw of [
      '',
      '\0',
      ': : :',
      '\n',
      'Subject',
      `Subject: ${'=?'.repeat(5_000_000)}`,
      'a:\n'.repeat(3_000_000),
    ]) {
      expect(readHeaderSection(bytes(raw)).messageId).toBeNull()
    }
  })
})
