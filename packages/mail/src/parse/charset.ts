// Bytes of a text to its characters: by what the mail declares, as long as the bytes fit it; else by what they look like.
import { isAscii, isUtf8 } from 'node:buffer'
import type { MailWarning } from '@maildesk/core'
import { type Charset, charsetOf, utf8, windows1252, windowsTwin } from './charset-labels.ts'
import { detectCharset } from './detect-charset.ts'
import { hasIso2022Escape } from './iso-2022.ts'

/** Bytes, from lines with bytes beyond ASCII, on which is decided what the text is written in. */
const maxSampleBytes = 32 * 1024

export interface DecodedText {
  readonly text: string
  /** Name of the character set it was read in, lower case. */
  readonly charset: string
  /** 'charset-guessed' when that is not what was declared, 'charset-damaged' when characters were lost. */
  readonly warning?: MailWarning
}

/**
 * The text of `bytes`. A declared character set is believed while the bytes fit it; bytes that are something else, most
 * often valid UTF-8 under a wrong label, are judged by themselves: byte order mark, valid UTF-8, `alternatives`, escape
 * sequences, statistics, Windows-1252. A byte order mark is left out. Never throws; linear in the bytes.
 * @param declared label of the Content-Type or encoded word; null when there is none.
 * @param alternatives further labels, less trusted (HTML's meta element, the character set of the body).
 */
export function decodeText(
  bytes: Uint8Array,
  declared: string | null,
  alternatives: readonly string[] = [],
): DecodedText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const stated = declared === null ? undefined : charsetOf(declared)
  const charset = charsetOfBytes(buffer, stated, alternatives)
  const decoded = charset.decode(charset === utf8 ? withStrayBytes(buffer) : buffer)
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded
  return { text, charset: charset.name, ...warningOf(buffer, text, charset, stated, declared) }
}

function charsetOfBytes(
  bytes: Buffer,
  stated: Charset | undefined,
  alternatives: readonly string[],
): Charset {
  const marked = markedCharset(bytes)
  if (marked && (stated?.kind !== 'wide' || marked.kind === 'wide')) return marked
  if (isAscii(bytes)) return charsetOfAscii(bytes, stated)
  if (stated?.kind === 'wide') return stated
  const sample = sampleOf(bytes)
  if (isUtf8(bytes) && !(stated && believedOverUtf8(stated, sample))) return utf8
  const unmarked = wideWithoutMark(bytes)
  if (unmarked) return unmarked
  for (const candidate of candidatesOf(stated, alternatives, sample))
    if (fits(candidate, sample)) return candidate
  return windows1252
}

/** Bytes that are all ASCII are ASCII, unless they are declared or seen to be a code that looks like it. */
function charsetOfAscii(bytes: Buffer, stated: Charset | undefined): Charset {
  if (stated?.kind === 'seven-bit') return stated
  if (stated?.kind === 'wide' && bytes.includes(0)) return stated
  if (hasIso2022Escape(bytes)) return charsetOf('iso-2022-jp') ?? utf8
  return wideWithoutMark(bytes) ?? (stated && stated.kind !== 'wide' ? stated : utf8)
}

const byteOrderMarks: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe, 0, 0], 'utf-32le'],
  [[0, 0, 0xfe, 0xff], 'utf-32be'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]

function markedCharset(bytes: Buffer): Charset | undefined {
  const mark = byteOrderMarks.find(([start]) => start.every((byte, at) => bytes[at] === byte))
  const charset = mark && charsetOf(mark[1])
  return charset?.kind === 'utf-8' && !isUtf8(bytes) ? undefined : charset
}

/** UTF-16 that nobody declared: nearly every other byte is NUL. */
function wideWithoutMark(bytes: Buffer): Charset | undefined {
  const looked = bytes.subarray(0, 512)
  if (looked.length < 8) return undefined
  const nulAt = [0, 0]
  for (let at = 0; at < looked.length; at += 1) if (looked[at] === 0) nulAt[at % 2] = (nulAt[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = nulAt
  const many = looked.length * 0.35
  if (odd > many && even === 0) return charsetOf('utf-16le')
  if (even > many && odd === 0) return charsetOf('utf-16be')
  return undefined
}

/** Lines that hold bytes beyond ASCII: on the others all character sets agree. */
function sampleOf(bytes: Buffer): Buffer {
  if (bytes.length <= maxSampleBytes && bytes.indexOf(0x0a) < 0) return bytes
  const lines: Buffer[] = []
  let length = 0
  for (let at = 0; at < bytes.length && length < maxSampleBytes; ) {
    const lineFeed = bytes.indexOf(0x0a, at)
    const end = Math.min(lineFeed < 0 ? bytes.length : lineFeed + 1, at + maxSampleBytes)
    const line = bytes.subarray(at, end)
    if (!isAscii(line)) {
      lines.push(line)
      length += line.length
    }
    at = end
  }
  return Buffer.concat(lines)
}

/**
 * Whether bytes that are valid UTF-8 are rather what they are declared to be. Western text is UTF-8 by chance only where
 * nobody would write so; in multi-byte sets and other alphabets a word or two may be.
 */
function believedOverUtf8(stated: Charset, sample: Buffer): boolean {
  if (stated.kind === 'latin' || stated.kind === 'ascii' || stated.kind === 'utf-8') return false
  let sequences = 0
  for (const byte of sample) if (byte >= 0xc0) sequences += 1
  return sequences < (stated.kind === 'multi-byte' ? 8 : 3) && fits(stated, sample)
}

function* candidatesOf(
  stated: Charset | undefined,
  alternatives: readonly string[],
  sample: Buffer,
): Generator<Charset> {
  if (stated) yield stated
  const twin = stated && windowsTwin(stated)
  if (twin) yield twin
  for (const label of alternatives) {
    const charset = charsetOf(label)
    if (charset && charset.kind !== 'wide') yield charset
  }
  if (hasIso2022Escape(sample)) yield charsetOf('iso-2022-jp') ?? utf8
  yield utf8
  const detected = detectCharset(sample)
  if (detected) yield detected
}

/** Damage is allowed where the rest proves the character set: UTF-8 proves itself, single bytes prove nothing. */
function fits(charset: Charset, sample: Buffer): boolean {
  const { good, bad } = charactersOf(charset.decode(sample))
  if (charset.kind === 'ascii') return false
  if (charset.kind === 'seven-bit') return bad === 0 && hasIso2022Escape(sample)
  if (charset.kind === 'utf-8') return bad * 4 <= good
  return bad * (charset.kind === 'multi-byte' ? 20 : 10) <= good
}

/** Of the characters beyond ASCII: real ones, and those that nobody writes (lost ones, C1 controls, private use). */
function charactersOf(text: string): { good: number; bad: number } {
  let good = 0
  let bad = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    if (unit === 0xfffd || unit < 0xa0 || (unit >= 0xe000 && unit < 0xf900)) bad += 1
    else good += 1
  }
  return { good, bad }
}

function warningOf(
  bytes: Buffer,
  text: string,
  charset: Charset,
  stated: Charset | undefined,
  declared: string | null,
): { warning?: MailWarning } {
  const detail = `${charset.name} (declared: ${declared === null ? 'nothing' : declared.slice(0, 40)})`
  const lost = charset === utf8 && isUtf8(bytes) ? 0 : text.split('\ufffd').length - 1
  if (lost > 0) return { warning: { code: 'charset-damaged', detail: `${detail}: ${lost} characters lost` } }
  const asDeclared = charset === stated || (charset.kind === 'wide' && stated?.kind === 'wide')
  const mixed = charset === utf8 && !isUtf8(bytes)
  if (!mixed && (asDeclared || (charset === utf8 && isAscii(bytes)))) return {}
  return { warning: { code: 'charset-guessed', detail } }
}

/** One byte beyond ASCII among ASCII is no UTF-8; the ones left out here are what a cut through a character leaves. */
const strayByte = /(?<=[A-Za-z ])[\x80-\xc1\xc4-\xcf\xd2-\xe1\xe3-\xef\xf1-\xff](?=[ -~])/g

/** UTF-8 into which a program put Windows-1252, as templates get names from elsewhere: those bytes as UTF-8, too. */
function withStrayBytes(bytes: Buffer): Buffer {
  if (isUtf8(bytes)) return bytes
  const binary = bytes.toString('latin1')
  const mended = binary.replace(strayByte, (byte) =>
    Buffer.from(windows1252.decode(Buffer.from(byte, 'latin1'))).toString('latin1'),
  )
  return mended === binary ? bytes : Buffer.from(mended, 'latin1')
}

/** Characters at the start of an HTML text in which its own declaration is looked for (the HTML standard says 1,024). */
const maxPrescan = 4 * 1024

/** The character set that an HTML text declares in a meta element; null when it does not. */
export function metaCharset(html: Uint8Array): string | null {
  const start = Buffer.from(html.buffer, html.byteOffset, Math.min(html.length, maxPrescan)).toString(
    'latin1',
  )
  for (const [element] of start.matchAll(/<meta\s[^>]{1,500}>/gi)) {
    const charset = /charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,60})/i.exec(element)?.[1]
    if (charset) return charset
  }
  return null
}
