// A text as lines that know where they stand.
import { afterQuoteMarks } from '../header-block-line.ts'

export interface TextLine {
  readonly start: number
  /** After the line feed. */
  readonly end: number
  /** Without the line's end. */
  readonly text: string
  /** Without white space around it; cut, for patterns. */
  readonly trimmed: string
  /** `>` it begins with; 0 for what its writer wrote. */
  readonly quoteDepth: number
}

/** UTF-16 units of one line that patterns see. A longer line is prose. */
const maxPatternLine = 1000

export function textLines(text: string): TextLine[] {
  const lines: TextLine[] = []
  let start = 0
  while (start < text.length) {
    const feed = text.indexOf('\n', start)
    const end = feed < 0 ? text.length : feed + 1
    const line = text.slice(start, feed < 0 ? end : feed)
    lines.push({
      start,
      end,
      text: line,
      trimmed: line.slice(0, maxPatternLine).replace(invisible, '').trim(),
      quoteDepth: quoteDepthOf(line, lines.at(-1)),
    })
    start = end
  }
  return lines
}

/** `| ` is a quote mark, too, where it is no edge of a table. */
function quoteDepthOf(line: string, above: TextLine | undefined): number {
  const { from, quoteDepth } = afterQuoteMarks(line)
  if (quoteDepth > 0) return isEndOfAddress(line, above) ? 0 : quoteDepth
  const text = line.slice(0, maxPatternLine).trim()
  return from > 0 && text.startsWith('|') && (text === '|' || !text.endsWith('|')) ? 1 : 0
}

/** `> wrote:` below `<ada@example.org`, where a program put each part of an address in a line of its own. */
function isEndOfAddress(line: string, above: TextLine | undefined): boolean {
  return (
    /^> \p{L}[\p{L} ]{0,20}:$/u.test(line.slice(0, 30).trim()) &&
    above?.quoteDepth === 0 &&
    above.trimmed.includes('@')
  )
}

/** Marks that mail programs strew in and nobody sees. */
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

export function isBlank(line: TextLine | undefined): boolean {
  return line === undefined || line.trimmed === ''
}
