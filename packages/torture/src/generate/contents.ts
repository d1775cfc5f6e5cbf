// What a mail of each kind says and carries.
import type { MadeMail } from '../contracts.ts'
import type { OpeningKind } from './kinds.ts'
import { type Entity, type MadeFile, multipart, plainText, textAndHtml, withFiles } from './mime.ts'
import { oddSubjects, pick, someBytes, someLines, someWords } from './words.ts'

const kib = 1024

/** Kinds that differ in what they contain, not in who they are. */
export type ContentKind = Exclude<OpeningKind, 'duplicate' | 'no-message-id' | 'reused-message-id'>

export interface Content {
  readonly entity: Entity
  readonly files?: readonly MadeFile[]
  /** As it stands in the header, as Latin-1; holds the mark. */
  readonly subject?: string
  readonly fields?: readonly string[]
  /** In place of the customer's own. */
  readonly from?: string
  readonly expects?: MadeMail['expects']
  readonly isAutomatic?: boolean
}

interface Source {
  readonly mark: string
  /** Files that many mails carry, byte for byte. */
  readonly files: readonly MadeFile[]
  readonly random: () => number
}

const fileNames = [
  'bill.pdf',
  'photo of the door.jpg',
  'Übersicht März.pdf',
  '請求書.pdf',
  'log.txt',
  'table.csv',
]

/** Files that many mails of a seed carry, as a logo is. */
export function sharedFiles(random: () => number): readonly MadeFile[] {
  return ['logo.png', 'terms.pdf', 'signature.png'].map((filename) => ({
    filename,
    contentType: filename.endsWith('png') ? 'image/png' : 'application/pdf',
    bytes: someBytes(2 * kib, random),
  }))
}

export function contentOf(kind: ContentKind, source: Source): Content {
  return contents[kind](source)
}

const contents: Readonly<Record<ContentKind, (source: Source) => Content>> = {
  plain: (source) => ({ entity: plainText(letter(source)) }),
  html: (source) => ({ entity: textAndHtml(letter(source)) }),
  attachments: (source) => {
    const files = someFiles(source)
    const body = source.random() < 0.5 ? plainText(letter(source)) : textAndHtml(letter(source))
    return { entity: withFiles(body, files), files }
  },
  'odd-subject': (source) => ({
    entity: plainText(letter(source)),
    subject: pick(oddSubjects, source.random)(source.mark),
  }),
  empty: () => ({ entity: { fields: [], body: '' } }),
  large: largeMail,
  'long-header': (source) => ({
    entity: plainText(letter(source)),
    fields: [
      `X-Long-Line: ${'l'.repeat(6 * kib)}`,
      ...Array.from({ length: 200 }, (_, at) => `X-Trace-${at}: ${someWords(8, source.random)}`),
    ],
  }),
  bounce: (source) => ({
    entity: strayReport(source),
    subject: `Undelivered Mail Returned to Sender ${source.mark}`,
    from: 'MAILER-DAEMON@mx.customer.test',
    fields: ['Auto-Submitted: auto-replied', 'Return-Path: <>'],
    expects: 'quarantined',
    isAutomatic: true,
  }),
  'auto-generated': (source) => ({
    entity: plainText(letter(source)),
    fields: ['Auto-Submitted: auto-generated'],
    isAutomatic: true,
  }),
  'auto-reply': (source) => ({
    entity: plainText(letter(source)),
    subject: `Out of office ${source.mark}`,
    fields: ['Auto-Submitted: auto-replied'],
    expects: 'quarantined',
    isAutomatic: true,
  }),
  // Beyond `parts` and `depth` of the parser's limits.
  'too-many-parts': ({ mark }) => ({
    entity: multipart('mixed', 'many', Array<Entity>(600).fill(plainText(`part ${mark}`))),
    expects: 'quarantined',
  }),
  'too-deep': ({ mark }) => ({ entity: nested(60, plainText(mark)), expects: 'quarantined' }),
}

function letter({ mark, random }: Source): string {
  const length = 1 + Math.floor(random() * 6)
  return `Hello,\r\n\r\nabout ${mark}:\r\n${someLines(length, random)}\r\n`
}

function someFiles({ files, random }: Source): MadeFile[] {
  const own = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, at) => ({
    filename: `${at + 1} ${pick(fileNames, random)}`,
    contentType: 'application/octet-stream',
    bytes: someBytes(1 + Math.floor(random() * 20 * kib), random),
  }))
  const shared = random() < 0.6 ? [pick(files, random)] : []
  const [first] = own
  // The same bytes under two names.
  const twin = first && random() < 0.2 ? [{ ...first, filename: `copy of ${first.filename}` }] : []
  return [...own, ...shared, ...twin]
}

/** Between 300 KiB and 1 MiB, as text or as a file. */
function largeMail(source: Source): Content {
  const size = (300 + Math.floor(source.random() * 700)) * kib
  if (source.random() < 0.5) {
    const lines = someLines(1000, source.random)
    return {
      entity: plainText(`${letter(source)}${`${lines}\r\n`.repeat(Math.ceil(size / lines.length))}`),
    }
  }
  const file = {
    filename: 'scan.tiff',
    contentType: 'image/tiff',
    bytes: someBytes(Math.floor(size * 0.7), source.random),
  }
  return { entity: withFiles(plainText(letter(source)), [file]), files: [file] }
}

/** RFC 3464, about a mail that nobody here sent. */
function strayReport({ mark, random }: Source): Entity {
  const gone = `${pick(['ann', 'bob', 'eve'], random)}@gone.test`
  const report: Entity = {
    fields: ['Content-Type: message/delivery-status'],
    body: `Reporting-MTA: dns; mx.customer.test\r\n\r\nFinal-Recipient: rfc822; ${gone}\r\nAction: failed\r\nStatus: 5.1.1\r\n`,
  }
  const original: Entity = {
    fields: ['Content-Type: text/rfc822-headers'],
    body: `Message-ID: <not-ours-${Math.floor(random() * 1e9)}@elsewhere.test>\r\nSubject: Offer\r\n`,
  }
  const told = plainText(`Your mail to ${gone} came back. ${mark}\r\n`)
  return multipart('report', 'report', [told, report, original], '; report-type=delivery-status')
}

function nested(levels: number, inside: Entity): Entity {
  let entity = inside
  for (let level = 0; level < levels; level += 1) entity = multipart('mixed', `level-${level}`, [entity])
  return entity
}
