// The header section as bytes: lines to fields, nothing decoded but the character set. Linear, never throws.
import { isUtf8 } from 'node:buffer'
import type { MailWarning } from '@maildesk/core'
import { decodeText } from './charset.ts'
import { charsetOf } from './charset-labels.ts'

/** Bytes of raw fields on which is decided what they are written in. */
const maxGuessedBytes = 64 * 1024
const lineFeed = Buffer.from('\n')

export interface RawField {
  /** Lower case. */
  readonly name: string
  /** Unfolded, trimmed; raw bytes read as UTF-8, else as what the section looks like. */
  readonly value: string
}

export interface HeaderSection {
  readonly fields: readonly RawField[]
  /** Where the body begins when no empty line says so: the first line that cannot be a header line; else null. */
  readonly strayBodyAt: number | null
  /**
   * Lines between the last field and the first empty line that cannot be header lines: the beginning of a body without
   * an empty line above it, as raw bytes read as Latin-1; '' when there are none.
   */
  readonly strayLines: string
  /** The charset parameter of Content-Type. */
  readonly bodyCharset: string | null
  readonly warnings: readonly MailWarning[]
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
  /** First of the lines that are no fields and that no field follows. */
  let strayFrom: number | null = null
  let at = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0
  const start = at
  while (at < text.length) {
    const lineFeed = text.indexOf('\n', at)
    const end = lineFeed < 0 ? text.length : lineFeed
    const line = text.slice(at, end).replace(/\r$/, '')
    if (line === '') {
      const strayLines = strayFrom === null ? '' : text.slice(strayFrom, at)
      return { ...finish(collected), strayBodyAt: null, strayLines }
    }
    const match = fieldStart.exec(line)
    const last = collected.at(-1)
    if (/^[ \t]/.test(line) && last) last.lines.push(line)
    else if (match) {
      collected.push({ name: (match[1] ?? '').toLowerCase(), lines: [line.slice(match[0].length)] })
      strayFrom = null
    } else if (!(at === start && /^>?From /.test(line))) {
      strayBodyAt ??= at
      strayFrom ??= at
    }
    at = end + 1
  }
  return { ...finish(collected), strayBodyAt, strayLines: '' }
}

function finish(
  collected: readonly { name: string; lines: readonly string[] }[],
): Omit<HeaderSection, 'strayBodyAt' | 'strayLines'> {
  // A carriage return alone ends no line, and must not become one where the value is written again.
  const raw = collected.map(({ name, lines }) => ({
    name,
    value: lines.join('').replaceAll('\r', ' ').trim(),
  }))
  const bodyCharset = charsetIn(raw.find(({ name }) => name === 'content-type')?.value ?? '')
  const reader = new RawReader(raw, bodyCharset)
  const fields = raw.map(({ name, value }) => ({ name, value: reader.read(value) }))
  return { fields, bodyCharset, warnings: reader.warnings }
}

function charsetIn(contentType: string): string | null {
  return /charset\s{0,9}=\s{0,9}"?([\w.:-]{1,60})/i.exec(contentType.slice(0, 4_000))?.[1] ?? null
}

const beyondAscii = /[\x80-\xff]/
const escapeCharacter = '\u001b'

/** Reads values that hold raw bytes: UTF-8 (RFC 6532), else what all such fields of the section together look like. */
class RawReader {
  readonly #charset: string | null
  readonly warnings: MailWarning[] = []

  constructor(fields: readonly RawField[], bodyCharset: string | null) {
    const odd = fields
      .filter(({ value }) => beyondAscii.test(value))
      .map(({ value }) => Buffer.from(withoutRawBytesInWords(value), 'latin1'))
      .filter((bytes) => !isUtf8(bytes))
    if (odd.length === 0) {
      this.#charset = null
      return
    }
    const together = Buffer.concat(odd.flatMap((bytes) => [bytes, lineFeed]))
    const { charset } = decodeText(together.subarray(0, maxGuessedBytes), null, alternatives(bodyCharset))
    this.#charset = charset
    this.warnings.push({ code: 'charset-guessed', detail: `header fields in ${charset} (declared: nothing)` })
  }

  read(value: string): string {
    if (!beyondAscii.test(value)) {
      return value.includes(escapeCharacter) ? decodeText(Buffer.from(value, 'latin1'), null).text : value
    }
    const bytes = Buffer.from(withoutRawBytesInWords(value), 'latin1')
    return isUtf8(bytes) ? bytes.toString('utf8') : decodeText(bytes, this.#charset).text
  }
}

/** What the body is written in tells something only where not every text fits it. */
function alternatives(bodyCharset: string | null): string[] {
  const charset = bodyCharset === null ? undefined : charsetOf(bodyCharset)
  return bodyCharset === null || !charset || charset.name === 'windows-1252' ? [] : [bodyCharset]
}

const rawWord = /=\?[^\s?]{1,64}\?[qQ]\?[^?\r\n]{0,998}\?=/g

/** Bytes inside an encoded word are in the character set of the word: encoded as they should be, they stay with it. */
function withoutRawBytesInWords(binary: string): string {
  if (!binary.includes('=?')) return binary
  return binary.replace(rawWord, (word) =>
    word.replace(/[\x80-\xff]/g, (byte) => `=${byte.charCodeAt(0).toString(16).toUpperCase()}`),
  )
}

/** Text of bytes that were read as Latin-1 and whose character set nobody declared. */
export function decodeBytes(binary: string): string {
  return decodeText(Buffer.from(binary, 'latin1'), null).text
}
