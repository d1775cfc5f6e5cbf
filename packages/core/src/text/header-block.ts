// The header block mail programs write above a mail they quote or forward: From, Date, To, Subject in some language,
// one to a line. Found by its structure, because ordinary prose has lines with colons, too.
import { afterQuoteMarks, type FieldLine, lineText, readFieldLine } from './header-block-line.ts'
import type { HeaderBlockField } from './header-labels.ts'

export interface HeaderBlock {
  /** The line of its first field. */
  readonly start: number
  /** The first line after it. */
  readonly end: number
  /** In the order they stand; none but `other` twice. */
  readonly fields: readonly HeaderBlockLine[]
  /** `>` before each of its lines. */
  readonly quoteDepth: number
  /** Languages all its labels belong to; none when they are English. */
  readonly languages: readonly string[]
}

interface HeaderBlockLine {
  readonly field: HeaderBlockField
  /** The label as written. */
  readonly label: string
  /** The value as written, folded lines joined by a space. */
  readonly value: string
}

/** Fields with other labels than these say nothing about whether this is a block. */
const telling: ReadonlySet<HeaderBlockField> = new Set(['date', 'to', 'subject'])
/** Fields that carry addresses: their values may be folded over many lines. */
const addressed: ReadonlySet<HeaderBlockField> = new Set(['from', 'to', 'cc', 'bcc', 'reply-to', 'sender'])
/** Those with lists of them. */
const listed: ReadonlySet<HeaderBlockField> = new Set(['to', 'cc', 'bcc'])
/** Lines one list of addresses may be folded over. */
const maxAddressLines = 60
/** Fields of one block. */
const maxFields = 40
/** Lines of any other field. */
const maxFoldedLines = 4
/** A line of at least this length, the next word included, was folded by a mail program rather than by its author. */
const foldedFrom = 66

/**
 * The header block that begins in the line `at`; null when none does. It needs From and, in the same language (or in
 * English, which Gmail mixes in), two of date, to and subject, or one of them when it is surely one: From holds an
 * address or the date a number. Reads a bounded number of lines.
 */
export function readHeaderBlock(lines: readonly string[], at: number): HeaderBlock | null {
  const first = fieldLineAt(lines, at)
  if (!first || first.meanings[0]?.field === 'other') return null
  const reader = new BlockReader(lines, at, first.quoteDepth)
  while (reader.readField()) {
    // Each turn reads one field.
  }
  return isBlock(reader.fields)
    ? {
        start: at,
        end: reader.next,
        fields: reader.fields,
        quoteDepth: first.quoteDepth,
        languages: reader.languages,
      }
    : null
}

function isBlock(fields: readonly HeaderBlockLine[]): boolean {
  const from = fields.find(({ field }) => field === 'from')
  if (!from) return false
  const others = fields.filter(({ field }) => telling.has(field))
  if (others.length >= 2) return from.value !== '' || others.every(({ value }) => value !== '')
  const [other] = others
  if (!other || other.value === '') return false
  return from.value.includes('@') || (other.field === 'date' && /\d/.test(other.value.slice(0, 100)))
}

class BlockReader {
  readonly fields: HeaderBlockLine[] = []
  next: number
  readonly #lines: readonly string[]
  readonly #depth: number
  /** Languages all labels so far agree on; null while all were English. */
  #languages: readonly string[] | null = null
  /** Fields that stood after an empty line. */
  #afterGap = 0
  /** True when a value stood in the line below its label. */
  #valuesBelow = false

  constructor(lines: readonly string[], at: number, depth: number) {
    this.#lines = lines
    this.next = at
    this.#depth = depth
  }

  get languages(): readonly string[] {
    return this.#languages ?? []
  }

  /** Reads the field that comes next; false, and nothing read, when the block is over. */
  readField(): boolean {
    if (this.fields.length === maxFields) return false
    const gap = this.fields.length > 0 && isEmpty(this.#lines[this.next]) ? 1 : 0
    if (gap && !this.#mayFollowGap()) return false
    const at = this.next + gap
    const line = this.#ours(at)
    const field = line && this.#understand(line)
    if (!line || !field) return false
    this.#afterGap += gap
    this.next = at + 1
    this.fields.push({ field, label: line.label, value: this.#restOf(field, line.value, at) })
    return true
  }

  /** An empty line ends a block that is one, unless all its fields stand apart. */
  #mayFollowGap(): boolean {
    return this.#afterGap === this.fields.length - 1 || !isBlock(this.fields)
  }

  #ours(at: number): FieldLine | null {
    const line = fieldLineAt(this.#lines, at)
    return line && line.quoteDepth === this.#depth ? line : null
  }

  /** The field a label stands for in the block's language; undefined for another language's or a repeated field. */
  #understand(line: FieldLine): HeaderBlockField | undefined {
    const english = line.meanings.find(({ language }) => language === 'en')
    const known = this.#languages
    const fitting = known ? line.meanings.filter(({ language }) => known.includes(language)) : line.meanings
    const field = english?.field ?? fitting[0]?.field
    if (!field || this.#has(field)) return undefined
    if (!english) {
      this.#languages = fitting.filter((one) => one.field === field).map(({ language }) => language)
    }
    return field
  }

  #has(field: HeaderBlockField): boolean {
    return field !== 'other' && this.fields.some((known) => known.field === field)
  }

  /** The whole value: what follows the label, or the line below it, and the lines it was folded over. */
  #restOf(field: HeaderBlockField, beside: string, at: number): string {
    if (beside === '') return this.#valueBelow(field, at)
    return this.#folded(field, beside, this.#lines[at] ?? '')
  }

  #valueBelow(field: HeaderBlockField, at: number): string {
    if (this.fields.length > 0 && !this.#valuesBelow) return ''
    const below = at + 1 + (isEmpty(this.#lines[at + 1]) ? 1 : 0)
    const line = this.#lines[below]
    if (line === undefined || isEmpty(line) || fieldLineAt(this.#lines, below)) return ''
    if (afterQuoteMarks(line).quoteDepth !== this.#depth) return ''
    this.#valuesBelow = true
    this.next = below + 1
    return this.#folded(field, lineText(line), line)
  }

  #folded(field: HeaderBlockField, value: string, line: string): string {
    const count = this.#foldedLines(field, value, line)
    const more = this.#lines.slice(this.next, this.next + count).map(lineText)
    this.next += count
    return [value, ...more].join(' ').trim()
  }

  /** How many of the next lines belong to this value: up to the next field, or as long as it is visibly unfinished. */
  #foldedLines(field: HeaderBlockField, value: string, line: string): number {
    const most = listed.has(field) ? maxAddressLines : maxFoldedLines
    for (let count = 0; count <= most; count += 1) {
      const at = this.next + count
      if (isEmpty(this.#lines[at])) break
      const other = this.#ours(at)
      if (other && this.#continues(other)) return count
    }
    return this.#unfinishedLines(field, value, line, most)
  }

  /** A field this block could go on with. */
  #continues(line: FieldLine): boolean {
    const known = this.#languages
    return line.meanings.some(
      ({ language, field }) => (language === 'en' || !known || known.includes(language)) && !this.#has(field),
    )
  }

  /** For the last field, which nothing but the text follows. */
  #unfinishedLines(field: HeaderBlockField, value: string, line: string, most: number): number {
    let before = line
    let text = value
    for (let count = 0; count < most; count += 1) {
      const next = this.#lines[this.next + count]
      if (next === undefined || isEmpty(next)) return count
      const unfinished = addressed.has(field)
        ? /[,;<"([]$/.test(text.slice(-1))
        : wasFolded(before, next) && isEmpty(this.#lines[this.next + count + 1])
      if (!unfinished) return count
      before = next
      text = lineText(next)
    }
    return most
  }
}

/** True when the first word of `next` had no place any more in `line`. */
function wasFolded(line: string, next: string): boolean {
  const text = lineText(next.slice(0, 200))
  const space = text.indexOf(' ')
  return line.length + 1 + (space < 0 ? text.length : space) > foldedFrom
}

function fieldLineAt(lines: readonly string[], at: number): FieldLine | null {
  const line = lines[at]
  return line === undefined ? null : readFieldLine(line)
}

/** True for a line with nothing but quote marks and spaces. */
function isEmpty(line: string | undefined): boolean {
  if (line === undefined) return true
  const { from } = afterQuoteMarks(line)
  return line.slice(from, from + 100).trim() === ''
}
