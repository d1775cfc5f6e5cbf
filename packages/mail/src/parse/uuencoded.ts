// Files inside a text: uuencode, as mailers sent them before MIME, and yEnc (yenc.org, version 1.3), as newsreaders do.
// Looked for in the bytes of a text, because yEnc uses all of them.
import { uuBegin, uuLine } from './uu-decoder.ts'

/** A file that was found, and its place in the text. */
export interface TextFile {
  /** As the text calls it. */
  readonly name: string
  readonly bytes: Buffer
  readonly kind: 'uu' | 'yenc'
}

/** Whether it is worth looking for files in a text. */
export function mayHoldFiles(bytes: Buffer): boolean {
  return bytes.includes('begin ')
}

/**
 * Takes files out of a text.
 * A block of uuencode needs a `begin` line and a line of data after it; where its `end` is missing it ends before the
 * first line that cannot be data. A part of a yEnc file that spans several mails is none.
 * @param text bytes read as Latin-1.
 * @param most files that are taken out at most; what comes after them stays in the text.
 * @returns the text without the files; the very same when it holds none. Linear; never throws.
 */
export function takeFiles(
  text: string,
  most: number,
): { readonly text: string; readonly files: readonly TextFile[] } {
  const lines = new Lines(text)
  const files: TextFile[] = []
  const left: string[] = []
  let from = 0
  while (lines.next()) {
    const start = lines.start
    if (!lines.line.startsWith('begin ') && !lines.line.startsWith('=ybegin ')) continue
    if (files.length === most) break
    const file = lines.line.startsWith('b') ? uuBlock(lines) : yencBlock(lines)
    if (!file) continue
    files.push(file)
    left.push(text.slice(from, start))
    from = lines.end
  }
  return files.length === 0 ? { text, files } : { text: left.join('') + text.slice(from), files }
}

/** Line by line; `end` is behind the line feed. */
class Lines {
  readonly #text: string
  start = 0
  end = 0
  line = ''

  constructor(text: string) {
    this.#text = text
  }

  next(): boolean {
    if (this.end >= this.#text.length) return false
    this.start = this.end
    const lineFeed = this.#text.indexOf('\n', this.start)
    this.end = lineFeed < 0 ? this.#text.length : lineFeed + 1
    let last = lineFeed < 0 ? this.end : lineFeed
    if (this.#text[last - 1] === '\r') last -= 1
    this.line = this.#text.slice(this.start, last)
    return true
  }

  backTo(end: number): undefined {
    this.end = end
  }
}

/** On return `lines` stands behind the block, or where it stood when there is none. */
function uuBlock(lines: Lines): TextFile | undefined {
  const before = lines.end
  const name = uuBegin(lines.line)
  if (name === undefined) return undefined
  const data: Buffer[] = []
  let accepted = before
  let closed = false
  while (!closed && lines.next()) {
    const bytes = uuLine(lines.line)
    closed = lines.line.trimEnd() === 'end'
    if (!bytes && !closed) break
    if (bytes) data.push(bytes)
    accepted = lines.end
  }
  lines.backTo(accepted)
  const whole = Buffer.concat(data)
  return whole.length > 0 || (closed && data.length > 0)
    ? { name, bytes: whole, kind: 'uu' }
    : lines.backTo(before)
}

const escapeSign = 0x3d

function yencBlock(lines: Lines): TextFile | undefined {
  const before = lines.end
  const head = /^=ybegin (?:.{0,200} )?size=(\d{1,12}) (?:.{0,200} )?name=(.{1,300})$/.exec(lines.line)
  if (!head || / part=/.test(lines.line)) return undefined
  const data: Buffer[] = []
  while (lines.next()) {
    if (lines.line.startsWith('=yend')) {
      const bytes = Buffer.concat(data)
      return bytes.length === Number(head[1])
        ? { name: (head[2] ?? '').trim(), bytes, kind: 'yenc' }
        : lines.backTo(before)
    }
    // Data never looks like this: escaped, `=y` would be `=}`.
    if (lines.line.startsWith('=y')) break
    data.push(yencLine(lines.line))
  }
  return lines.backTo(before)
}

function yencLine(line: string): Buffer {
  const bytes = Buffer.alloc(line.length)
  let at = 0
  let escaped = false
  for (let index = 0; index < line.length; index += 1) {
    const code = line.charCodeAt(index)
    if (code === escapeSign && !escaped) {
      escaped = true
      continue
    }
    bytes[at] = code - (escaped ? 106 : 42)
    escaped = false
    at += 1
  }
  return bytes.subarray(0, at)
}
