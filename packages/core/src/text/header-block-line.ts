// One line of a header block: quote marks, a label, a colon, a value. All looks are bounded, so a line costs the same
// however long it is.
import { type LabelMeaning, maxLabelLength, meaningsOfLabel } from './header-labels.ts'

export interface FieldLine {
  /** `>` before the label. */
  readonly quoteDepth: number
  /** As written, without marks of bold type. */
  readonly label: string
  readonly meanings: readonly LabelMeaning[]
  /** What follows the colon, '' when it stands below. */
  readonly value: string
}

/** Letters of one line that are read; addresses of one field may fill a long one. */
const maxFieldLine = 20_000
/** Quote marks and indentation before a label. */
const maxPrefix = 100

const beforeText = new Set(
  ' \t>|\u00a0\u202f\u3000\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff',
)
const spaces = new Set(
  ' \t\u00a0\u202f\u3000\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff',
)
const boldMarks = new Set('*_')

/** Where the text of a line begins, after quote marks and indentation, and how many `>` stood there. */
export function afterQuoteMarks(line: string): { readonly from: number; readonly quoteDepth: number } {
  let from = 0
  let quoteDepth = 0
  while (from < line.length && from < maxPrefix && beforeText.has(line[from] as string)) {
    if (line[from] === '>') quoteDepth += 1
    from += 1
  }
  return { from, quoteDepth }
}

/** The line's text without quote marks, indentation, white space at its end and marks of bold type around it. */
export function lineText(line: string): string {
  const { from } = afterQuoteMarks(line)
  return withoutMarks(line.slice(from, from + maxFieldLine))
}

/** The line read as a field of a header block, whatever the language; null when it is none. */
export function readFieldLine(line: string): FieldLine | null {
  const { from, quoteDepth } = afterQuoteMarks(line)
  const inTable = line.lastIndexOf('|', from) >= 0
  const colon = colonIn(line, from, inTable)
  if (colon < 0) return null
  const label = withoutMarks(line.slice(from, colon))
  if (label === '') return null
  const meanings = meaningsOfLabel(label)
  if (meanings.length === 0) return null
  const value = withoutMarks(line.slice(colon + 1, colon + maxFieldLine))
  return { quoteDepth, label, meanings, value: inTable ? withoutTableEdge(value) : value }
}

/** Of a table's row `| From | Ada |` the first inner edge parts the label as a colon would. */
function colonIn(line: string, from: number, inTable: boolean): number {
  const end = Math.min(line.length, from + maxLabelLength)
  for (let at = from; at < end; at += 1) {
    const letter = line[at]
    if (letter === ':' || letter === '：' || letter === '﹕') return at
    if (letter === '|' && inTable && at > from) return at
  }
  return -1
}

function withoutTableEdge(value: string): string {
  const start = value.startsWith('|') ? 1 : 0
  const end = value.endsWith('|') ? value.length - 1 : value.length
  return value.slice(start, Math.max(start, end)).trim()
}

/** Spaces and `*` or `_` of bold type around a text; the marks inside it stay. */
function withoutMarks(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && (spaces.has(text[from] as string) || boldMarks.has(text[from] as string))) from += 1
  while (to > from && isSpaceOrMark(text[to - 1] as string)) to -= 1
  return text.slice(from, to)
}

function isSpaceOrMark(letter: string): boolean {
  return spaces.has(letter) || boldMarks.has(letter) || letter === '\r' || letter === '\n'
}
