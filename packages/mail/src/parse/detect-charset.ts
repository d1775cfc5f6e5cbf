// The character set of bytes that say nothing true about it, by how often which bytes follow each other.
import { createRequire } from 'node:module'
import type jschardet from 'jschardet'
import { type Charset, charsetOf } from './charset-labels.ts'

/** Bytes that are looked at; the detector takes about 5 µs for each. */
const maxBytes = 4 * 1024
/** Below it, what looks like a European language is taken for Western European: the detector guesses wildly there. */
const latinConfidence = 0.15
/** Below it a rarely used code page is not believed. */
const rareConfidence = 0.3

/** Letters beyond ASCII for one of ASCII, in such words: second bytes of Chinese and Japanese are ASCII half of the time. */
const mostAscii = 0.8

/** Fewer bytes beyond ASCII tell nothing of a script. */
const leastForeign = 4

/** What a mail of today may be written in, undeclared; other answers of the detector are wrong more often than right. */
const likely = new Set([
  ...[
    'windows-1250',
    'windows-1251',
    'windows-1252',
    'windows-1253',
    'windows-1254',
    'windows-1255',
    'windows-1256',
  ],
  ...['windows-1257', 'windows-1258', 'windows-874', 'iso-8859-2', 'iso-8859-5', 'iso-8859-7', 'iso-8859-8'],
  ...['koi8-r', 'koi8-u', 'gb18030', 'big5', 'shift_jis', 'euc-jp', 'euc-kr'],
])
const rare = new Set(['cp866', 'x-mac-cyrillic', 'cp855'])

let detector: typeof jschardet | undefined

/**
 * The most likely character set of a text in which at least one byte is beyond ASCII; undefined when nothing is likely.
 * @param bytes lines that hold such bytes; the first 4 KiB are looked at.
 */
export function detectCharset(bytes: Buffer): Charset | undefined {
  // Loaded when it is needed first: few mails need it, and its tables take a while.
  detector ??= createRequire(import.meta.url)('jschardet') as typeof jschardet
  const looked = withoutTags(bytes).subarray(0, maxBytes)
  if (hasUmlautsOnly(looked)) return undefined
  const answers = detector.detectAll(looked, { minimumThreshold: 0 })
  const foreign = isForeign(looked)
  for (const { encoding, confidence } of answers) {
    const charset = encoding ? charsetOf(encoding) : undefined
    if (!charset) continue
    if (rare.has(charset.name) && foreign && confidence >= rareConfidence) return charset
    if (!likely.has(charset.name)) continue
    if (foreign !== (charset.kind !== 'latin')) continue
    if (foreign || confidence >= latinConfidence) return charset
  }
  return undefined
}

/**
 * Whether the words with bytes beyond ASCII consist of such bytes, as in other scripts; in European languages few letters
 * of a word do. Words of ASCII alone tell nothing: every script has links and names among it.
 */
function isForeign(bytes: Buffer): boolean {
  let high = 0
  let letters = 0
  for (let at = 0; at < bytes.length; ) {
    const start = at
    let highHere = 0
    for (; isLetter(bytes[at]); at += 1) if ((bytes[at] ?? 0) >= 0x80) highHere += 1
    if (highHere > 0) {
      high += highHere
      letters += at - start - highHere
    }
    if (at === start) at += 1
  }
  return high >= leastForeign && high >= letters * mostAscii
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte >= 0x80 || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a))
}

const umlauts = new Set(Buffer.from('äöüßÄÖÜ', 'latin1'))

/** No other language has words of these bytes alone: they are consonants of Cyrillic, and no pairs of Chinese. */
function hasUmlautsOnly(bytes: Buffer): boolean {
  return bytes.every((byte) => byte < 0x80 || umlauts.has(byte))
}

/** Markup says nothing of the language. */
function withoutTags(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/<[^<>]{0,2000}>/g, ' '), 'latin1')
}
