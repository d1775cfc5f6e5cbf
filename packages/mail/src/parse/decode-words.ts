// Encoded words (RFC 2047, RFC 2231 §5), as they are really sent: words cut inside a character, spaces inside, missing
// padding, missing ends, wrong labels. A single pass; never throws.
import type { MailWarning } from '@maildesk/core'
import { decodeText } from './charset.ts'
import { charsetOf } from './charset-labels.ts'

/** A word longer than this (RFC 2047 §2 allows 75) is still read; a label longer than this is none. */
const maxLabelLength = 64
const wordStart = /=\?([^\s?=<>"]{1,64})\?([bBqQ])\?/y

interface Word {
  readonly charset: string
  readonly bytes: Buffer
  readonly end: number
}

/**
 * Replaces the encoded words of a header value by what they say. White space between two words vanishes (§6.2); words of
 * the same character set that follow each other are joined before they are decoded, because many senders cut inside a
 * character. What is no word stays as it is. Line breaks inside words become spaces. Linear in the length.
 * @param warn hears of each word whose character set is not what it says.
 */
export function decodeWords(value: string, warn?: (warning: MailWarning) => void): string {
  if (!value.includes('=?')) return value
  const reader = new WordReader(value)
  const out: string[] = []
  let run: Word[] = []
  let at = 0
  for (let start = value.indexOf('=?'); start >= 0; start = value.indexOf('=?', Math.max(at, start + 2))) {
    if (start < at) continue
    const word = reader.wordAt(start)
    if (!word) continue
    const between = value.slice(at, start)
    if (run.length === 0 || between.trim() !== '') {
      out.push(textOf(run, warn), between)
      run = []
    }
    run.push(word)
    at = word.end
  }
  out.push(textOf(run, warn), value.slice(at))
  return out.join('')
}

/** Finds words; remembers where the next end is, so that a megabyte of beginnings costs one pass. */
class WordReader {
  readonly #value: string
  #nextEnd = -2

  constructor(value: string) {
    this.#value = value
  }

  wordAt(start: number): Word | undefined {
    wordStart.lastIndex = start
    const match = wordStart.exec(this.#value)
    if (!match) return undefined
    const [opening, label = '', encoding = ''] = match
    const textAt = start + opening.length
    const textEnd = this.#endOf(textAt)
    const text = this.#value.slice(textAt, textEnd)
    const bytes = /b/i.test(encoding) ? bytesOfB(text) : bytesOfQ(text)
    if (!bytes) return undefined
    const ended = this.#value.startsWith('?=', textEnd)
    return { charset: label.split('*')[0] ?? '', bytes, end: textEnd + (ended ? 2 : 0) }
  }

  /** Where the text ends: at `?=`, but before the next word; a word without an end goes as far as it can. */
  #endOf(textAt: number): number {
    let from = textAt
    for (let tries = 0; tries < 20; tries += 1) {
      const end = this.#endAfter(from)
      const nextStart = this.#value.indexOf('=?', textAt)
      if (end < 0) return nextStart < 0 ? this.#value.length : beforeSpace(this.#value, nextStart)
      if (nextStart >= 0 && nextStart < end && isStart(this.#value, nextStart)) {
        return beforeSpace(this.#value, nextStart)
      }
      if (!questionMarkInside(this.#value, end)) return end
      from = end + 2
    }
    return this.#endAfter(from)
  }

  #endAfter(from: number): number {
    if (this.#nextEnd === -1) return -1
    if (this.#nextEnd < from) this.#nextEnd = this.#value.indexOf('?=', from)
    return this.#nextEnd
  }
}

function isStart(value: string, at: number): boolean {
  wordStart.lastIndex = at
  return wordStart.test(value)
}

function beforeSpace(value: string, at: number): number {
  let end = at
  while (end > 0 && (value[end - 1] === ' ' || value[end - 1] === '\t')) end -= 1
  return end
}

/** `?=20yes?=`: a question mark that was not encoded, followed by a byte that was. */
function questionMarkInside(value: string, at: number): boolean {
  const rest = value.slice(at + 2, at + 2 + maxLabelLength)
  const end = rest.search(/[\s"<>(),]|\?=/)
  return /^[0-9A-F]{2}/.test(rest) && end >= 0 && rest.startsWith('?=', end)
}

/** Base64 without regard to white space and padding; undefined for what is none. */
function bytesOfB(text: string): Buffer | undefined {
  const groups = text.replace(/\s+/g, '').split('=')
  if (!groups.every((group) => /^[A-Za-z0-9+/_-]*$/.test(group))) return undefined
  return Buffer.concat(groups.map((group) => Buffer.from(group, 'base64')))
}

function bytesOfQ(text: string): Buffer {
  // A lone = at the end is what a cut left over.
  const whole = text.replace(/=[0-9A-Fa-f]?$/, '').replaceAll('_', ' ')
  const pieces = whole.split(/((?:=[0-9A-Fa-f]{2})+)/)
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 1 ? Buffer.from(piece.replaceAll('=', ''), 'hex') : Buffer.from(piece, 'utf8'),
    ),
  )
}

/** Words that follow each other as one text: neighbours of one character set share their bytes. */
function textOf(words: readonly Word[], warn?: (warning: MailWarning) => void): string {
  const out: string[] = []
  for (let at = 0; at < words.length; ) {
    const charset = words[at]?.charset ?? ''
    let end = at + 1
    while (end < words.length && joinable(charset, words[end]?.charset ?? '')) end += 1
    out.push(decodeJoined(words.slice(at, end), charset, warn))
    at = end
  }
  return out.join('').replace(/[\r\n]+/g, ' ')
}

function joinable(first: string, second: string): boolean {
  const charset = charsetOf(first)
  if (charset?.kind === 'wide' || charset?.name.startsWith('utf-7')) return false
  return first === second || (charset !== undefined && charset === charsetOf(second))
}

function decodeJoined(
  words: readonly Word[],
  charset: string,
  warn?: (warning: MailWarning) => void,
): string {
  const joined = decodeCut(Buffer.concat(words.map(({ bytes }) => bytes)), charset)
  const apart = joined.warning && words.length > 1 ? words.map(({ bytes }) => decodeCut(bytes, charset)) : []
  const better = apart.length > 0 && apart.every(({ warning }) => !warning)
  if (better) return apart.map(({ text }) => text).join('')
  if (joined.warning) warn?.(joined.warning)
  return joined.text
}

/** UTF-8 that ends with the first byte of an emoji was cut there; by itself that byte would pass for an ð. */
function decodeCut(bytes: Buffer, charset: string): ReturnType<typeof decodeText> {
  if (bytes.at(-1) !== 0xf0 || charsetOf(charset)?.kind !== 'utf-8') return decodeText(bytes, charset)
  const whole = decodeText(bytes.subarray(0, -1), charset)
  const warning = { code: 'charset-damaged', detail: 'an encoded word ends inside a character' }
  return { ...whole, text: `${whole.text}\ufffd`, warning }
}
