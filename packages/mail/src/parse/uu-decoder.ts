// uuencode (POSIX.1-2017, "uuencode"), line by line: as transfer encoding `x-uuencode`, and for files inside texts.
import { Transform, type TransformCallback } from 'node:stream'

/** A line is at most 63 bytes of data, and what mailers put after it. */
const maxLineLength = 128

/** The name of the line that begins a file; undefined for any other line. */
export function uuBegin(line: string): string | undefined {
  if (!line.startsWith('begin ') || line.length > 300) return undefined
  return /^begin [0-7]{3,4} +(\S.*)$/.exec(line.trimEnd())?.[1]
}

/**
 * The bytes of one line of data; empty for a line that closes the data; undefined for one that cannot be data.
 * Spaces that a mailer cut from its end are thought back.
 */
export function uuLine(line: string): Buffer | undefined {
  const length = (line.charCodeAt(0) - 32) & 63
  if (line === '' || line.length > maxLineLength || !inAlphabet(line)) return undefined
  const digits = Math.ceil(length / 3) * 4
  if (length === 0 && line.trim().replaceAll('`', '') !== '') return undefined
  // One more is a checksum, which some encoders add; far fewer are a text in capitals.
  if (length > 0 && line.trimEnd().length - 2 > digits) return undefined
  if (line.length > 1 && (line.length - 1) * 2 < digits) return undefined
  const bytes = Buffer.alloc((digits / 4) * 3)
  for (let digit = 0, at = 0; digit < digits; digit += 4, at += 3) {
    const a = digitAt(line, digit + 1)
    const b = digitAt(line, digit + 2)
    const c = digitAt(line, digit + 3)
    const d = digitAt(line, digit + 4)
    bytes[at] = (a << 2) | (b >> 4)
    bytes[at + 1] = ((b & 15) << 4) | (c >> 2)
    bytes[at + 2] = ((c & 3) << 6) | d
  }
  return bytes.subarray(0, length)
}

/** What a mailer cut away was a space, which is 0. */
function digitAt(line: string, at: number): number {
  return at < line.length ? (line.charCodeAt(at) - 32) & 63 : 0
}

function inAlphabet(line: string): boolean {
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at)
    if (code < 0x20 || code > 0x60) return false
  }
  return true
}

/** Undoes `x-uuencode` in a stream; bytes before `begin` and after `end` are dropped, a stream without is left as it is. */
export class UuDecoder extends Transform {
  #rest = ''
  #state: 'before' | 'data' | 'after' | 'plain' = 'before'

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const text = this.#rest + chunk.toString('latin1')
    const end = text.lastIndexOf('\n') + 1
    this.#rest = text.slice(end)
    this.#lines(text.slice(0, end))
    if (this.#rest.length > 1_000) {
      this.#lines(this.#rest)
      this.#rest = ''
    }
    done()
  }

  override _flush(done: TransformCallback): void {
    this.#lines(this.#rest)
    done()
  }

  #lines(text: string): void {
    if (text === '') return
    if (this.#state === 'plain') {
      this.push(Buffer.from(text, 'latin1'))
      return
    }
    const decoded: Buffer[] = []
    const lines = text.split('\n')
    for (const [index, raw] of lines.entries()) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
      if (this.#state === 'before' && line.trim() !== '') {
        this.#state = uuBegin(line) === undefined ? 'plain' : 'data'
        if (this.#state === 'plain') {
          decoded.push(Buffer.from(lines.slice(index).join('\n'), 'latin1'))
          break
        }
      } else if (this.#state === 'data') {
        if (line.trimEnd() === 'end') this.#state = 'after'
        else decoded.push(uuLine(line) ?? Buffer.alloc(0))
      }
    }
    this.push(Buffer.concat(decoded))
  }
}
