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
    const room = Math.min(most, Math.max(this.#left, leastBytes))
    // Grows in place: pieces that are joined at the end would be in memory twice.
    let kept: ArrayBuffer | undefined
    let size = 0
    const see = (chunk: Uint8Array) => {
      if (size < room) {
        kept ??= new ArrayBuffer(0, { maxByteLength: room })
        const piece = chunk.subarray(0, room - size)
        kept.resize(size + piece.length)
        new Uint8Array(kept, size).set(piece)
      }
      size += chunk.length
    }
    const all = () => Buffer.from(kept ?? new ArrayBuffer(0))
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
