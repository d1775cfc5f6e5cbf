// Bodies of the mix, one function a kind.
import type { Letter } from './mail-headers.ts'
import type { Seeded } from './seeded.ts'

export type LoadKind =
  | 'plain'
  | 'alternative'
  | 'attachments'
  | 'odd'
  | 'bounce'
  | 'auto-reply'
  | 'broken-html'

export interface Body {
  /** Header fields the body needs. */
  readonly fields: readonly string[]
  readonly bytes: Buffer
}

type BodyOf = (chance: Seeded, letter: Letter, files: readonly Buffer[]) => Body

const words = (
  'the order machine invoice arrived broken yesterday please could you send another part we have been waiting since ' +
  'Monday and nobody answers on the phone our customer asks every day thank you für die schnelle Antwort leider ist ' +
  'das Gerät defekt nous vous remercions de votre réponse delivery address number account password reset again'
).split(' ')

export const bodies: Readonly<Record<Exclude<LoadKind, 'odd'>, BodyOf>> = {
  plain: (chance, letter) => textPart(prose(chance, chance.whole(600, 4_000)) + signature(letter)),
  alternative: (chance, letter) => withQuote(chance, letter),
  attachments: (chance, letter, files) => mixed(chance, withQuote(chance, letter), files),
  bounce: (chance, letter) => bounce(chance, letter),
  'auto-reply': (chance, letter) => {
    const body = textPart(`I am out of office until Monday.\r\n${prose(chance, 300)}${signature(letter)}`)
    return {
      ...body,
      fields: [...body.fields, 'Auto-Submitted: auto-replied', 'X-Auto-Response-Suppress: All'],
    }
  },
  'broken-html': (chance) => brokenHtml(chance),
}

const oddities: readonly BodyOf[] = [
  // Latin-1 without a word about it.
  (chance) => ({ fields: ['Content-Type: text/plain'], bytes: Buffer.from(prose(chance, 2_000), 'latin1') }),
  (chance) => ({
    fields: [
      'Content-Type: text/plain; charset="windows-1252"',
      'Content-Transfer-Encoding: quoted-printable',
    ],
    bytes: Buffer.from(quotedPrintable(Buffer.from(prose(chance, 2_000), 'latin1'))),
  }),
  (chance) => ({
    fields: ['Content-Type: text/plain; charset=utf-16', 'Content-Transfer-Encoding: base64'],
    bytes: Buffer.from(base64Lines(Buffer.from(`\ufeff${prose(chance, 1_500)}`, 'utf16le'))),
  }),
  // A multipart that never closes, with a boundary of the longest kind.
  (chance) => {
    const boundary = `=_${chance.hex(66)}`
    const part = `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${prose(chance, 1_500)}\r\n`
    return { fields: [`Content-Type: multipart/mixed;\r\n boundary="${boundary}"`], bytes: Buffer.from(part) }
  },
  (chance, letter) => {
    const inner = withQuote(chance, letter)
    const text = `From: a@b.example\r\nSubject: attached\r\n${inner.fields.join('\r\n')}\r\n\r\n`
    return {
      fields: ['Content-Type: message/rfc822'],
      bytes: Buffer.concat([Buffer.from(text), inner.bytes]),
    }
  },
]

export const odd = (chance: Seeded, letter: Letter): Body => chance.pick(oddities)(chance, letter, [])

function textPart(text: string, type = 'text/plain'): Body {
  return {
    fields: [`Content-Type: ${type}; charset=utf-8`, 'Content-Transfer-Encoding: quoted-printable'],
    bytes: Buffer.from(quotedPrintable(Buffer.from(text))),
  }
}

function withQuote(chance: Seeded, letter: Letter): Body {
  const answer = prose(chance, chance.whole(200, 1_500)) + signature(letter)
  const before = prose(chance, chance.whole(500, 3_000))
  const said = 'On Mon, 5 Oct 2026 at 10:00, Support <support@desk.example> wrote:'
  const text = `${answer}\r\n${said}\r\n${before.replaceAll('\r\n', '\r\n> ')}\r\n`
  const html = `<html><head><style>p { margin: 0; font-family: sans-serif }</style></head><body><div dir="ltr">${paragraphs(answer)}</div><br><div class="gmail_quote"><div class="gmail_attr">${said.replaceAll('<', '&lt;')}</div><blockquote style="margin:0 0 0 .8ex">${paragraphs(before)}</blockquote></div></body></html>`
  return multipart(chance, 'alternative', [textPart(text), textPart(html, 'text/html')])
}

function mixed(chance: Seeded, body: Body, files: readonly Buffer[]): Body {
  const parts = files.map((file, index): Body => {
    const [type, end] = chance.pick([
      ['application/pdf', 'pdf'],
      ['image/jpeg', 'jpg'],
      ['image/png', 'png'],
      ['application/octet-stream', 'bin'],
    ] as const)
    return {
      fields: [
        `Content-Type: ${type}; name="file-${index}.${end}"`,
        `Content-Disposition: attachment; filename="file-${index}.${end}"`,
        'Content-Transfer-Encoding: base64',
      ],
      bytes: Buffer.from(base64Lines(file)),
    }
  })
  return multipart(chance, 'mixed', [body, ...parts])
}

function bounce(chance: Seeded, letter: Letter): Body {
  const recipient = `nobody${chance.whole(1, 999)}@gone.example`
  const told = `This is the mail system.\r\n\r\nYour message could not be delivered.\r\n\r\n<${recipient}>: host mx.gone.example said: 550 5.1.1 unknown user\r\n`
  const report = `Reporting-MTA: dns; mx.desk.example\r\nArrival-Date: ${letter.sentAt.toUTCString()}\r\n\r\nFinal-Recipient: rfc822; ${recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown user\r\n`
  const original = `From: support@desk.example\r\nTo: ${recipient}\r\nSubject: Your request\r\nMessage-ID: <${chance.hex(20)}@desk.example>\r\n\r\n${prose(chance, 800)}`
  const plain = (type: string, text: string): Body => ({
    fields: [`Content-Type: ${type}`],
    bytes: Buffer.from(text),
  })
  const body = multipart(chance, 'report; report-type=delivery-status', [
    plain('text/plain; charset=utf-8', told),
    plain('message/delivery-status', report),
    plain('message/rfc822', original),
  ])
  return { ...body, fields: [...body.fields, 'Auto-Submitted: auto-replied'] }
}

function brokenHtml(chance: Seeded): Body {
  const rows = prose(chance, chance.whole(1_000, 6_000))
    .split('\r\n')
    .map((line) => `<tr><td style="color:#333;font:12px Arial"><b><font size=2>${line}<td>&nbsp;&euro</b>`)
    .join('\n')
  return textPart(
    `<table width=100%><tbody>${rows}</p></div><img src=cid:x><a href="https://x.example/?a=1&b`,
    'text/html',
  )
}

function multipart(chance: Seeded, kind: string, parts: readonly Body[]): Body {
  const boundary = `=_${chance.hex(24)}`
  const pieces = parts.flatMap(({ fields, bytes }) => [
    Buffer.from(`--${boundary}\r\n${fields.join('\r\n')}\r\n\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ])
  return {
    fields: [`Content-Type: multipart/${kind}; boundary="${boundary}"`],
    bytes: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  }
}

/** About `length` characters of lines and paragraphs. */
function prose(chance: Seeded, length: number): string {
  let text = ''
  let column = 0
  while (text.length < length) {
    const word = chance.pick(words)
    if (column + word.length > 70) {
      text += chance.fraction() < 0.15 ? '\r\n\r\n' : '\r\n'
      column = 0
    }
    text += column === 0 ? word : ` ${word}`
    column += word.length + 1
  }
  return `${text}\r\n`
}

function signature({ from }: Letter): string {
  return `\r\nBest regards\r\n\r\n-- \r\n${from.name}\r\nPhone +49 30 123456\r\n${from.address}\r\n`
}

function paragraphs(text: string): string {
  return text
    .split('\r\n\r\n')
    .map((paragraph) => `<p>${paragraph.replaceAll('\r\n', '<br>\r\n')}</p>`)
    .join('\r\n')
}

function base64Lines(bytes: Buffer): string {
  return `${(bytes.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n')}\r\n`
}

/** RFC 2045 §6.7, of bytes whose lines end with CRLF. */
function quotedPrintable(bytes: Buffer): string {
  let text = ''
  let column = 0
  for (const byte of bytes) {
    if (byte === 0x0d || byte === 0x0a) {
      text += String.fromCharCode(byte)
      column = 0
      continue
    }
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x3d
    const piece = plain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
    if (column + piece.length > 75) {
      text += '=\r\n'
      column = 0
    }
    text += piece
    column += piece.length
  }
  return text
}
