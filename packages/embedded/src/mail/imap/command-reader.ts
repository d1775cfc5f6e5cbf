/* Bytes of a connection → commands with their literals (RFC 9051 section 2.2.1, LITERAL+ of RFC 7888). */

import type { Socket } from 'node:net'
import { MAX_LINE_BYTES, MAX_LITERALS, MAX_STRING_LITERAL_BYTES } from '../limits.ts'
import { StreamProblem } from './refusals.ts'

/** A command as it came: text, literal, text, literal … text. */
export type RawCommand = readonly (string | Buffer)[]

export interface TooBig {
  /** First line of a command whose literal was refused. */
  readonly refused: string
}

export interface ReaderHooks {
  /** Tells the client to go on with its literal. */
  invite(): void
  /** Largest literal of a command that begins with this line; bytes. */
  maxLiteralBytes(firstLine: string): number
}

const LITERAL_END = /\{(\d{1,10})(\+?)\}$/
const LF = 0x0a

export class CommandReader {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #hooks: ReaderHooks
  #rest: Buffer = Buffer.alloc(0)

  constructor(socket: Socket, hooks: ReaderHooks) {
    this.#chunks = socket[Symbol.asyncIterator]()
    this.#hooks = hooks
  }

  /**
   * The next command; undefined at the end of the stream.
   *
   * @throws StreamProblem when a line or a literal that comes unasked is longer than allowed.
   */
  async readCommand(): Promise<RawCommand | TooBig | undefined> {
    const parts: (string | Buffer)[] = []
    let lineBytes = 0
    for (;;) {
      const line = await this.readLine(MAX_LINE_BYTES - lineBytes)
      if (line === undefined) return undefined
      lineBytes += line.length
      const literal = LITERAL_END.exec(line)
      if (!literal) return [...parts, line]
      const first = typeof parts[0] === 'string' ? parts[0] : line
      const size = Number(literal[1])
      const unasked = literal[2] === '+'
      const limit = Math.max(this.#hooks.maxLiteralBytes(first), MAX_STRING_LITERAL_BYTES)
      if (size > limit || parts.length / 2 >= MAX_LITERALS) {
        if (unasked) throw new StreamProblem(`Literal of ${size} bytes is larger than ${limit}`)
        return { refused: first }
      }
      if (!unasked) this.#hooks.invite()
      const bytes = await this.#readExactly(size)
      if (!bytes) return undefined
      parts.push(line.slice(0, literal.index), bytes)
    }
  }

  /**
   * A line without its end; bytes above 127 are kept one to one (latin1). Undefined at the end of the stream.
   *
   * @throws StreamProblem when it is longer than `maxBytes`.
   */
  async readLine(maxBytes = MAX_LINE_BYTES): Promise<string | undefined> {
    for (let searched = 0; ; ) {
      const end = this.#rest.indexOf(LF, searched)
      if (end > maxBytes || (end < 0 && this.#rest.length > maxBytes))
        throw new StreamProblem('Line too long')
      if (end >= 0) {
        const line = this.#rest.toString('latin1', 0, end)
        this.#rest = this.#rest.subarray(end + 1)
        return line.endsWith('\r') ? line.slice(0, -1) : line
      }
      searched = this.#rest.length
      const chunk = await this.#nextChunk()
      if (!chunk) return undefined
      this.#rest = Buffer.concat([this.#rest, chunk])
    }
  }

  async #readExactly(size: number): Promise<Buffer | undefined> {
    const parts = [this.#rest]
    let have = this.#rest.length
    while (have < size) {
      const chunk = await this.#nextChunk()
      if (!chunk) return undefined
      parts.push(chunk)
      have += chunk.length
    }
    const all = parts.length === 1 ? this.#rest : Buffer.concat(parts, have)
    this.#rest = all.subarray(size)
    return all.subarray(0, size)
  }

  async #nextChunk(): Promise<Buffer | undefined> {
    const { value, done } = await this.#chunks.next()
    return done ? undefined : value
  }
}
