// The bytes of a mail on their way to the verifier, stopped where they would cost it more than any honest mail does. It
// hashes the body once for each way in which signatures ask for it, and holds a line until it ends.

/** DKIM-Signature fields of one mail that are verified; honest ones have one to four. */
const maxSignatures = 10
/** Of them, such as name a length (`l=`): each length is another pass over the body. */
const maxLengths = 2
/** Bytes of a line of the body; RFC 5322 §2.1.1 allows 998. */
const maxLineBytes = 256 * 1024

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** The mail is larger in some way than is verified. The message says in which. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch'
}

export class BoundedBytes {
  /** What reading the mail threw. */
  sourceError: unknown
  readonly #headerBytes: number
  #header = ''
  #isInHeader = true
  #lineBytes = 0
  #last = lineFeed

  constructor(headerBytes: number) {
    this.#headerBytes = headerBytes
  }

  /** The same bytes with lines ended by CRLF, once the header section is whole. @throws TooMuch */
  async *of(raw: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    const source = raw[Symbol.asyncIterator]()
    const held: Buffer[] = []
    for (let next = await this.#read(source); next; next = await this.#read(source)) {
      const chunk = this.#withLines(next)
      if (!this.#isInHeader) {
        yield chunk
        continue
      }
      held.push(chunk)
      this.#lookAtHeader(chunk)
      if (!this.#isInHeader) yield* held.splice(0)
    }
    if (this.#isInHeader) this.#countSignatures()
    yield* held
  }

  async #read(source: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await source.next()
      return done ? undefined : value
    } catch (error) {
      this.sourceError = error
      throw error
    }
  }

  /** A line feed alone ends a line, too; many of them are dear for who reads line by line. */
  #withLines(chunk: Uint8Array): Buffer {
    const lines = Buffer.allocUnsafe(chunk.length * 2)
    let length = 0
    for (const byte of chunk) {
      if (byte === lineFeed) {
        if (this.#last !== carriageReturn) lines[length++] = carriageReturn
        this.#lineBytes = 0
      } else this.#lineBytes += 1
      lines[length++] = byte
      this.#last = byte
      if (this.#lineBytes > maxLineBytes) throw new TooMuch(`a line is longer than ${maxLineBytes} bytes`)
    }
    return lines.subarray(0, length)
  }

  #lookAtHeader(chunk: Buffer): void {
    const from = Math.max(0, this.#header.length - 3)
    this.#header += chunk.toString('latin1')
    const end = this.#header.indexOf('\r\n\r\n', from)
    if (end >= 0) this.#header = this.#header.slice(0, end + 2)
    if (this.#header.length > this.#headerBytes)
      throw new TooMuch(`the header section is larger than ${this.#headerBytes} bytes`)
    if (end >= 0) this.#countSignatures()
  }

  #countSignatures(): void {
    this.#isInHeader = false
    const fields = this.#header.replace(/\r\n[ \t]/g, ' ').split('\r\n')
    this.#header = ''
    const signatures = fields.filter((field) => /^(?:dkim|arc-message)-signature[ \t]{0,99}:/i.test(field))
    const own = signatures.filter((field) => /^dkim/i.test(field))
    const lengths = signatures.filter((field) => /[;:][ \t]{0,99}l[ \t]{0,99}=/i.test(field))
    if (own.length > maxSignatures)
      throw new TooMuch(`${own.length} DKIM-Signature fields, at most ${maxSignatures}`)
    if (lengths.length > maxLengths)
      throw new TooMuch(`${lengths.length} signatures with a length, at most ${maxLengths}`)
  }
}
