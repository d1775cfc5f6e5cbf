// The two texts of a forward: what its author wrote, what the forwarder wrote around it.
import { afterQuoteMarks, lineText } from '../header-block-line.ts'
import { isDrawn, readMarker } from './forward-markers.ts'

const longRule = /^-{50,80}$/

/** What stands above the line `end`, without what the mail program drew below it. */
export function commentIn(lines: readonly string[], end: number): string {
  let to = end
  while (to > 0 && (lineText(lines[to - 1] ?? '') === '' || isDrawn(lines[to - 1] ?? ''))) to -= 1
  return lines.slice(0, to).join('\n').trim()
}

/**
 * The text from the line `from` on, without `depth` quote marks a line, and what the forwarder wrote below: after the
 * quote, or after the line that a program drew at its end: `drawnEnd` when this one draws nothing but dashes.
 */
export function forwardedTextIn(
  lines: readonly string[],
  from: number,
  depth: number,
  drawnEnd: boolean,
): { readonly text: string; readonly below: string } {
  const quoteEnd = depth === 0 ? lines.length : endOfQuote(lines, from, depth)
  const end = endMark(lines, from, quoteEnd) ?? (drawnEnd ? lastRule(lines, from, quoteEnd) : null)
  const text = lines.slice(from, end ?? quoteEnd).map((line) => withoutQuoteMarks(line, depth))
  return {
    text: withoutEmptyEdges(text.join('\n')),
    below: lines
      .slice(end === null ? quoteEnd : end + 1)
      .join('\n')
      .trim(),
  }
}

/** The first line after the quote. One line that lost its marks when it was folded does not end it. */
function endOfQuote(lines: readonly string[], from: number, depth: number): number {
  let end = from
  for (let at = from; at < lines.length && at <= end + 1; at += 1) {
    const line = lines[at] ?? ''
    if (afterQuoteMarks(line).quoteDepth >= depth) end = at + 1
  }
  return end
}

/** The last line drawn at a forward's end, when as many were drawn as at beginnings; null for none. */
function endMark(lines: readonly string[], from: number, to: number): number | null {
  let begun = 1
  let ended = 0
  let last: number | null = null
  for (let at = from; at < to; at += 1) {
    const marker = readMarker(lines[at] ?? '')
    if (marker?.kind === 'forward' && marker.framed) begun += 1
    if (marker?.kind !== 'end' || !marker.framed) continue
    ended += 1
    last = at
  }
  return ended >= begun ? last : null
}

/** The last line of dashes across the page. */
function lastRule(lines: readonly string[], from: number, to: number): number | null {
  const at = lines.slice(from, to).findLastIndex((line) => longRule.test(line.trimEnd()))
  return at < 0 ? null : from + at
}

/** Up to `depth` marks, each with one space after it. */
function withoutQuoteMarks(line: string, depth: number): string {
  let from = 0
  for (let marks = 0; marks < depth; marks += 1) {
    const next = line
      .slice(from, from + 3)
      .trimStart()
      .startsWith('>')
      ? line.indexOf('>', from) + 1
      : -1
    if (next < 0) break
    from = line[next] === ' ' ? next + 1 : next
  }
  return line.slice(from)
}

/** Without empty lines above and white space below; the first line keeps its indentation. */
function withoutEmptyEdges(text: string): string {
  const first = text.search(/\S/)
  return first < 0 ? '' : text.slice(text.lastIndexOf('\n', first) + 1).trimEnd()
}
