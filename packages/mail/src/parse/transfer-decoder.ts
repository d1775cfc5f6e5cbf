// Transfer encodings undone while the bytes stream by (RFC 2045 §6). mailsplit's decoders do it; what they do not know is
// added, and what only claims to be base64 is let through.
import { Transform, type TransformCallback } from 'node:stream'
import { UuDecoder } from './uu-decoder.ts'

/** Bytes that tell base64 from a text that is only called so; fewer than the least tell nothing. */
const probeBytes = 600
const leastBytes = 40

/** A stream that undoes `encoding`; `known` makes mailsplit's own for it. */
export function transferDecoder(encoding: string | false, known: () => Transform): Transform {
  if (encoding === 'x-uuencode') return new UuDecoder()
  return encoding === 'base64' ? new Base64OrPlain(known) : known()
}

class Base64OrPlain extends Transform {
  readonly #known: () => Transform
  #probe: Buffer[] = []
  #probed = 0
  #decoder: Transform | 'plain' | undefined

  constructor(known: () => Transform) {
    super()
    this.#known = known
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#decoder) {
      this.#write(chunk, done)
      return
    }
    this.#probe.push(chunk)
    this.#probed += chunk.length
    if (this.#probed < probeBytes) done()
    else this.#decide(done)
  }

  override _flush(done: TransformCallback): void {
    this.#decide((error) => {
      const decoder = this.#decoder
      if (error || !decoder || decoder === 'plain') {
        done(error)
        return
      }
      decoder.once('end', () => done())
      decoder.end()
    })
  }

  #decide(done: TransformCallback): void {
    if (this.#decoder) {
      done()
      return
    }
    const beginning = Buffer.concat(this.#probe)
    this.#probe = []
    this.#decoder = looksPlain(beginning.subarray(0, probeBytes)) ? 'plain' : this.#opened()
    this.#write(beginning, done)
  }

  #opened(): Transform {
    const decoder = this.#known()
    decoder.on('data', (bytes: Buffer) => this.push(bytes))
    decoder.on('error', (error) => this.destroy(error))
    return decoder
  }

  #write(chunk: Buffer, done: TransformCallback): void {
    if (this.#decoder === 'plain') {
      this.push(chunk)
      done()
    } else this.#decoder?.write(chunk, (error) => done(error ?? null))
  }
}

/**
 * Words, not digits: many characters that base64 has not, and mostly small letters. Base64 that was damaged on its way has
 * as many capitals as small letters still.
 */
function looksPlain(bytes: Buffer): boolean {
  let foreign = 0
  let high = 0
  let small = 0
  let capital = 0
  for (const byte of bytes) {
    if (byte >= 0x61 && byte <= 0x7a) small += 1
    else if (byte >= 0x41 && byte <= 0x5a) capital += 1
    else if (byte >= 0x80) high += 1
    else if (byte === 0x20 || (byte > 0x20 && !isDigitOfBase64(byte))) foreign += 1
  }
  if (bytes.length < leastBytes) return false
  if (high * 10 > bytes.length) return true
  return (foreign + high) * 12 > bytes.length && small > 3 * capital
}

function isDigitOfBase64(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2f || byte === 0x3d
}
