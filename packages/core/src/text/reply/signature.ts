// Where the signature begins at the end of what somebody wrote. Nothing is a signature that begins in the first line.
import { isSentFrom, isSignOff } from './signature-words.ts'
import { isBlank, type TextLine } from './text-lines.ts'

export interface SignatureFound {
  /** Index of its first line. */
  readonly from: number
  readonly rule: 'signature-line' | 'sent-from' | 'name-after-dash' | 'sign-off'
}

/** Where a footer of a list server or a company begins, which lasts to the end of the text; undefined without one. */
export function footerIn(lines: readonly TextLine[]): number | undefined {
  const first = firstText(lines, 0, lines.length)
  let found: number | undefined
  let below = 0
  for (let at = lines.length - 1; at > first && below <= maxBelowSeparator; at -= 1) {
    const line = lines[at] as TextLine
    if (line.quoteDepth > 0) break
    if (isBlank(line)) continue
    if (isFooter(lines, at)) found = at
    below += 1
  }
  return found
}

/** Lines with text below a line of dashes. */
const maxBelowDashes = 12
/** Below `-- `, which is written by programs (RFC 3676 §4.3). */
const maxBelowSeparator = 60
/** Below a closing. */
const maxBelowSignOff = 5
/** Letters of a line with a name, a title or a number. */
const maxCardLine = 40
/** Below "Sent from my …". */
const maxBelowSentFrom = 4

/** The signature in the lines `from` to `to` (exclusive); null when there is none. */
export function signatureIn(lines: readonly TextLine[], from: number, to: number): SignatureFound | null {
  const first = firstText(lines, from, to)
  let found: SignatureFound | null = null
  let below = 0
  for (let at = to - 1; at > first && below <= maxBelowSeparator; at -= 1) {
    const line = lines[at] as TextLine
    if (line.quoteDepth > 0) break
    if (isBlank(line)) continue
    const rule = beginsSignature(lines, at, below)
    if (rule) found = { from: withDashesAbove(lines, at, first), rule }
    if (rule !== 'sent-from') below += 1
  }
  return found
}

function beginsSignature(
  lines: readonly TextLine[],
  at: number,
  below: number,
): SignatureFound['rule'] | undefined {
  const { text, trimmed } = lines[at] as TextLine
  if (text.trimEnd() === '--' && text.startsWith('-- ')) return 'signature-line'
  if (below <= maxBelowDashes && /^(?:--|__|[—–]{1,2})$/.test(trimmed)) return 'signature-line'
  // Three are also drawn between paragraphs.
  if (below <= maxBelowSignOff && /^(?:---|___)$/.test(trimmed) && isCard(lines, at, below))
    return 'signature-line'
  if (below <= maxBelowSentFrom && isSentFrom(trimmed)) return 'sent-from'
  if (below <= maxBelowSignOff && isSignOff(trimmed) && namesFollow(lines, at, below)) return 'sign-off'
  if (below <= 2 && isNameAfterDash(trimmed, lines[at - 1], lines[at + 1])) return 'name-after-dash'
  return undefined
}

/** `-Ada` or `/Ada` below what she wrote; items of a list stand below each other. */
function isNameAfterDash(line: string, above: TextLine | undefined, below: TextLine | undefined): boolean {
  if (isBlank(above)) return !isListItem(below) && /^(?:[-–—] ?|\/)\p{L}[\p{L}.'’ ]{0,30}$/u.test(line)
  return /^-\p{L}{2,20}$/u.test(line) && !isListItem(above)
}

function isListItem(line: TextLine | undefined): boolean {
  return /^[-–—*•]/.test(line?.trimmed ?? '')
}

/** Right below a closing stand a name, and then at most what a card has: short lines, no sentences. */
function namesFollow(lines: readonly TextLine[], at: number, below: number): boolean {
  return below > 0 && !isBlank(lines[at + 1]) && isCard(lines, at, below)
}

/** Short lines without a sentence among them, as many as there are. */
function isCard(lines: readonly TextLine[], at: number, below: number): boolean {
  let seen = 0
  for (let next = at + 1; next < lines.length && seen < below; next += 1) {
    const line = lines[next] as TextLine
    if (isBlank(line)) continue
    if (line.trimmed.length > maxCardLine || /[.?!,;:]$/.test(line.trimmed.slice(-1))) return false
    seen += 1
  }
  return true
}

/** `______` above the lines a list server adds, or `****` above a disclaimer. */
function isFooter(lines: readonly TextLine[], at: number): boolean {
  const { trimmed } = lines[at] as TextLine
  if (!/^(?:_{2,}|-{10,}|\*{10,}|={10,}|#{10,})$/.test(trimmed)) return false
  const below = lines
    .slice(at + 1, at + 6)
    .map(({ trimmed: text }) => text.toLowerCase())
    .join(' ')
  return footerWords.some((word) => below.includes(word))
}

const footerWords = (
  'mailing list|unsubscribe|confidential|listinfo|abmelden|vertraulich|désabonner|confidentiel|virus|monitored|' +
  'intended recipient|intended only|privileged|disclaimer|haftungsausschluss|confidencial|riservat|vertrouwelijk|důvěrn|конфиденциальн'
).split('|')

/** Dashes right above belong to it: `--` and then `--` again, or an empty line and then "Thanks". */
function withDashesAbove(lines: readonly TextLine[], at: number, first: number): number {
  let from = at
  for (let above = at - 1; above > first; above -= 1) {
    const { trimmed } = lines[above] as TextLine
    if (/^(?:-{2,3}|_{2,3})$/.test(trimmed)) from = above
    else if (trimmed !== '') break
  }
  return from
}

function firstText(lines: readonly TextLine[], from: number, to: number): number {
  for (let at = from; at < to; at += 1) if (!isBlank(lines[at])) return at
  return to
}
