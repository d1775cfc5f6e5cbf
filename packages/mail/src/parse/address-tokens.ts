// The tokens of an address list (RFC 5322 §3.2 and §3.4). One pass; what is never closed is taken for plain characters, so
// that a stray quote or bracket hides nothing that follows it.

export type AddressToken =
  /** A word of a name or a bare address; `raw` keeps quotes and escapes. */
  | { readonly kind: 'word'; readonly text: string; readonly raw: string; readonly quoted: boolean }
  | { readonly kind: 'angle'; readonly content: string }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'separator' | 'colon' | 'group-end' }

/** Text of an encoded word may hold commas and spaces, against RFC 2047. */
const encodedWord = /=\?[^\s?<>"]{1,64}\?[bq]\?[^?<>]{0,1000}\?=/iy
const special = /[\s"(<>,;:\\]/

/** The tokens of `value`, as they are asked for. */
export function* addressTokens(value: string): Generator<AddressToken> {
  const closes = new Closers(value)
  let text = ''
  let raw = ''
  let quoted = false
  let hasAt = false
  const word = (): AddressToken[] => {
    if (raw === '') return []
    const token: AddressToken = { kind: 'word', text, raw, quoted }
    text = ''
    raw = ''
    quoted = false
    hasAt = false
    return [token]
  }
  for (let at = 0; at < value.length; ) {
    const character = value[at] ?? ''
    const encoded = character === '=' ? encodedWordAt(value, at) : ''
    if (encoded !== '') {
      text += encoded
      raw += encoded
      at += encoded.length
    } else if (!special.test(character)) {
      const end = endOfPlain(value, at + 1)
      hasAt ||= value.slice(at, end).includes('@')
      text += value.slice(at, end)
      raw += value.slice(at, end)
      at = end
    } else if (character === '\\') {
      text += value[at + 1] ?? ''
      raw += value.slice(at, at + 2)
      at += 2
    } else if (character === '"') {
      const end = closes.quote(at)
      if (end > 0) {
        quoted ||= raw === ''
        text += unescaped(value.slice(at + 1, end))
        raw += value.slice(at, end + 1)
      }
      at = end > 0 ? end + 1 : at + 1
    } else {
      if (character !== ':') yield* word()
      if (character === '(') {
        const end = closes.comment(at)
        if (end > 0) yield { kind: 'comment', text: unescaped(value.slice(at + 1, end)) }
        at = end > 0 ? end + 1 : at + 1
      } else if (character === '<') {
        const end = closes.angle(at)
        yield { kind: 'angle', content: value.slice(at + 1, end) }
        at = value[end] === '>' ? end + 1 : end
      } else if (character === ':' && (hasAt || !closes.groupEndsAfter(at))) {
        const isScheme = raw.length === 6 && raw.toLowerCase() === 'mailto'
        text = isScheme ? '' : `${text}:`
        raw = isScheme ? '' : `${raw}:`
        at += 1
      } else {
        if (character === ':') yield* word()
        const kind = tokenKinds[character]
        if (kind) yield { kind }
        at += 1
      }
    }
  }
  yield* word()
}

const tokenKinds: Readonly<Record<string, 'separator' | 'colon' | 'group-end'>> = {
  ',': 'separator',
  ';': 'group-end',
  ':': 'colon',
}

function encodedWordAt(value: string, at: number): string {
  encodedWord.lastIndex = at
  return encodedWord.exec(value)?.[0] ?? ''
}

function endOfPlain(value: string, from: number): number {
  let end = from
  while (end < value.length && value[end] !== '=' && !special.test(value[end] ?? '')) end += 1
  return end
}

/** Without the backslashes of quoted pairs. */
function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\s\S])/g, '$1') : text
}

/** Where quotes, comments and brackets end; each is looked up in a table made in one pass. */
class Closers {
  readonly #value: string
  readonly #comments: Map<number, number>
  readonly #lastGroupEnd: number
  #noQuoteAfter = Number.POSITIVE_INFINITY

  constructor(value: string) {
    this.#value = value
    this.#comments = value.includes('(') ? commentEnds(value) : new Map()
    this.#lastGroupEnd = value.lastIndexOf(';')
  }

  /** The closing quote, or -1. */
  quote(at: number): number {
    if (at >= this.#noQuoteAfter) return -1
    for (let end = at + 1; end < this.#value.length; end += 1) {
      if (this.#value[end] === '\\') end += 1
      else if (this.#value[end] === '"') return end
    }
    this.#noQuoteAfter = at
    return -1
  }

  /** The closing parenthesis, or -1. */
  comment(at: number): number {
    return this.#comments.get(at) ?? -1
  }

  /** Where what a bracket opens ends: at its `>`; where that is missing, before the next `<`, `,` or `;`. */
  angle(at: number): number {
    const isRoute = this.#value[at + 1] === '@'
    for (let end = at + 1; end < this.#value.length; end += 1) {
      const character = this.#value[end]
      if (character === '>' || character === '<') return end
      if ((character === ',' && !isRoute) || character === ';') return end
      if (character === '\\') end += 1
      else if (character === '"') end = this.#quotedLocalPart(end)
    }
    return this.#value.length
  }

  /** The end of a quoted local part (RFC 5321 §4.1.2); a quote that is none is skipped. */
  #quotedLocalPart(at: number): number {
    const end = this.quote(at)
    return end > 0 && (this.#value[end + 1] === '@' || this.#value[end + 1] === '>') ? end : at
  }

  groupEndsAfter(at: number): boolean {
    return this.#lastGroupEnd > at
  }
}

function commentEnds(value: string): Map<number, number> {
  const ends = new Map<number, number>()
  const open: number[] = []
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at]
    if (character === '\\') at += 1
    else if (character === '(') open.push(at)
    else if (character === ')') {
      const start = open.pop()
      if (start !== undefined) ends.set(start, at)
    }
  }
  return ends
}
