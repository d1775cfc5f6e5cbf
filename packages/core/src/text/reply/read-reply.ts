// What of a text was written now. Evidence is looked for line by line; what is cut is always the end of the text, or
// stands before or between what was written: nothing that somebody wrote now is cut with it.
import { isDrawn, readMarker } from '../forward/forward-markers.ts'
import { readHeaderBlock } from '../header-block.ts'
import { type Attribution, attributionEndingAt } from './attribution.ts'
import { boundaryOf } from './boundary-lines.ts'
import { type CutReason, type RangeKind, type TextRange, wholeRange } from './reply-reading.ts'
import { footerIn, signatureIn } from './signature.ts'
import { isBlank, type TextLine, textLines } from './text-lines.ts'

export interface TextToRead {
  readonly text: string
  /** It came as an answer: by its header fields or its subject. */
  readonly isReply: boolean
  /** It carries another mail on; what it quotes is what it says. */
  readonly isForward: boolean
  /** Stretches that the HTML marks as quote or signature. */
  readonly marked: readonly TextRange[]
  /** The text was made from HTML, whose own marks tell more than `>` before indented lines. */
  readonly isRendered: boolean
}

/** UTF-16 units of a text that are read; what follows stays part of the reply. */
const maxText = 2_000_000
/** UTF-16 units kept of what shows a cut. */
const maxEvidence = 200
/** Attributions and header blocks looked at; an answer to an answer has a few. */
const maxCuts = 200

/** Divides a text. Pure, linear, never throws; the ranges are a partition of the text. */
export function readReply({ text, isReply, isForward, marked, isRendered }: TextToRead): {
  readonly ranges: readonly TextRange[]
  readonly reasons: readonly CutReason[]
} {
  const whole = { ranges: wholeRange(text), reasons: [] }
  if (isForward || text.length > maxText) return whole
  const written = textLines(text)
  const lines = withMarks(written, marked)
  const reasons: CutReason[] = []
  const kinds = new LineKinds(lines, marked)
  const cuts = cutsIn(lines, written)
  kinds.cutFooter(reasons)
  kinds.cutQuotes(cuts, isReply, reasons)
  kinds.cutTrailingQuotes(isReply && (!isRendered || marked.length > 0), reasons)
  kinds.cutSignature(reasons)
  return kinds.hasWords() ? { ranges: kinds.ranges(text), reasons } : whole
}

/** Lines the HTML marks as quote count as quoted, whatever they begin with. */
function withMarks(lines: readonly TextLine[], marked: readonly TextRange[]): TextLine[] {
  const quotes = marked.filter(({ kind }) => kind === 'quote')
  let next = 0
  return lines.map((line) => {
    while (next < quotes.length && (quotes[next] as TextRange).end <= line.start) next += 1
    const quote = quotes[next]
    const inside = quote && quote.start < line.end && quote.end > line.start && line.start >= quote.start - 1
    return inside ? { ...line, quoteDepth: Math.max(1, line.quoteDepth) } : line
  })
}

/** A place where earlier mail begins. */
interface Cut {
  readonly from: number
  /** The first line below what introduces it. */
  readonly to: number
  readonly rule: string
  readonly evidence: string
  /** Enough by itself; others need a quoted line below. */
  readonly isSure: boolean
  /** A header block with all that programs write: from whom, when, to whom, about what. */
  readonly isWhole?: boolean
}

/** Fields of a header block that nobody types by hand. */
const wholeBlock = 4

function cutsIn(lines: readonly TextLine[], written: readonly TextLine[]): Cut[] {
  const cuts: Cut[] = []
  const texts = lines.map(({ text }) => text)
  for (let at = 0; at < lines.length && cuts.length < maxCuts; ) {
    const cut = cutAt(lines, texts, at) ?? markedAttributionAt(lines, written, at)
    if (cut) cuts.push(cut)
    at = Math.max(at + 1, cut?.to ?? 0)
  }
  return cuts
}

function cutAt(lines: readonly TextLine[], texts: readonly string[], at: number): Cut | undefined {
  const line = lines[at] as TextLine
  if (line.quoteDepth > 0 || isBlank(line)) return undefined
  const boundary = boundaryOf(line.trimmed)
  if (boundary)
    return { from: aboveDrawing(lines, at), to: at + 1, rule: boundary, evidence: line.trimmed, isSure: true }
  if (readMarker(line.trimmed)?.kind === 'forward')
    return { from: at, to: at + 1, rule: 'forward-marker', evidence: line.trimmed, isSure: true }
  const block = readHeaderBlock(texts, at)
  if (block && block.quoteDepth === 0)
    return {
      from: aboveDrawing(lines, at),
      to: block.end,
      rule: 'header-block',
      evidence: line.trimmed,
      isSure: true,
      isWhole: block.fields.length >= wholeBlock,
    }
  const attribution = attributionEndingAt(lines, at)
  return attribution ? fromAttribution(lines, attribution) : undefined
}

/** Programs mark the line above a quote with it; it introduces the quote all the same. */
function markedAttributionAt(
  lines: readonly TextLine[],
  written: readonly TextLine[],
  at: number,
): Cut | undefined {
  const isMarked = (lines[at] as TextLine).quoteDepth > 0 && (written[at] as TextLine).quoteDepth === 0
  const attribution = isMarked ? attributionEndingAt(written, at) : null
  return attribution ? { ...fromAttribution(lines, attribution), isSure: false } : undefined
}

function fromAttribution(lines: readonly TextLine[], { from, to, evidence, isSure }: Attribution): Cut {
  return { from: aboveDrawing(lines, from), to, rule: 'attribution', evidence, isSure }
}

/** In a mail that does not say it is an answer, only what stands in nothing but answers counts. */
function isSureOfAnswer({ rule, isWhole }: Cut, isQuoted: boolean): boolean {
  return (
    rule === 'reply-above-line' ||
    rule === 'maildesk-ref' ||
    (rule === 'attribution' && isQuoted) ||
    isWhole === true
  )
}

/** A drawn line right above is part of what introduces the quote. */
function aboveDrawing(lines: readonly TextLine[], at: number): number {
  for (let above = at - 1; above >= 0 && at - above <= 3; above -= 1) {
    const line = lines[above] as TextLine
    if (isBlank(line)) continue
    return isDrawn(line.trimmed) && line.quoteDepth === 0 ? above : at
  }
  return at
}

/** What each line is; all of them reply at first. */
class LineKinds {
  readonly #lines: readonly TextLine[]
  readonly #kinds: RangeKind[]

  constructor(lines: readonly TextLine[], marked: readonly TextRange[]) {
    this.#lines = lines
    this.#kinds = lines.map((line) =>
      marked.some(({ kind, start, end }) => kind === 'signature' && start <= line.start && end >= line.end)
        ? 'signature'
        : 'reply',
    )
  }

  cutQuotes(cuts: readonly Cut[], isReply: boolean, reasons: CutReason[]): void {
    for (const cut of cuts) {
      if (this.#kinds[cut.to - 1] !== 'reply') continue
      const below = this.#nextText(cut.to)
      const isQuoted = below !== undefined && (this.#lines[below] as TextLine).quoteDepth > 0
      if (!isQuoted && !cut.isSure) continue
      if (!isReply && !isSureOfAnswer(cut, isQuoted)) continue
      if (isQuoted ? this.#cutQuoted(cut, below) : this.#cutRest(cut)) {
        reasons.push({ rule: cut.rule, evidence: cut.evidence.slice(0, maxEvidence) })
      }
    }
  }

  /** What list servers and companies put below everything is nobody's words; it counts as repeated. */
  cutFooter(reasons: CutReason[]): void {
    const found = footerIn(this.#lines)
    if (found === undefined) return
    this.#mark(found, this.#lines.length, 'quote')
    reasons.push({ rule: 'footer', evidence: (this.#lines[found] as TextLine).trimmed.slice(0, maxEvidence) })
  }

  /** What stands above a quote belongs to it; what was written below or between stays. */
  #cutQuoted(cut: Cut, below: number): boolean {
    const end = this.#endOfQuote(below)
    const after = this.#nextOwn(end)
    if (after === undefined) return this.#cutRest(cut, signatureIn(this.#lines, end - 1, this.#end())?.from)
    const isBottomPosted = !this.#hasOwnBefore(cut.from) && this.#nextQuoted(after) === undefined
    this.#mark(cut.from, isBottomPosted ? end : cut.to, 'quote')
    return true
  }

  /** Where nothing stands above, the rest is all there is: then only the line that introduces it goes. */
  #cutRest(cut: Cut, end = this.#lines.length): boolean {
    this.#mark(cut.from, this.#hasOwnBefore(cut.from) ? end : cut.to, 'quote')
    return true
  }

  /** Quoted lines at the end, with a signature below them or not. */
  cutTrailingQuotes(counts: boolean, reasons: CutReason[]): void {
    let from: number | undefined
    const end = signatureIn(this.#lines, 0, this.#end())?.from ?? this.#lines.length
    for (let at = end - 1; at >= 0; at -= 1) {
      const line = this.#lines[at] as TextLine
      if (isBlank(line) || this.#kinds[at] === 'quote') continue
      if (line.quoteDepth === 0 && !this.#isWrapped(at)) break
      from = at
    }
    if (from === undefined || !counts || this.#kinds[from] !== 'reply' || !this.#hasOwnBefore(from)) return
    this.#mark(aboveDrawing(this.#lines, from), end, 'quote')
    reasons.push({
      rule: 'quote-marks',
      evidence: (this.#lines[from] as TextLine).trimmed.slice(0, maxEvidence),
    })
  }

  /** The line after the last that is not footer. */
  #end(): number {
    let end = this.#lines.length
    while (end > 0 && this.#kinds[end - 1] === 'quote') end -= 1
    return end
  }

  /** Below what was written, and below everything. */
  cutSignature(reasons: CutReason[]): void {
    for (const end of new Set([this.#lines.length, this.#startOfEnd()])) {
      const found = signatureIn(this.#lines, 0, end)
      if (!found || this.#kinds[found.from] !== 'reply') continue
      this.#mark(found.from, end, 'signature')
      const { trimmed } = this.#lines[found.from] as TextLine
      reasons.push({ rule: found.rule, evidence: trimmed.slice(0, maxEvidence) })
    }
  }

  /** The first line from which on nothing but quote, signature and empty lines stands. */
  #startOfEnd(): number {
    let start = signatureIn(this.#lines, 0, this.#lines.length)?.from ?? this.#lines.length
    while (start > 0 && (this.#kinds[start - 1] !== 'reply' || isBlank(this.#lines[start - 1]))) start -= 1
    const first = this.#kinds.indexOf('quote', start)
    return first < 0 ? this.#lines.length : first
  }

  #mark(from: number, to: number, kind: RangeKind): void {
    for (let at = from; at < to; at += 1) if (this.#kinds[at] === 'reply') this.#kinds[at] = kind
  }

  #nextText(at: number): number | undefined {
    return this.#next(at, (line) => !isBlank(line))
  }

  #nextQuoted(at: number): number | undefined {
    return this.#next(at, (line) => line.quoteDepth > 0)
  }

  #nextOwn(at: number): number | undefined {
    const signature = signatureIn(this.#lines, at - 1, this.#end())
    const next = this.#next(at, (line, index) => this.#isOwn(line, index))
    return next !== undefined && (!signature || next < signature.from) ? next : undefined
  }

  #next(at: number, is: (line: TextLine, index: number) => boolean): number | undefined {
    for (let index = at; index < this.#lines.length; index += 1)
      if (is(this.#lines[index] as TextLine, index)) return index
    return undefined
  }

  #isOwn(line: TextLine, at: number): boolean {
    return line.quoteDepth === 0 && !isBlank(line) && this.#kinds[at] === 'reply' && !this.#isWrapped(at)
  }

  #hasOwnBefore(at: number): boolean {
    return this.#lines.slice(0, at).some((line, index) => this.#isOwn(line, index))
  }

  /** The line after a quote's last; the rest of a quoted line that was wrapped without its mark is still quote. */
  #endOfQuote(from: number): number {
    let end = from
    for (let at = from; at < this.#lines.length; at += 1) {
      const line = this.#lines[at] as TextLine
      if (line.quoteDepth > 0 || this.#isWrapped(at)) end = at + 1
      else if (!isBlank(line)) break
    }
    return end
  }

  /** A single line without a mark between two with one is what a long line was wrapped to. */
  #isWrapped(at: number): boolean {
    const above = this.#lines[at - 1]
    const below = this.#lines[at + 1]
    const line = this.#lines[at] as TextLine
    if (line.quoteDepth > 0 || !above || !below || above.quoteDepth === 0 || below.quoteDepth === 0)
      return false
    return (
      (above.text.length >= wrappedFrom && !/[.?!:]$/.test(above.trimmed.slice(-1))) ||
      /^[(<]http/.test(line.trimmed)
    )
  }

  hasWords(): boolean {
    return this.#lines.some(
      (line, at) => this.#kinds[at] === 'reply' && /[\p{L}\p{N}\p{S}]/u.test(line.trimmed),
    )
  }

  ranges(text: string): TextRange[] {
    const ranges: { kind: RangeKind; start: number; end: number }[] = []
    for (const [at, { start, end }] of this.#lines.entries()) {
      const kind = this.#kinds[at] as RangeKind
      const last = ranges.at(-1)
      if (last?.kind === kind) last.end = end
      else ranges.push({ kind, start, end })
    }
    return ranges.length === 0 ? wholeRange(text) : ranges
  }
}

/** A quoted line of at least this length may have been wrapped. */
const wrappedFrom = 60
