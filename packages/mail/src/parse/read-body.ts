// What of a body was written now: by its text, and by what its HTML marks.
import {
  type HtmlDocument,
  hasQuote,
  htmlOffsetAt,
  outermostPrefix,
  type ParsedEmail,
  type ReplyReading,
  readReply,
  renderText,
  type TextRange,
  wholeRange,
} from '@maildesk/core'
import { htmlDocument } from './html-document.ts'
import { htmlMarks } from './html-marks.ts'
import { markedTextOfHtml } from './html-text.ts'
import { findInHtml, lettersOf, sameStretch } from './same-words.ts'

type Body = Pick<ParsedEmail, 'text' | 'html' | 'subject' | 'inReplyTo' | 'references'>

/** Reads the parsed body; `isRendered` when its text was made from its HTML. Never throws for its input. */
export function readBody(email: Body, isRendered: boolean, maxLength: number): ReplyReading {
  const prefix = outermostPrefix(email.subject)
  const how = {
    isReply: email.inReplyTo.length > 0 || email.references.length > 0 || prefix === 'reply',
    isForward: prefix === 'forward',
  }
  const { text, html } = email
  if (html === null)
    return { ...readReply({ ...how, text, marked: [], isRendered: false }), htmlRanges: null }
  const document = htmlDocument(html)
  const marks = htmlMarks(document)
  const marked = marks.ranges.length > 0 ? markedTextOfHtml(html, marks.ranges, maxLength) : undefined
  const first = readReply({ ...how, text, marked: isRendered ? (marked?.ranges ?? []) : [], isRendered })
  // A program's own text shows its quotes by itself; the HTML is asked when it does not.
  const reading =
    isRendered || !marked || hasQuote(first.ranges)
      ? first
      : readReply({ ...how, text, marked: carriedOver(text, marked), isRendered: false })
  const reasons = hasQuote(reading.ranges)
    ? [...reading.reasons, ...marks.reasons].slice(0, maxReasons)
    : reading.reasons
  return {
    ranges: reading.ranges,
    reasons,
    htmlRanges: htmlRangesOf(html, document, { text, isRendered }, reading.ranges, marks.ranges),
  }
}

/** Reasons kept of one mail. */
const maxReasons = 20

/** Marked stretches that are looked for in the plain text. */
const maxCarried = 20

/** The marked stretches of the rendered HTML, found again in the plain text that says the same. */
function carriedOver(text: string, marked: { text: string; ranges: readonly TextRange[] }): TextRange[] {
  const letters = lettersOf(text)
  const written = marked.text.trimEnd().length
  return marked.ranges.slice(0, maxCarried).flatMap(({ kind, start, end }) => {
    const isLast = end >= written
    const found = sameStretch(text, letters, marked.text.slice(start, end))
    return found ? [{ kind, start: found.start, end: isLast ? text.length : found.end }] : []
  })
}

/** The same division of the HTML's source. */
function htmlRangesOf(
  html: string,
  document: HtmlDocument,
  { text, isRendered }: { readonly text: string; readonly isRendered: boolean },
  ranges: readonly TextRange[],
  marks: readonly TextRange[],
): TextRange[] {
  if (ranges.every(({ kind }) => kind === 'reply')) return wholeRange(html)
  return isRendered ? carriedBack(document, text, ranges) : found(html, document, text, ranges, marks)
}

/**
 * Exactly, for a text that was made from the HTML: the tags between two stretches go with the one that is cut, so that
 * no rule or empty frame of it is left standing.
 */
function carriedBack(document: HtmlDocument, text: string, ranges: readonly TextRange[]): TextRange[] {
  const rendered = renderText(document)
  const starts = ranges.map(({ kind, start, end }) => {
    if (start === 0) return 0
    if (kind !== 'reply') {
      const last = text.slice(0, start).trimEnd().length - 1
      return last < 0 ? 0 : htmlOffsetAt(rendered, last, document.length) + 1
    }
    return htmlOffsetAt(rendered, start + Math.max(0, text.slice(start, end).search(/\S/)), document.length)
  })
  return ranges.flatMap(({ kind }, index) => {
    const start = Math.min(starts[index] as number, document.length)
    const end = Math.min(starts[index + 1] ?? document.length, document.length)
    return end > start ? [{ kind, start, end }] : []
  })
}

/** By the words of what was cut at the end; where more than the end was cut, all is shown. */
function found(
  html: string,
  document: HtmlDocument,
  text: string,
  ranges: readonly TextRange[],
  marks: readonly TextRange[],
): TextRange[] {
  const [, rest] = ranges
  const isOneEnd = ranges[0]?.kind === 'reply' && ranges.slice(1).every(({ kind }) => kind !== 'reply')
  if (!rest || !isOneEnd) return wholeRange(html)
  const cut = findInHtml(document, text.slice(0, rest.start), text.slice(rest.start, rest.end))
  if (cut !== undefined)
    return partition(html, [
      ...marks.filter(({ start }) => start < cut),
      { kind: rest.kind, start: cut, end: html.length },
    ])
  const last = marks.at(-1)
  return last && last.end >= html.trimEnd().length ? partition(html, marks) : wholeRange(html)
}

function partition(html: string, cuts: readonly TextRange[]): TextRange[] {
  const ranges: TextRange[] = []
  let at = 0
  for (const { kind, start, end } of cuts) {
    if (end <= at) continue
    if (start > at) ranges.push({ kind: 'reply', start: at, end: start })
    ranges.push({ kind, start: Math.max(at, start), end })
    at = end
  }
  if (at < html.length) ranges.push({ kind: 'reply', start: at, end: html.length })
  return ranges
}
