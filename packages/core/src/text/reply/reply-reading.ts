// What a mail divides into: what its writer wrote now, what is repeated from earlier, and the signature.

export const rangeKinds = ['reply', 'quote', 'signature'] as const
export type RangeKind = (typeof rangeKinds)[number]

/** A stretch of a text; offsets in UTF-16 units, `end` exclusive. */
export interface TextRange {
  readonly kind: RangeKind
  readonly start: number
  readonly end: number
}

/** Why something was not counted as written now. */
export interface CutReason {
  /** Stable, kebab-case: `attribution`, `header-block`, `gmail-quote` … */
  readonly rule: string
  /** What shows it; attacker's text, cut. */
  readonly evidence: string
}

/** A partition: the ranges follow each other without a gap from the first unit of the text to the last. */
export interface ReplyReading {
  readonly ranges: readonly TextRange[]
  /** The same for the source of the HTML; null when the mail has none. */
  readonly htmlRanges: readonly TextRange[] | null
  readonly reasons: readonly CutReason[]
}

/** The whole text as reply. */
export function wholeRange(text: string): TextRange[] {
  return text === '' ? [] : [{ kind: 'reply', start: 0, end: text.length }]
}

/** True when not all was written now. */
export function hasCut(ranges: readonly TextRange[]): boolean {
  return ranges.some(({ kind }) => kind !== 'reply')
}

/** True when something was cut as quote. */
export function hasQuote(ranges: readonly TextRange[]): boolean {
  return ranges.some(({ kind }) => kind === 'quote')
}

/** What of the text is of one kind, verbatim, its stretches joined by a line feed where others stood between. */
export function textOfKind(text: string, ranges: readonly TextRange[], kind: RangeKind): string {
  return ranges
    .filter((range) => range.kind === kind)
    .map(({ start, end }) => text.slice(start, end))
    .join('\n')
}

/** What the person wrote now, without white space around it. */
export function replyTextOf(text: string, ranges: readonly TextRange[]): string {
  return textOfKind(text, ranges, 'reply').trim()
}

/** What the person wrote now; all of the text where nothing is known of it (null). */
export function writtenTextOf(text: string, ranges: readonly TextRange[] | null): string {
  return ranges ? replyTextOf(text, ranges) : text
}

/** What was cut as quote, verbatim; null when nothing was. */
export function quotedTextOf(text: string, ranges: readonly TextRange[]): string | null {
  return textOfKind(text, ranges, 'quote') || null
}

/** What was cut as signature, verbatim but for white space around it; null when nothing was. */
export function signatureTextOf(text: string, ranges: readonly TextRange[]): string | null {
  return textOfKind(text, ranges, 'signature').trim() || null
}
