// The header section as bytes: lines to fields, nothing decoded but the character set. Linear, never throws.

export interface RawField {
  /** Lower case. */
  readonly name: string
  /** Unfolded, trimmed; characters beyond ASCII read as UTF-8, else as Windows-1252. */
  readonly value: string
}

export interface HeaderSection {
  readonly fields: readonly RawField[]
  /** Where the body begins when no empty line says so: the first line that cannot be a header line; else null. */
  readonly strayBodyAt: number | null
}

const fieldStart = /^([!-9;-~]{1,256})[ \t]*:/

/**
 * Reads the header section at the start of `bytes` (RFC 5322 §2.2), up to the first empty line or the end.
 * A leading byte order mark and a leading mbox line ("From …") are skipped; lines that are no fields are left out.
 */
export function readHeaderFields(bytes: Uint8Array): HeaderSection {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const collected: { name: string; lines: string[] }[] = []
  let strayBodyAt: number | null = null
  let at = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0
  const start = at
  while (at < text.length) {
    const lineFeed = text.indexOf('\n', at)
    const end = lineFeed < 0 ? text.length : lineFeed
    const line = text.slice(at, end).replace(/\r$/, '')
    if (line === '') return { fields: finish(collected), strayBodyAt: null }
    const match = fieldStart.exec(line)
    const last = collected.at(-1)
    if (/^[ \t]/.test(line) && last) last.lines.push(line)
    else if (match)
      collected.push({ name: (match[1] ?? '').toLowerCase(), lines: [line.slice(match[0].length)] })
    else if (!(at === start && /^>?From /.test(line))) strayBodyAt ??= at
    at = end + 1
  }
  return { fields: finish(collected), strayBodyAt }
}

function finish(collected: readonly { name: string; lines: readonly string[] }[]): RawField[] {
  return collected.map(({ name, lines }) => ({ name, value: decodeBytes(lines.join('')).trim() }))
}

const utf8 = new TextDecoder('utf-8')
const windows1252 = new TextDecoder('windows-1252')

/**
 * Text of bytes that were read as Latin-1 and whose character set nobody declared: UTF-8 when it is that, or nearly
 * (cut or damaged in places), else Windows-1252, in which every byte means something.
 */
export function decodeBytes(binary: string): string {
  if (/^\p{ASCII}*$/u.test(binary)) return binary
  const bytes = Buffer.from(binary, 'latin1')
  const text = utf8.decode(bytes)
  const broken = text.match(/\ufffd/g)?.length ?? 0
  const whole = (text.match(/\P{ASCII}/gu)?.length ?? 0) - broken
  return broken * 4 <= whole ? text : windows1252.decode(bytes)
}
