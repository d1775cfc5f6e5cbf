// As much of CMS (RFC 5652) as it takes to tell signed from encrypted, and to read what an opaque signature holds. DER,
// and BER as streaming signers write it: indefinite lengths, strings in pieces. Nothing is verified.

/** What a CMS message is; `content` is what a signed one holds, as sent, when it holds something. */
export type Cms =
  | { readonly kind: 'signed'; readonly content: Buffer | undefined }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'unknown' }

const signedData = '2a864886f70d010702'
const encryptedKinds = new Set([
  '2a864886f70d010703', // envelopedData
  '2a864886f70d010706', // encryptedData
  '2a864886f70d0109100117', // authEnvelopedData (RFC 5083)
])

/** How deep constructed values may nest. */
const maxDepth = 12
/** Pieces of the content; streaming signers write 1 to 4 KiB each. */
const maxPieces = 100_000

interface Value {
  readonly tag: number
  readonly start: number
  /** Behind the contents; for an indefinite length behind them, before the end-of-contents octets. */
  readonly end: number
  /** Behind all of it. */
  readonly next: number
}

/** Reads a CMS message, also from its beginning alone. Linear; never throws. */
export function readCms(bytes: Buffer): Cms {
  const reader = new Reader(bytes)
  const info = reader.open(0)
  const type = info && reader.open(info.start)
  if (info?.tag !== 0x30 || type?.tag !== 0x06 || type.end - type.start > 16) return { kind: 'unknown' }
  const oid = bytes.subarray(type.start, type.end).toString('hex')
  if (encryptedKinds.has(oid)) return { kind: 'encrypted' }
  if (oid !== signedData) return { kind: 'unknown' }
  return { kind: 'signed', content: signedContent(reader, type.end) }
}

/** ContentInfo.content → SignedData.encapContentInfo.eContent (RFC 5652 §5.1, §5.2). */
function signedContent(reader: Reader, at: number): Buffer | undefined {
  const explicit = reader.open(at)
  const data = explicit && reader.open(explicit.start)
  const version = data && reader.whole(data.start)
  const algorithms = version && reader.whole(version.next)
  const encapsulated = algorithms && reader.open(algorithms.next)
  const type = encapsulated && reader.whole(encapsulated.start)
  if (data?.tag !== 0x30 || encapsulated?.tag !== 0x30 || type?.tag !== 0x06) return undefined
  if (type.next >= encapsulated.end) return undefined
  const content = reader.open(type.next)
  const octets = content?.tag === 0xa0 ? reader.open(content.start) : undefined
  return octets && reader.string(octets.tag, content?.start ?? 0)
}

class Reader {
  readonly #bytes: Buffer
  #pieces = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** The value at `at`, with the end of an indefinite one not looked for: the end of the bytes stands for it. */
  open(at: number): Value | undefined {
    const tag = this.#bytes[at]
    const first = this.#bytes[at + 1]
    // Tag numbers above 30 do not occur where we look.
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined
    const last = this.#bytes.length
    if (first < 0x80) return bounded(tag, at + 2, at + 2 + first, last)
    const count = first & 0x7f
    if (count === 0) return { tag, start: at + 2, end: last, next: last }
    if (count > 4 || at + 2 + count > last) return undefined
    return bounded(tag, at + 2 + count, at + 2 + count + this.#bytes.readUIntBE(at + 2, count), last)
  }

  /** The value at `at`, whole. */
  whole(at: number, depth = 0): Value | undefined {
    const value = this.open(at)
    if (!value || this.#bytes[at + 1] !== 0x80) return value
    if (depth >= maxDepth) return undefined
    let inside = value.start
    while (!this.#endsAt(inside)) {
      const child = this.whole(inside, depth + 1)
      if (!child || child.next <= inside) return undefined
      inside = child.next
    }
    return { ...value, end: inside, next: inside + 2 }
  }

  /** The octet string at `at`, in one piece or many. */
  string(tag: number, at: number): Buffer | undefined {
    if (tag === 0x04) {
      const value = this.open(at)
      return value && this.#bytes.subarray(value.start, value.end)
    }
    const pieces: Buffer[] = []
    return tag === 0x24 && this.#collect(at, pieces, 0) !== undefined ? Buffer.concat(pieces) : undefined
  }

  /** Adds the pieces of a constructed string; returns what is behind it. A cut string gives what there is. */
  #collect(at: number, pieces: Buffer[], depth: number): number | undefined {
    const value = this.open(at)
    if (!value || depth > maxDepth) return undefined
    let inside = value.start
    while (inside < value.end && !this.#endsAt(inside)) {
      const piece = this.open(inside)
      this.#pieces += 1
      if (!piece || this.#pieces > maxPieces) break
      if (piece.tag === 0x04) pieces.push(this.#bytes.subarray(piece.start, piece.end))
      const next = piece.tag === 0x24 ? this.#collect(inside, pieces, depth + 1) : piece.next
      if (next === undefined || next <= inside) break
      inside = next
    }
    return this.#bytes[at + 1] === 0x80 ? inside + 2 : value.next
  }

  #endsAt(at: number): boolean {
    return this.#bytes[at] === 0 && this.#bytes[at + 1] === 0
  }
}

function bounded(tag: number, start: number, end: number, last: number): Value {
  return { tag, start, end: Math.min(end, last), next: Math.min(end, last) }
}
