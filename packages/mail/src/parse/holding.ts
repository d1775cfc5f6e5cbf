// Parts whose bytes are held in memory while they stream into the store, because they are looked into then.

/** Enough of a part to tell what it is when it is too long to be held. */
const leastBytes = 64

/** The bytes of one part. */
export interface Held {
  /** undefined when they were more than may be held. */
  whole(): Buffer | undefined
  /** As many of the first as were held. */
  beginning(): Buffer
}

/** Room for the parts of one mail. */
export class Holding {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** The same bytes; the first `most` of them are held as well, when there is room. */
  watch(
    most: number,
    bytes: AsyncIterable<Uint8Array>,
  ): { readonly held: Held; readonly bytes: AsyncIterable<Uint8Array> } {
    const chunks: Uint8Array[] = []
    const room = Math.min(most, Math.max(this.#left, leastBytes))
    let size = 0
    const see = (chunk: Uint8Array) => {
      if (size < room) chunks.push(chunk.subarray(0, room - size))
      size += chunk.length
    }
    let joined: Buffer | undefined
    const all = () => {
      joined ??= Buffer.concat(chunks.splice(0))
      return joined
    }
    const held = { whole: () => (size > room ? undefined : all()), beginning: all }
    return { held, bytes: room === 0 ? bytes : this.#seen(bytes, see, () => Math.min(size, room)) }
  }

  async *#seen(
    bytes: AsyncIterable<Uint8Array>,
    see: (chunk: Uint8Array) => void,
    taken: () => number,
  ): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      see(chunk)
      yield chunk
    }
    this.#left -= taken()
  }
}
