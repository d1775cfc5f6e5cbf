// One Authentication-Results field (RFC 8601 §2.2): who looked, and what they found. Parsed, never searched: comments,
// quotes and folds are where forgers hide words. Linear in the length of the field.

/** One statement: `dkim=pass reason="…" header.d=example.com`. */
export interface MethodResult {
  /** Lower case, without a version: 'dkim', 'spf', 'dmarc', 'arc' … */
  readonly method: string
  /** Lower case: 'pass', 'fail', 'none' … */
  readonly result: string
  /** `reason`, where one is given. */
  readonly reason: string | null
  /** By `ptype.property` in lower case; of several of one name the first. */
  readonly properties: ReadonlyMap<string, string>
}

export interface AuthenticationResults {
  /** Lower case. */
  readonly authservId: string
  /** 1 when none is written; results of another version are not read. */
  readonly version: number
  readonly results: readonly MethodResult[]
  /** Something in it is not as RFC 8601 writes it, or beyond the bounds. */
  readonly garbled: boolean
}

/** UTF-16 units of one field that are read. */
const maxFieldLength = 16_384
/** Statements read of one field, and properties of one statement. */
const maxStatements = 50
const maxProperties = 20

/** A run of characters without white space between them, quotes undone; or a mark on its own. */
interface Token {
  readonly text: string
  readonly isQuoted: boolean
}

const digits = /^\d{1,3}$/
/** Method and ptype names; RFC 8601 says Keyword, which servers stretch by `_` and `-`. */
const keyword = /^[a-z0-9][a-z0-9_-]*$/

/** Reads a field's value (unfolded); undefined when it names nobody who looked. */
export function readAuthenticationResults(value: string): AuthenticationResults | undefined {
  const cut = value.length > maxFieldLength
  const { segments, broken } = segmentsOf(value.slice(0, maxFieldLength))
  const [head = [], ...statements] = segments
  const [id, version, ...more] = head
  if (!id || id.text === '' || more.length > 0) return undefined
  if (!id.isQuoted && /[=@]/.test(id.text)) return undefined
  if (version && (version.isQuoted || !digits.test(version.text))) return undefined
  const read = statements.slice(0, maxStatements).map(readStatement)
  return {
    authservId: id.text.toLowerCase(),
    version: version ? Number(version.text) : 1,
    results: read.flatMap((one) => (one === 'garbled' || one === undefined ? [] : [one])),
    garbled: cut || broken || statements.length > maxStatements || read.includes('garbled'),
  }
}

/** `method[/version]=result [reason=…] [ptype.property=…]`; undefined for `none`, which says that nothing was looked at. */
function readStatement(tokens: readonly Token[]): MethodResult | 'garbled' | undefined {
  const pairs = pairsOf(tokens)
  if (pairs === undefined) return tokens.length === 1 && isWord(tokens[0], 'none') ? undefined : 'garbled'
  const [first, ...rest] = pairs
  // An empty statement: a semicolon at the end.
  if (!first) return undefined
  const method = first.name.split('/')[0] ?? ''
  const result = first.value.toLowerCase()
  if (!keyword.test(method) || !keyword.test(result) || rest.length > maxProperties) return 'garbled'
  const properties = new Map<string, string>()
  let reason: string | null = null
  for (const { name, value } of rest) {
    if (name === 'reason') reason ??= value
    else if (!properties.has(name)) properties.set(name, value)
  }
  return { method, result, reason, properties }
}

/** `name=value` pairs; white space and comments may stand around `=`, `.` and `/`. Undefined when it is something else. */
function pairsOf(tokens: readonly Token[]): { name: string; value: string }[] | undefined {
  const pairs: { name: string; value: string }[] = []
  let name = ''
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token
    if (isMark(token)) {
      const value = tokens[at + 1]
      // A property without a value says nothing (`smtp.mailfrom=` of a bounce); a method without a result is a mistake.
      const isEmpty = !value && pairs.length > 0
      if (name === '' || (!value && !isEmpty) || isMark(value)) return undefined
      pairs.push({ name: name.toLowerCase(), value: value?.text ?? '' })
      name = ''
      at += 1
    } else {
      const continues = name === '' || /[./]$/.test(name) || /^[./]/.test(token.text)
      if (token.isQuoted || !continues) return undefined
      name += token.text
    }
  }
  return name === '' ? pairs : undefined
}

function isMark(token: Token | undefined): boolean {
  return token !== undefined && token.text === '=' && !token.isQuoted
}

function isWord(token: Token | undefined, word: string): boolean {
  return token !== undefined && !token.isQuoted && token.text.toLowerCase() === word
}

/** Cuts at the semicolons outside of comments and quotes, and into tokens. */
function segmentsOf(value: string): { segments: Token[][]; broken: boolean } {
  const segments: Token[][] = [[]]
  let text = ''
  let isQuoted = false
  let afterEquals = false
  const push = () => {
    if (text !== '' || isQuoted) {
      segments.at(-1)?.push({ text, isQuoted })
      afterEquals = false
    }
    text = ''
    isQuoted = false
  }
  let at = 0
  while (at < value.length) {
    const character = value[at] as string
    if (character === '(') {
      push()
      const end = afterComment(value, at)
      if (end === undefined) return { segments, broken: true }
      at = end
      continue
    }
    if (character === '"') {
      const quoted = readQuoted(value, at)
      if (!quoted) return { segments, broken: true }
      text += quoted.text
      isQuoted = true
      at = quoted.end
      continue
    }
    // Values hold `=` themselves (`header.b=xyz==`); between a name and its value it stands alone.
    if (character === '=' && !(afterEquals && text !== '')) {
      push()
      segments.at(-1)?.push({ text: '=', isQuoted: false })
      afterEquals = true
    } else if (character === ';') {
      push()
      afterEquals = false
      segments.push([])
    } else if (/\s/.test(character)) push()
    else text += character
    at += 1
  }
  push()
  return { segments, broken: false }
}

/** The place after the comment that begins at `start` (RFC 5322 §3.2.2: they nest); undefined when it does not end. */
function afterComment(value: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < value.length; at += 1) {
    const character = value[at]
    if (character === '\\') at += 1
    else if (character === '(') depth += 1
    else if (character === ')') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return undefined
}

function readQuoted(value: string, start: number): { text: string; end: number } | undefined {
  let text = ''
  for (let at = start + 1; at < value.length; at += 1) {
    const character = value[at] as string
    if (character === '"') return { text, end: at + 1 }
    if (character === '\\') at += 1
    text += value[at] ?? ''
  }
  return undefined
}
