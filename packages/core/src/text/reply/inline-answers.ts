// Answers written into a quote that has no marks, as Outlook makes it: told from the quote by what we know we sent.
import { readMarker } from '../forward/forward-markers.ts'
import { readHeaderBlock } from '../header-block.ts'
import { attributionEndingAt } from './attribution.ts'
import { boundaryOf, holdsReplyToken } from './boundary-lines.ts'
import type { RangeKind, TextRange } from './reply-reading.ts'
import { footerIn } from './signature.ts'
import { isBlank, type TextLine, textLines } from './text-lines.ts'

/** Lines of quotes that are compared. */
const maxLines = 1000
/** UTF-16 units of what we know that they are compared with. */
const maxKnown = 100_000
/** Letters and digits a line needs to show that a quote is of a text we know. */
const tellingLength = 12
/** Letters and digits a known line needs to stand around an answer. */
const boundingLength = 6
/** Share of a quote's lines that must be known before the others count as answers. */
const leastKnown = 1 / 3

/**
 * The ranges with what was written into the quotes counted as reply: a line between two that we know, and then also what
 * follows the last known one. A quote of a text that we do not know stays as it is. Pure, bounded work; the ranges stay
 * a partition.
 * @param known whole texts of the ticket, the newest first.
 */
export function withInlineAnswers(
  text: string,
  ranges: readonly TextRange[],
  known: readonly string[],
): readonly TextRange[] {
  if (!ranges.some(({ kind }) => kind === 'quote')) return ranges
  const sent = folded(known.join('\n').slice(0, maxKnown))
  if (sent === '') return ranges
  const lines = textLines(text)
  const frame = frameOf(lines)
  const answers = new Set<number>()
  let looked = 0
  for (const { start, end } of ranges.filter(({ kind }) => kind === 'quote')) {
    const inside = lines.flatMap((line, at) => (line.start >= start && line.end <= end ? [at] : []))
    looked += inside.length
    if (looked > maxLines) break
    for (const at of answersIn(inside, lines, frame, sent)) answers.add(at)
  }
  return answers.size === 0 ? ranges : rangesWith(answers, lines, ranges)
}

function answersIn(
  inside: readonly number[],
  lines: readonly TextLine[],
  frame: ReadonlySet<number>,
  sent: string,
): number[] {
  const texts = inside.filter((at) => !frame.has(at) && !isBlank(lines[at]))
  const isKnown = new Map(texts.map((at) => [at, sent.includes(folded((lines[at] as TextLine).text))]))
  const knownFrom = (length: number) =>
    texts.filter((at) => isKnown.get(at) && folded((lines[at] as TextLine).text).length >= length)
  if (knownFrom(tellingLength).length === 0) return []
  const bounds = knownFrom(boundingLength)
  const [first = -1] = bounds
  const last = bounds.at(-1) ?? -1
  const knownLines = texts.filter((at) => isKnown.get(at)).length
  if (knownLines < texts.length * leastKnown) return []
  const between = texts.filter((at) => at > first && at < last && !isKnown.get(at))
  if (between.length === 0) return []
  const stop = inside.find((at) => at > last && frame.has(at)) ?? Number.POSITIVE_INFINITY
  return [...between, ...texts.filter((at) => at > last && at < stop && !isKnown.get(at))]
}

/** Lines that mail programs and list servers wrote around a quote. */
function frameOf(lines: readonly TextLine[]): Set<number> {
  const frame = new Set<number>()
  const texts = lines.map(({ text }) => text)
  const footer = footerIn(lines) ?? lines.length
  for (let at = 0; at < lines.length; at += 1) {
    const { trimmed } = lines[at] as TextLine
    const isMark = boundaryOf(trimmed) || readMarker(trimmed) || holdsReplyToken(trimmed)
    if (at >= footer || isMark || !/[\p{L}\p{N}]/u.test(trimmed)) frame.add(at)
    const end = readHeaderBlock(texts, at)?.end ?? at
    for (let inBlock = at; inBlock < end; inBlock += 1) frame.add(inBlock)
    const attribution = attributionEndingAt(lines, at)
    for (let wrapped = attribution?.from ?? at; attribution && wrapped < attribution.to; wrapped += 1)
      frame.add(wrapped)
  }
  return frame
}

function rangesWith(
  answers: ReadonlySet<number>,
  lines: readonly TextLine[],
  ranges: readonly TextRange[],
): TextRange[] {
  const result: { kind: RangeKind; start: number; end: number }[] = []
  let next = 0
  for (const [at, { start, end }] of lines.entries()) {
    while (next < ranges.length - 1 && (ranges[next] as TextRange).end <= start) next += 1
    const kind = answers.has(at) ? 'reply' : (ranges[next] as TextRange).kind
    const before = result.at(-1)
    if (before?.kind === kind) before.end = end
    else result.push({ kind, start, end })
  }
  return result
}

/** Without white space, quote marks, emphasis and the addresses that programs put behind links. */
function folded(text: string): string {
  return text
    .replace(/<(?:https?|mailto):[^<>\s]*>/gi, '')
    .replace(/[\s>|*_\u00ad\u200b-\u200f\ufeff]/g, '')
    .toLowerCase()
}
