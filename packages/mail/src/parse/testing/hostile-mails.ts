// Mails made to cost a parser time, memory or its life, each after an attack that worked on somebody. For tests only.

export interface HostileMail {
  readonly name: string
  /** What must become of it: bounded work, or a refusal that names the limit. Its raw bytes are kept either way. */
  readonly becomes: 'understood' | 'limit-exceeded'
  readonly raw: () => Buffer
}

const from = 'From: Attacker <attacker@made.example>\r\n'
const times = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => make(at))
/** A header section of 900 kB at most: just within what one part may have. */
const filled = (piece: string, length = 900_000) => piece.repeat(Math.floor(length / piece.length))
const multipart = (body: string, type = 'multipart/mixed') =>
  `${from}Content-Type: ${type}; boundary=b\r\n\r\n${body}`
const html = (body: string) => `${from}Content-Type: text/html; charset=utf-8\r\n\r\n${body}`
const text = (body: string) => `${from}Subject: x\r\n\r\n${body}`

function nested(levels: number, type: (level: number) => string): string {
  return `${from}${times(levels, type).join('')}Subject: innermost\r\n\r\nhello\r\n`
}

const nestedMultipart = (level: number) =>
  `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`

function row(name: string, becomes: HostileMail['becomes'], raw: () => string | Buffer): HostileMail {
  return {
    name,
    becomes,
    raw: () => {
      const made = raw()
      return typeof made === 'string' ? Buffer.from(made, 'latin1') : made
    },
  }
}

const structures: readonly HostileMail[] = [
  row('a million empty parts', 'limit-exceeded', () => multipart('--b\r\n\r\n'.repeat(1_000_000))),
  row('a million parts of empty mails', 'limit-exceeded', () =>
    multipart('--b\r\n\r\n'.repeat(1_000_000), 'multipart/digest'),
  ),
  row('10,000 nested multiparts', 'limit-exceeded', () => nested(10_000, nestedMultipart)),
  row('10,000 nested mails', 'understood', () =>
    nested(10_000, () => 'Content-Type: message/rfc822\r\n\r\n'),
  ),
  row('10,000 nested multiparts and mails', 'understood', () =>
    nested(
      10_000,
      (level) => nestedMultipart(level) + (level % 2 === 0 ? '' : 'Content-Type: message/rfc822\r\n\r\n'),
    ),
  ),
  row('10,000 nested mails in base64', 'understood', () =>
    nested(10_000, () => 'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n'),
  ),
  row('200 attached mails', 'understood', () =>
    multipart('--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nz\r\n'.repeat(200)),
  ),
  row('200 attached mails of 499 parts each', 'understood', () =>
    multipart(
      `--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n${'--c\r\n\r\n'.repeat(499)}\r\n`.repeat(
        200,
      ),
    ),
  ),
  row('every boundary a prefix of the next', 'limit-exceeded', () =>
    nested(60, (level) => nestedMultipart(level).replaceAll(`b${level}`, 'b'.repeat(level + 1))),
  ),
  row('a file in a place of many digits', 'understood', () =>
    nested(45, (level) =>
      nestedMultipart(level).replace(`--b${level}\r\n`, `${`--b${level}\r\n\r\n`.repeat(9)}--b${level}\r\n`),
    ).replace('Subject: innermost', 'Content-Type: image/png'),
  ),
  row(
    'a boundary of what is no multipart',
    'understood',
    () =>
      `${from}Content-Type: x/y; boundary=b\r\n\r\nz\r\n--b\r\nContent-Type: x/z\r\n\r\n${'--b\r\nContent-Type: x/y; boundary=b\r\n\r\n'.repeat(20)}`,
  ),
  row('lines that nearly are boundaries', 'understood', () =>
    multipart(`--b\r\n\r\n${'--bb\r\n--\r\n-b\r\n'.repeat(100_000)}`),
  ),
  row('a boundary of 900,000 characters', 'understood', () => {
    const boundary = 'b'.repeat(900_000)
    return `${from}Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\n\r\nx`
  }),
  row('one line of 40 MB', 'understood', () => text('x'.repeat(40_000_000))),
  row('ten million line ends', 'understood', () => text('\n'.repeat(10_000_000))),
  row('ten million carriage returns', 'understood', () => text('\r'.repeat(10_000_000))),
]

const addressFields = ['From', 'To', 'Cc', 'Reply-To'].flatMap((field) => [
  row(
    `${field}: 10,000 nested groups`,
    'understood',
    () => `${field}: ${times(10_000, (at) => `g${at}:`).join('')}\r\n\r\nx`,
  ),
  row(`${field}: 200,000 commas`, 'understood', () => `${field}: ${'a,,;'.repeat(200_000)}\r\n\r\nx`),
  row(
    `${field}: 500,000 addresses`,
    'limit-exceeded',
    () => `${field}: ${'ab@c.example,'.repeat(500_000)}\r\n\r\nx`,
  ),
  row(`${field}: 900 kB of addresses`, 'understood', () => `${field}: ${filled('a@b.cc,')}\r\n\r\nx`),
  row(`${field}: brackets that never close`, 'understood', () => `${field}: ${filled('(<"\\')}\r\n\r\nx`),
  row(`${field}: 300,000 comments`, 'understood', () => `${field}: ${filled('(a)')} x@made.example\r\n\r\nx`),
])

const headers: readonly HostileMail[] = [
  ...addressFields,
  row(
    'an empty From and groups without members',
    'understood',
    () => 'From:\r\nTo: a:;, b:;\r\nCc: <>, <@>, @\r\n\r\nx',
  ),
  row(
    '100,000 RFC 2231 parameters',
    'limit-exceeded',
    () =>
      `${from}Content-Type: text/plain;\r\n${times(100_000, (at) => ` filename*${at}*=a;\r\n`).join('')}\r\nx`,
  ),
  row(
    '15,000 RFC 2231 parameters',
    'understood',
    () =>
      `${from}Content-Disposition: attachment;\r\n${times(15_000, (at) => ` filename*${at}*=a;\r\n`).join('')}\r\nx`,
  ),
  row(
    'RFC 2231 parameters numbered to the sky',
    'understood',
    () =>
      `${from}Content-Type: text/plain; ${times(500, (at) => `n*${10 ** (at % 20)}*=a; n*999999999=b`).join('; ')}\r\n\r\nx`,
  ),
  row('300,000 parameters', 'understood', () => `${from}Content-Type: text/plain${filled(';a=')}\r\n\r\nx`),
  row('50 MB of header lines', 'limit-exceeded', () => Buffer.alloc(50_000_000, 'X-Y: zzzzz\r\n')),
  row('50 MB of one header field', 'limit-exceeded', () =>
    Buffer.concat([Buffer.from('X: '), Buffer.alloc(50_000_000, 'y')]),
  ),
  row('headers of 5 MB in many parts', 'limit-exceeded', () =>
    multipart(times(6, () => `--b\r\nX: ${'y'.repeat(900_000)}\r\n\r\nx\r\n`).join('')),
  ),
  row(
    '15,000 Received and list fields',
    'understood',
    () => `${from}${'Received: from a by b; c\r\nList-Id: <a>\r\n'.repeat(7_500)}\r\nx`,
  ),
  row(
    'a field folded at every character',
    'understood',
    () => `Subject:${filled('\r\n x', 60_000)}\r\n${from}\r\nx`,
  ),
  row(
    'a subject of half encoded words',
    'understood',
    () => `${from}Subject: ${filled('=?utf-8?Q?')}\r\n\r\nx`,
  ),
  row(
    'a subject of 40,000 encoded words',
    'understood',
    () => `${from}Subject: ${filled('=?utf-8?B?w6Q=?= ')}\r\n\r\nx`,
  ),
  row(
    'a subject of encoded words in 500 character sets',
    'understood',
    () => `${from}Subject: ${times(500, (at) => `=?x-set-${at}?Q?=E4?=`).join(' ')}\r\n\r\nx`,
  ),
  row(
    'a subject of Re: and tags',
    'understood',
    () => `${from}Subject: ${filled('Re: Fwd: [x] AW[2]: ')}\r\n\r\nx`,
  ),
  row(
    '900 kB of references',
    'understood',
    () => `${from}References: ${filled('<a@b> ')}\r\nIn-Reply-To: ${filled('<', 90_000)}\r\n\r\nx`,
  ),
  row('a date of 900 kB', 'understood', () => `${from}Date: ${filled('Mon, 1 ')}\r\n\r\nx`),
]

const bodies: readonly HostileMail[] = [
  row("'xn--a.' repeated", 'understood', () =>
    text(`${'xn--a.'.repeat(27)}xn\r\n${'http://xn--a.'.repeat(20_000)}`),
  ),
  row('addresses of pages without end', 'understood', () => text('http://a.b/c?d='.repeat(32_000))),
  row("'mailto:' repeated", 'understood', () => text('mailto:'.repeat(100_000))),
  row('120 kB of inner spaces', 'understood', () => text(`a${' '.repeat(120_000)}b`)),
  row('120 kB of inner spaces, line after line', 'understood', () =>
    text(`a${' '.repeat(1_200)}b\r\n`.repeat(1_000)),
  ),
  row('a million quote marks', 'understood', () => text('>'.repeat(1_000_000))),
  row('100,000 lines of quote marks', 'understood', () => text('> > >\r\n'.repeat(100_000))),
  row('100,000 lines that open a quote', 'understood', () =>
    text('On Mon, Mar 2, 2026 at 10:00 AM A <a@b.cc> wrote:\r\n'.repeat(20_000)),
  ),
  row('a line that opens a quote without end', 'understood', () =>
    text(`On ${'Mon, <a@b> '.repeat(100_000)}wrote`),
  ),
  row('100,000 signature marks', 'understood', () => text('-- \r\n'.repeat(100_000))),
  row('100,000 header blocks', 'understood', () =>
    text('From: a\r\nSent: b\r\nTo: c\r\nSubject: d\r\n\r\n'.repeat(30_000)),
  ),
  row('20,000 forward marks', 'understood', () =>
    text('---------- Forwarded message ---------\r\nFrom: x <a@b.cc>\r\n'.repeat(20_000)),
  ),
  row('dashes and underscores', 'understood', () =>
    text(`${'-'.repeat(500_000)}\r\n${'_'.repeat(500_000)}\r\n${'- _*='.repeat(100_000)}`),
  ),
  row(
    '100,000 lines of a bounce in prose',
    'understood',
    () =>
      `From: MAILER-DAEMON@made.example\r\nReturn-Path: <>\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n${'<a@b.cc>: host x said: 550 5.1.1 no such user\r\n'.repeat(100_000)}`,
  ),
  row('a delivery report on 100,000 recipients', 'understood', () =>
    multipart(
      `--b\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n${'Final-Recipient: rfc822; a@b.cc\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n'.repeat(100_000)}--b--\r\n`,
      'multipart/report; report-type=delivery-status',
    ),
  ),
  row('a million files in uuencode', 'understood', () => text('begin 644 a\r\n`\r\nend\r\n'.repeat(200_000))),
  row('a file in uuencode that never ends', 'understood', () =>
    text(`begin 644 a\r\n${'M'.repeat(61)}\r\n`.repeat(100_000)),
  ),
  row('a TNEF file of lengths that lie', 'understood', () =>
    multipart(
      Buffer.concat([
        Buffer.from(
          '--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n',
        ),
        Buffer.from(
          Buffer.concat([
            Buffer.from('789f3e220100', 'hex'),
            ...times(50_000, () => '').map(() => Buffer.from('020290060008000000ffffffff', 'hex')),
          ]).toString('base64'),
        ),
        Buffer.from('\r\n--b--\r\n'),
      ]).toString('latin1'),
    ),
  ),
  row(
    'quoted-printable of nothing but signs',
    'understood',
    () =>
      `${from}Content-Transfer-Encoding: quoted-printable\r\n\r\n${'='.repeat(1_000_000)}\r\n${'=\r\n'.repeat(300_000)}`,
  ),
  row(
    'base64 of nothing but padding',
    'understood',
    () => `${from}Content-Transfer-Encoding: base64\r\n\r\n${'=\r\n'.repeat(500_000)}`,
  ),
  row(
    'a calendar of 200,000 events',
    'understood',
    () =>
      `${from}Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n${'BEGIN:VEVENT\r\n'.repeat(200_000)}`,
  ),
]

const markup: readonly HostileMail[] = [
  row('200,000 nested elements', 'understood', () => html('<div>'.repeat(200_000))),
  row('200,000 nested quotes', 'understood', () => html('<blockquote type="cite">'.repeat(80_000))),
  row('40,000 nested tables', 'understood', () => html('<table><tr><td>'.repeat(40_000))),
  row('a million siblings', 'understood', () => html('<p>x'.repeat(400_000))),
  row('a million closed elements that were never opened', 'understood', () => html('</div>'.repeat(300_000))),
  row('a million opened brackets', 'understood', () => html('<'.repeat(1_000_000))),
  row('a million comments', 'understood', () => html('<!--'.repeat(400_000))),
  row('an element of 100,000 attributes', 'understood', () =>
    html(`<p ${times(100_000, (at) => `a${at}=b `).join('')}>x`),
  ),
  row('a style of 2 MB', 'understood', () => html(`<p style="${'a:b;'.repeat(400_000)}">x</p>`)),
  row('a style of brackets', 'understood', () => html(`<p style="color:${'rgb('.repeat(100_000)}">x</p>`)),
  row('entities without end', 'understood', () => html('&amp'.repeat(400_000))),
  row('numbered entities without end', 'understood', () => html('&#x110000;&#0;&#xd800;'.repeat(60_000))),
  row('100,000 links', 'understood', () => html('<a href="http://a.b/?c=http://d">e</a>'.repeat(50_000))),
  row('120 kB of spaces in markup', 'understood', () =>
    html(`<p>a${' '.repeat(120_000)}b${'&nbsp;'.repeat(20_000)}c`),
  ),
  row('conditional comments', 'understood', () =>
    html('<![if !mso]><!--[if gte mso 9]><xml>'.repeat(40_000)),
  ),
]

const unfitForDatabases: readonly HostileMail[] = [
  row(
    'NUL everywhere',
    'understood',
    () => `From: "a\0" <a\0@b.cc>\r\nSubject: =?utf-8?Q?a=00b?= \0\r\nMessage-ID: <\0@x>\r\n\r\n\0 text \0`,
  ),
  row(
    'half characters everywhere',
    'understood',
    () =>
      `From: =?utf-16?B?2AA=?= <a@b.cc>\r\nSubject: =?utf-8?Q?=ED=A0=80?= =?utf-7?Q?+2AA-?=\r\nContent-Type: text/html; charset=utf-16be\r\n\r\n\xd8\x00\xd8\x00&#xd800;`,
  ),
  row(
    'UTF-8 that breaks off',
    'understood',
    () =>
      'From: \xc3 <a@b.cc>\r\nSubject: x\xe2\x82\r\nContent-Type: text/plain; charset=utf-8\r\n\r\ntext\xf0\x9f\x98',
  ),
  row('a subject of 10 MB', 'limit-exceeded', () => `${from}Subject: ${'x'.repeat(10_000_000)}\r\n\r\nx`),
  row('a subject of 900 kB', 'understood', () => `${from}Subject: ${filled('x')}\r\n\r\nx`),
  row('a Message-ID of 900 kB', 'understood', () => `${from}Message-ID: <${filled('x')}@y>\r\n\r\nx`),
  row(
    'a file name of 400 kB',
    'understood',
    () => `${from}Content-Disposition: attachment; filename="${filled('x/', 400_000)}"\r\n\r\nx`,
  ),
  ...[
    'Fri, 1 Jan 275760 00:00:00 +0000',
    'Fri, 1 Jan -0001 00:00:00',
    '1 Jan 0000 00:00 Z',
    '31 Feb 2026 24:60:61 +9999',
    '1e999',
  ].map((date) => row(`the date ${date}`, 'understood', () => `${from}Date: ${date}\r\n\r\nx`)),
  row(
    'sizes of a gigabyte and more',
    'understood',
    () =>
      `${from}Content-Length: 99999999999999999999\r\nLines: 1e400\r\nContent-Disposition: attachment; size=1099511627776\r\n\r\nx`,
  ),
  row('no byte at all', 'understood', () => ''),
  row('an empty body', 'understood', () => `${from}\r\n`),
]

const noisy: readonly HostileMail[] = [
  row('499 parts in character sets that do not exist', 'understood', () =>
    multipart(
      times(
        499,
        (at) =>
          `--b\r\nContent-Type: text/plain; charset=x-${at}\r\nContent-Transfer-Encoding: y-${at}\r\n\r\n\xff\r\n`,
      ).join(''),
    ),
  ),
  row(
    '10,000 encoded words that cannot be decoded',
    'understood',
    () => `${from}Subject: ${'=?x?B?%%%?= '.repeat(10_000)}\r\n\r\nx`,
  ),
]

export const hostileMails: readonly HostileMail[] = [
  ...structures,
  ...headers,
  ...bodies,
  ...markup,
  ...unfitForDatabases,
  ...noisy,
]
