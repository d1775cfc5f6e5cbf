/* What a FETCH asks for (RFC 9051 section 6.4.5): the whole mail, its header, its text. MIME parts are not taken apart. */

import { type HeaderField, splitMail } from './mail-sections.ts'
import { Refusal, SyntaxProblem } from './refusals.ts'

export type FetchItem =
  | { readonly kind: 'UID' | 'FLAGS' | 'INTERNALDATE' | 'RFC822.SIZE' }
  | {
      readonly kind: 'section'
      readonly label: string
      readonly section: Section
      readonly range?: ByteRange
      readonly peek: boolean
    }

interface ByteRange {
  readonly start: number
  readonly length: number
}

type Section =
  | { readonly part: 'all' }
  | { readonly part: 'header' | 'text' }
  | { readonly part: 'fields'; readonly names: readonly string[]; readonly wanted: boolean }

const BODY = /^BODY(\.PEEK)?\[([^\]]*)\](?:<(\d{1,10})(?:\.(\d{1,10}))?>)?$/i
const FIELDS = /^HEADER\.FIELDS(\.NOT)? \(([^)]*)\)$/i

/** @throws SyntaxProblem @throws Refusal for what exists in IMAP and not here. */
export function parseFetchItem(text: string): readonly FetchItem[] {
  const upper = text.toUpperCase()
  switch (upper) {
    case 'UID':
    case 'FLAGS':
    case 'INTERNALDATE':
    case 'RFC822.SIZE':
      return [{ kind: upper }]
    case 'FAST':
      return [{ kind: 'FLAGS' }, { kind: 'INTERNALDATE' }, { kind: 'RFC822.SIZE' }]
    case 'RFC822':
      return [{ kind: 'section', label: 'RFC822', section: { part: 'all' }, peek: false }]
    case 'RFC822.HEADER':
      return [{ kind: 'section', label: 'RFC822.HEADER', section: { part: 'header' }, peek: true }]
    case 'RFC822.TEXT':
      return [{ kind: 'section', label: 'RFC822.TEXT', section: { part: 'text' }, peek: false }]
    case 'ALL':
    case 'FULL':
    case 'ENVELOPE':
    case 'BODY':
    case 'BODYSTRUCTURE':
      throw new Refusal(`The sandbox does not take mails apart: no ${upper}`, 'CANNOT')
    default:
      return [parseBody(text)]
  }
}

function parseBody(text: string): FetchItem {
  const [match, peek, name = '', start, length] = BODY.exec(text) ?? []
  if (!match) throw new SyntaxProblem(`Unknown FETCH item ${text.slice(0, 60)}`)
  const range =
    start === undefined ? {} : { range: { start: Number(start), length: Number(length ?? Infinity) } }
  const label = `BODY[${name}]${start === undefined ? '' : `<${start}>`}`
  return { kind: 'section', label, section: parseSection(name), ...range, peek: peek !== undefined }
}

function parseSection(name: string): Section {
  switch (name.toUpperCase()) {
    case '':
      return { part: 'all' }
    case 'HEADER':
      return { part: 'header' }
    case 'TEXT':
      return { part: 'text' }
  }
  const [match, not, names = ''] = FIELDS.exec(name) ?? []
  if (!match)
    throw new Refusal(`The sandbox does not take mails apart: no BODY[${name.slice(0, 40)}]`, 'CANNOT')
  const wanted = names
    .split(' ')
    .filter(Boolean)
    .map((field) => field.replace(/^"|"$/g, '').toLowerCase())
  return { part: 'fields', names: wanted, wanted: not === undefined }
}

/** The bytes that an item asks for. */
export function sectionBytes(raw: Buffer, { section, range }: FetchItem & { kind: 'section' }): Buffer {
  const bytes = cut(raw, section)
  return range ? bytes.subarray(range.start, range.start + range.length) : bytes
}

function cut(raw: Buffer, section: Section): Buffer {
  if (section.part === 'all') return raw
  const { header, text, fields } = splitMail(raw)
  if (section.part !== 'fields') return section.part === 'header' ? header : text
  const { names, wanted } = section
  const kept = fields.filter(({ name }: HeaderField) => names.includes(name) === wanted)
  return Buffer.concat([...kept.map((field) => field.bytes), Buffer.from('\r\n')])
}
