// What of a body was written now: by its text, and by what its HTML marks.
import {
  type HtmlDocument,
  hasQuote,
  outermostPrefix,
  type ParsedEmail,
  type ReplyReading,
  readReply,
  type TextRange,
  wholeRange,
} from '@maildesk/core'
import { htmlDocument } from './html-document.ts'
import { htmlMarks } from './html-marks.ts'
import { markedTextOfHtml } from './html-text.ts'
import { findInHtml, sameStretch } from './same-words.ts'

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
    htmlRanges: htmlRangesOf(html, document, text, reading.ranges, marks.ranges),
  }
}

/** Reasons kept of one mail. */
const maxReasons = 20

/** The marked stretches of the rendered HTML, found again in the plain text that says the same. */
function carriedOver(text: string, marked: { text: string; ranges: readonly TextRange[] }): TextRange[] {
  return marked.ranges.flatMap(({ kind, start, end }) => {
    const isLast = marked.text.slice(end).trim() === ''
    const found = sameStretch(text, marked.text.slice(start, end))
    return found ? [{ kind, start: found.start, end: isLast ? text.length : found.end }] : []
  })
}

/** The same division of the HTML's source: by its own marks, else where the words of the first quote stand in it. */
function htmlRangesOf(
  html: string,
  document: HtmlDocument,
  text: string,
  ranges: readonly TextRange[],
  marks: readonly TextRange[],
): TextRange[] {
  if (!ranges.some(({ kind }) => kind !== 'reply')) return wholeRange(html)
  const rest = firstLastingCut(ranges)
  const cut = rest && findInHtml(document, text.slice(rest.start, rest.end))
  const own = marks.filter(({ start }) => cut === undefined || start < cut)
  const all =
    cut === undefined ? own : [...own, { kind: rest?.kind ?? 'quote', start: cut, end: html.length }]
  return all.length === 0 ? wholeRange(html) : partition(html, all)
}

/** The first cut from which on nothing was written now. */
function firstLastingCut(ranges: readonly TextRange[]): TextRange | undefined {
  const last = ranges.findLastIndex(({ kind }) => kind === 'reply')
  return ranges[last + 1]
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
