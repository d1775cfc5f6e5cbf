// The value and parameters of a MIME field (RFC 2045 §5.1, RFC 2183, RFC 2231, RFC 8187), as they are really sent. One
// pass over the field; parameters are put together afterwards, each piece once.
import { decodeText } from './charset.ts'
import { decodeWords } from './decode-words.ts'

export interface ParametrizedValue {
  /** Lower case, without comments. */
  readonly value: string
  /** By lower-case name, decoded. */
  readonly params: ReadonlyMap<string, string>
}

/** UTF-16 units of a field that are looked at. */
const maxFieldLength = 1024 * 1024
/** Pieces of one parameter (RFC 2231 §3) that are put together. */
const maxPieces = 1_000

interface Piece {
  readonly index: number
  readonly encoded: boolean
  readonly text: string
}

/**
 * Reads a Content-Type or Content-Disposition field. What is encoded as RFC 2231 says wins over a plain parameter of the
 * same name, the first of two equal ones over the second. Pieces may come in any order; a missing one ends the value.
 * Encoded words in parameters, which no RFC allows, are decoded. Quotes that are never closed, and unquoted values with
 * spaces or semicolons, reach to the next `; name=` or the end. Never throws; linear in the length.
 */
export function parseParameters(field: string): ParametrizedValue {
  const { first, rest } = segmentsOf(field.slice(0, maxFieldLength))
  const plain = new Map<string, string>()
  const pieces = new Map<string, Piece[]>()
  for (const segment of rest) {
    const equals = segment.indexOf('=')
    const extended = /^([^*\s]{1,100})(?:\*(\d{1,9}))?(\*)?$/.exec(segment.slice(0, equals).trim())
    if (!extended) continue
    const [, name = '', index, star] = extended
    const base = name.toLowerCase()
    const text = unquoted(segment.slice(equals + 1))
    if (index === undefined && star === undefined) {
      if ((plain.get(base) ?? '') === '') plain.set(base, text)
      continue
    }
    const known = pieces.get(base) ?? []
    if (known.length < maxPieces)
      known.push({ index: Number(index ?? -1), encoded: star !== undefined, text })
    pieces.set(base, known)
  }
  const params = new Map<string, string>()
  for (const [name, value] of plain) params.set(name, decodeWords(value))
  for (const [name, known] of pieces) params.set(name, joined(known))
  return { value: withoutComment(first).trim().toLowerCase(), params }
}

const nextParameter = /[;\s]\s{0,99}[a-z0-9!#$&+.^_`|~-]{1,40}(?:\*\d{1,9})?\*?\s{0,9}=/iy
const nextQuotedParameter =
  /;\s{0,99}[a-z0-9!#$&+.^_`|~-]{1,40}(?:\*\d{1,9})?\*?\s{0,9}=\s{0,9}"(?!\s{0,99}(?:;|$))/iy
/** The end of a quoted value: before a semicolon or the end, or before another parameter whose semicolon is missing. */
const valueEnds = /"\s{0,99}(?:;|$|[a-z0-9!#$&+.^_`|~-]{1,40}\*?\s{0,9}=\s{0,9}["?])/iy

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}

/** The value, and `name=…` each; a semicolon that no name follows belongs to what it stands in. */
function segmentsOf(field: string): { first: string; rest: string[] } {
  const segments: string[] = []
  let start = 0
  let closed = true
  let before = ''
  let afterQuote = false
  for (let at = 0; at < field.length; at += 1) {
    const character = field[at] ?? ''
    const isSpace = character === ' ' || character === '\t'
    const splits = character === ';' || (isSpace && (segments.length === 0 || afterQuote))
    if (splits && matchesAt(nextParameter, field, at)) {
      segments.push(field.slice(start, at))
      start = at + 1
    } else if (character === '"' && before === '=') {
      const end: number = closed ? endOfQuoted(field, at) : -1
      if (end === -1) closed = false
      else at = end
      afterQuote = field[end] === '"'
      before = '"'
      continue
    }
    if (!isSpace) {
      before = character
      afterQuote = false
    }
  }
  segments.push(field.slice(start))
  const [first = '', ...rest] = segments
  if (matchesAt(nextParameter, `;${first}`, 0)) return { first: '', rest: segments }
  return { first: first.split(';')[0] ?? '', rest }
}

/**
 * The quote that closes the one at `at`: one that the value ends with, so that quotes inside a name do no harm
 * (`"a "b" c.txt"`). When a quoted parameter follows before it, this one was never closed, and ends there.
 * @returns -1 when nothing in the rest of the field closes anything.
 */
function endOfQuoted(field: string, at: number): number {
  for (let end = at + 1; end < field.length; end += 1) {
    const character = field[end]
    if (character === '\\') end += 1
    else if (character === '"' && matchesAt(valueEnds, field, end)) return end
    else if (character === ';' && matchesAt(nextQuotedParameter, field, end)) return end - 1
  }
  return -1
}

function unquoted(value: string): string {
  const trimmed = value.trim().replace(/;$/, '')
  if (!trimmed.startsWith('"')) return withoutComment(trimmed).trim()
  const end = endOfQuoted(trimmed, 0)
  const open = trimmed.length > 1 && trimmed.endsWith('"') ? trimmed.slice(1, -1) : trimmed.slice(1)
  const inner = trimmed[end] === '"' ? trimmed.slice(1, end) : open
  // A backslash that escapes neither quote nor backslash belongs to a Windows path.
  return inner.replace(/\\(["\\])/g, '$1')
}

/** A comment after a single word goes; parentheses in a name with spaces (`my report (1).pdf`) are part of it. */
function withoutComment(value: string): string {
  return /^([^\s()]{0,200})\s{0,99}\([^()]{0,500}\)\s*$/.exec(value.trim())?.[1] ?? value
}

/** Pieces in their order; the first may name the character set of all that are encoded (RFC 2231 §4.1). */
function joined(pieces: readonly Piece[]): string {
  const whole = pieces.find(({ index }) => index < 0)
  const numbered = pieces.filter(({ index }) => index >= 0).sort((a, b) => a.index - b.index)
  const inOrder: Piece[] = []
  for (const piece of numbered) {
    if (piece.index === (inOrder.at(-1)?.index ?? -1)) continue
    if (inOrder.length > 0 && piece.index !== (inOrder.at(-1)?.index ?? 0) + 1) break
    inOrder.push(piece)
  }
  const used = whole ? [whole] : inOrder
  const anyEncoded = used.some(({ encoded }) => encoded)
  const text = used.map((piece) => piece.text).join('')
  if (!anyEncoded) return decodeWords(text)
  const [first] = used
  const label = first?.encoded ? /^([^']{0,60})'([^']{0,60})'/.exec(first.text) : null
  const bytes = used.map(({ encoded, text: said }, at) => {
    const content = at === 0 && label ? said.slice(label[0].length) : said
    return encoded ? percentDecoded(content) : Buffer.from(content, 'utf8')
  })
  const decoded = decodeText(Buffer.concat(bytes), label?.[1] || null).text
  return decodeWords(decoded)
}

/** Bytes of a percent-encoded text; a percent sign that encodes nothing stays. */
function percentDecoded(text: string): Buffer {
  const pieces = text.split(/((?:%[0-9A-Fa-f]{2})+)/)
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 1 ? Buffer.from(piece.replaceAll('%', ''), 'hex') : Buffer.from(piece, 'utf8'),
    ),
  )
}
