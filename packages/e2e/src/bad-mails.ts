// Mails that no decent program writes, each with what is bad about it.
import { createHash } from 'node:crypto'

export interface BadMail {
  readonly what: string
  readonly raw: Buffer
}

const megabyte = 1024 * 1024

/** All bad mails; the same ones at every call. */
export function badMails(to: string): BadMail[] {
  let number = 0
  /** Fields as text or bytes; those named null are left out. */
  const mail = (
    what: string,
    fields: Record<string, string | Buffer | null>,
    body: string | Buffer = 'hello\r\n',
  ): BadMail => {
    number += 1
    const whole: Record<string, string | Buffer | null> = {
      From: `Mallory <mallory-${number}@customers.example>`,
      To: to,
      Subject: `bad ${number}: ${what}`,
      Date: 'Sun, 22 Nov 2026 09:00:00 +0000',
      'Message-ID': `<bad-${number}@customers.example>`,
      ...fields,
    }
    const head = Object.entries(whole).flatMap(([name, value]) =>
      value === null ? [] : [Buffer.from(`${name}: `), Buffer.from(value as string), Buffer.from('\r\n')],
    )
    return { what, raw: Buffer.concat([...head, Buffer.from('\r\n'), Buffer.from(body as string)]) }
  }
  const multipart = (what: string, parts: readonly string[]): BadMail =>
    mail(
      what,
      { 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary=b' },
      `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`,
    )
  const attachment = (name: string | Buffer): BadMail => {
    const head = Buffer.from(
      '--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=',
    )
    const tail = Buffer.from('\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n')
    return mail(
      `attachment named ${JSON.stringify(name.toString('latin1'))}`,
      { Subject: 'a file', 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary=b' },
      Buffer.concat([head, Buffer.from(name as string), tail]),
    )
  }

  return [
    { what: 'random bytes', raw: randomBytes(64 * 1024) },
    { what: 'one byte', raw: Buffer.from('x') },
    { what: 'line ends only', raw: Buffer.from('\r\n\r\n\r\n') },
    mail('no body', {}, ''),
    mail('no From', { From: null }),
    mail('an empty From', { From: '' }),
    mail('a group as From', { From: 'undisclosed: a@customers.example, b@customers.example;' }),
    mail('an empty group as From', { From: 'undisclosed-recipients:;' }),
    mail('two addresses in From', { From: 'one@customers.example, two@customers.example' }),
    mail('a From that is no address', { From: '"@@@" <not an address>, <<>>, ,;' }),
    mail('no Date', { Date: null }),
    mail('a Date that is none', { Date: 'the day after tomorrow' }),
    mail('a Date beyond the calendar', { Date: 'Fri, 31 Feb 292277026596 25:61:61 +9999' }),
    mail('no Message-ID', { 'Message-ID': null }),
    mail('a Message-ID of 100 kB', { 'Message-ID': `<${'m'.repeat(100_000)}@customers.example>` }),
    mail('References with 5 000 entries', {
      References: Array.from({ length: 5000 }, (_, index) => `<ref-${index}@customers.example>`).join(
        '\r\n ',
      ),
    }),
    mail('NUL in the header', { Subject: 'before\u0000after', 'X-Nul': '\u0000' }),
    mail('NUL in the body', {}, 'before\u0000after\r\n'),
    mail('a subject of 10 MB', { Subject: 's'.repeat(10 * megabyte) }),
    mail('a header line of 2 MB', { 'X-Long': 'l'.repeat(2 * megabyte) }),
    mail('20 000 header fields', { 'X-First': `1${'\r\nX-More: 1'.repeat(20_000)}` }),
    mail('an 8-bit header', {
      Subject: Buffer.from('Gr\u00fc\u00dfe', 'latin1'),
      'X-Utf8': 'Gr\u00fc\u00dfe',
    }),
    mail(
      'invalid UTF-8',
      { 'Content-Type': 'text/plain; charset=utf-8' },
      Buffer.from([0xc3, 0x28, 0xff, 0xed, 0xa0, 0x80]),
    ),
    mail('lone surrogates', { Subject: '=?utf-16be?B?2AA=?= =?utf-8?B?7aCA?=' }, 'text\r\n'),
    mail('an unknown charset', {
      'Content-Type': 'text/plain; charset=klingon',
      Subject: '=?klingon?Q?=FF?=',
    }),
    mail('an unknown encoding', { 'Content-Transfer-Encoding': 'x-rot13' }),
    mail(
      '5 MB of base64 in one line',
      { 'Content-Transfer-Encoding': 'base64' },
      'QUJD'.repeat((5 * megabyte) / 4),
    ),
    multipart('2 000 parts', Array<string>(2000).fill('Content-Type: text/plain\r\n\r\npart')),
    mail(
      'nested 10 000 deep',
      { 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary=b0' },
      nested(10_000),
    ),
    mail('a multipart without a boundary', { 'Content-Type': 'multipart/mixed' }),
    multipart('a multipart that never ends', [
      'Content-Type: text/html\r\n\r\n<p>'.repeat(3),
      'Content-Type: multipart/alternative; boundary=never\r\n\r\n',
    ]),
    attachment('"../../../../etc/passwd"'),
    attachment('"C:\\\\windows\\\\system32\\\\evil.dll"'),
    attachment(Buffer.from('"invoice\u202Efdp.exe"')),
    attachment(Buffer.from('"a\u0000b.pdf"')),
    attachment(`"${'n'.repeat(10_000)}.pdf"`),
    attachment('""'),
  ]
}

function nested(depth: number): string {
  return Array.from(
    { length: depth },
    (_, index) => `--b${index}\r\nContent-Type: multipart/mixed; boundary=b${index + 1}\r\n\r\n`,
  ).join('')
}

/** Bytes without order, the same at every call. */
function randomBytes(count: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, index) =>
    createHash('sha256').update(String(index)).digest(),
  )
  return Buffer.concat(blocks).subarray(0, count)
}
