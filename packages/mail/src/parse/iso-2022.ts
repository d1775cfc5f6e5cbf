// Character sets that switch by escape sequences: ISO-2022-JP and its relatives (RFC 1468, 1554, 2237), ISO-2022-KR
// (RFC 1557), ISO-2022-CN (RFC 1922) and HZ (RFC 1843), read by one decoder: the escapes say which set follows.
import iconv from 'iconv-lite'

/** What a designated set is made of; pairs are read with the high bit set, by the table named. */
type Graphic =
  | { readonly kind: 'ascii' | 'roman' | 'kana' | 'unknown-pairs' }
  | { readonly kind: 'pairs'; readonly codec: string; readonly lead?: number }
  | { readonly kind: 'high'; readonly codec: string }

const ascii: Graphic = { kind: 'ascii' }
const jis: Graphic = { kind: 'pairs', codec: 'eucjp' }
const gb: Graphic = { kind: 'pairs', codec: 'gb18030' }
const ks: Graphic = { kind: 'pairs', codec: 'cp949' }
const unknownPairs: Graphic = { kind: 'unknown-pairs' }
const kana: Graphic = { kind: 'kana' }

/** Escape sequences without their ESC: which of G0 to G2 gets which set. */
const designations: Readonly<Record<string, readonly [0 | 1 | 2, Graphic]>> = {
  '(B': [0, ascii],
  '(J': [0, { kind: 'roman' }],
  '(H': [0, ascii],
  '(I': [0, kana],
  ')I': [1, kana],
  '$@': [0, jis],
  $B: [0, jis],
  '$(@': [0, jis],
  '$(B': [0, jis],
  '$(D': [0, { kind: 'pairs', codec: 'eucjp', lead: 0x8f }],
  '$(O': [0, jis],
  '$(Q': [0, jis],
  '$(P': [0, unknownPairs],
  $A: [0, gb],
  '$(A': [0, gb],
  '$)A': [1, gb],
  '$)E': [1, gb],
  '$(C': [0, ks],
  '$)C': [1, ks],
  '$)G': [1, unknownPairs],
  '$*H': [2, unknownPairs],
  '.A': [2, { kind: 'high', codec: 'iso-8859-1' }],
  '.F': [2, { kind: 'high', codec: 'iso-8859-7' }],
}

const escapeByte = 0x1b

/** True when `bytes` hold an escape sequence that only ISO-2022 text has. */
export function hasIso2022Escape(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(escapeByte); at >= 0; at = bytes.indexOf(escapeByte, at + 1)) {
    if (bytes[at + 1] === 0x24 && designationAt(bytes, at + 1) !== '') return true
    if (bytes[at + 1] === 0x28 && bytes[at + 2] === 0x49) return true
  }
  return false
}

/** Text of any of the ISO-2022 family. Never throws; linear. */
export function decodeIso2022(given: Uint8Array): string {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.length)
  const text = new Runs()
  const sets: [Graphic, Graphic, Graphic] = [ascii, kana, ascii]
  let shifted = false
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0
    const set = shifted ? sets[1] : sets[0]
    if (byte === escapeByte) {
      const designation = designationAt(bytes, at + 1)
      const [slot, graphic] = designations[designation] ?? [0, ascii]
      if (designation !== '') sets[slot] = graphic
      else if (bytes[at + 1] !== 0x4e) text.plain('\ufffd')
      if (designation !== '') at += 1 + designation.length
      else at += bytes[at + 1] === 0x4e ? 2 + text.add(sets[2], bytes, at + 2) : 1
    } else if (byte === 0x0e || byte === 0x0f) {
      shifted = byte === 0x0e
      at += 1
    } else if (byte === 0x0a || byte === 0x0d) {
      // Lines begin in ASCII (RFC 1468, 1557); a sender that forgot to switch back spoils one line only.
      sets[0] = ascii
      shifted = false
      text.plain(String.fromCharCode(byte))
      at += 1
    } else if (byte <= 0x20 || byte === 0x7f) {
      text.plain(String.fromCharCode(byte))
      at += 1
    } else {
      at += text.add(set, bytes, at)
    }
  }
  return text.end()
}

/** HZ (RFC 1843): `~{` and `~}` around pairs of GB 2312. Never throws; linear. */
export function decodeHz(given: Uint8Array): string {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.length)
  const text = new Runs()
  let set = ascii
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0
    const next = bytes[at + 1]
    if (byte === 0x7e && (next === 0x7b || next === 0x7d)) {
      set = next === 0x7b ? gb : ascii
      at += 2
    } else if (set === ascii && byte === 0x7e && (next === 0x7e || next === 0x0a)) {
      if (next === 0x7e) text.plain('~')
      at += 2
    } else if (byte <= 0x20 || byte === 0x7f) {
      if (byte === 0x0a) set = ascii
      text.plain(String.fromCharCode(byte))
      at += 1
    } else {
      at += text.add(set, bytes, at)
    }
  }
  return text.end()
}

function designationAt(bytes: Buffer, at: number): string {
  for (const length of [2, 3]) {
    const sequence = bytes.toString('latin1', at, at + length)
    if (Object.hasOwn(designations, sequence)) return sequence
  }
  return ''
}

/** Collects text; runs of pairs of one table are decoded together. */
class Runs {
  readonly #text: string[] = []
  #pending: number[] = []
  #codec = ''

  plain(text: string): void {
    this.#flush()
    this.#text.push(text)
  }

  /** The character of `set` that starts at `at`. @returns how many bytes it took. */
  add(set: Graphic, bytes: Buffer, at: number): number {
    const first = bytes[at]
    if (first === undefined) return 0
    if (first >= 0x80) this.plain(first > 0xa0 && first < 0xe0 ? halfWidth(first) : '\ufffd')
    else if (set.kind === 'pairs' || set.kind === 'unknown-pairs')
      return this.#pair(set, first, bytes[at + 1])
    else if (set.kind === 'high') this.#pend(set.codec, [first | 0x80])
    else this.plain(single(set.kind, first))
    return 1
  }

  #pair(set: Graphic, first: number, second: number | undefined): number {
    const whole = second !== undefined && second > 0x20 && second < 0x7f
    if (!whole || set.kind !== 'pairs') this.plain('\ufffd')
    else this.#pend(set.codec, [...(set.lead === undefined ? [] : [set.lead]), first | 0x80, second | 0x80])
    return whole ? 2 : 1
  }

  #pend(codec: string, bytes: readonly number[]): void {
    if (codec !== this.#codec) this.#flush()
    this.#codec = codec
    this.#pending.push(...bytes)
  }

  #flush(): void {
    if (this.#pending.length === 0) return
    this.#text.push(iconv.decode(Buffer.from(this.#pending), this.#codec))
    this.#pending = []
  }

  end(): string {
    this.#flush()
    return this.#text.join('')
  }
}

function single(kind: 'ascii' | 'roman' | 'kana', byte: number): string {
  if (kind === 'kana') return byte < 0x60 ? halfWidth(byte | 0x80) : '\ufffd'
  if (kind === 'roman' && byte === 0x5c) return '¥'
  if (kind === 'roman' && byte === 0x7e) return '‾'
  return String.fromCharCode(byte)
}

/** Half-width katakana of JIS X 0201, 0xa1 to 0xdf. */
function halfWidth(byte: number): string {
  return String.fromCharCode(0xff61 + byte - 0xa1)
}
