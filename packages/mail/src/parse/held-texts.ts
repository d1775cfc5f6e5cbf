// Text leaves, held in memory until the whole tree is known and it can be said which of them are the body.
import type { MailWarning } from '@maildesk/core'
import type { ParseLimits } from './limits.ts'
import type { MimeNode } from './mime-node.ts'

/** A text leaf of the tree. */
export interface HeldText {
  readonly node: MimeNode
  readonly path: string
  readonly order: number
  readonly contentType: 'text/plain' | 'text/html'
  readonly contentId: string | null
  /** After transfer decoding; the beginning only when the leaf is `stored`. */
  readonly bytes: Buffer
  /** Set when it was too long to be held, and was stored as a part. */
  readonly stored: boolean
}

/** Stores all of a text that is too long to be held. */
export type StoreLong = (bytes: AsyncIterable<Uint8Array>) => Promise<{ readonly filename: string }>

/** Holds texts of one mail up to the limit of bytes. */
export class HeldTexts {
  readonly #limits: ParseLimits
  readonly #warnings: MailWarning[]
  readonly all: HeldText[] = []
  #left: number

  constructor(limits: ParseLimits, warnings: MailWarning[]) {
    this.#limits = limits
    this.#warnings = warnings
    this.#left = limits.textBytes
  }

  /** Reads a text leaf to its end. */
  async hold(
    leaf: Omit<HeldText, 'bytes' | 'stored'>,
    content: AsyncIterable<Uint8Array>,
    storeLong: StoreLong,
  ): Promise<void> {
    const source = content[Symbol.asyncIterator]()
    const chunks: Uint8Array[] = []
    let size = 0
    for (;;) {
      const { done, value } = await source.next()
      if (done) break
      chunks.push(value)
      size += value.length
      if (size > this.#left) return this.#tooLong(leaf, chunks, source, storeLong)
    }
    this.#left -= size
    this.all.push({ ...leaf, bytes: Buffer.concat(chunks), stored: false })
  }

  async #tooLong(
    leaf: Omit<HeldText, 'bytes' | 'stored'>,
    chunks: Uint8Array[],
    rest: AsyncIterator<Uint8Array>,
    storeLong: StoreLong,
  ): Promise<void> {
    const bytes = Buffer.from(Buffer.concat(chunks).subarray(0, this.#limits.bodyLength))
    const { filename } = await storeLong(chained(chunks, rest))
    this.#warnings.push({
      code: leaf.contentType === 'text/html' ? 'html-truncated' : 'text-truncated',
      detail: `more than ${this.#limits.textBytes} bytes of text; the whole is ${filename}`,
    })
    this.all.push({ ...leaf, bytes, stored: true })
  }
}

async function* chained(first: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let chunk = first.shift(); chunk; chunk = first.shift()) yield chunk
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}
