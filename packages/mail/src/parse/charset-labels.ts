// Names of character sets as mails really write them, and how each is read. Tables are iconv-lite's, in the superset that
// senders mean; what has escape sequences is read by iso-2022.ts.
import iconv from 'iconv-lite'
import { decodeHz, decodeIso2022 } from './iso-2022.ts'

/** A character set that can be read. */
export interface Charset {
  /** Lower case, as in the WHATWG and IANA tables. */
  readonly name: string
  /** The text of `bytes`; U+FFFD for what it does not know. Never throws; linear. */
  readonly decode: (bytes: Uint8Array) => string
  /** How its bytes look; `wide` and `seven-bit` text cannot be told from its bytes being ASCII. */
  readonly kind: 'latin' | 'single-byte' | 'multi-byte' | 'utf-8' | 'ascii' | 'wide' | 'seven-bit'
}

const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export const utf8: Charset = {
  name: 'utf-8',
  kind: 'utf-8',
  decode: (bytes) => utf8Decoder.decode(bytes),
}
const ascii: Charset = {
  name: 'us-ascii',
  kind: 'ascii',
  decode: (bytes) =>
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/[\x80-\xff]/g, '\ufffd'),
}
export const windows1252 = table('windows-1252', 'latin')

/** The names of one row mean the same; compared without case, hyphens and the like. */
const rows: readonly (readonly [Charset, string])[] = [
  [
    utf8,
    'utf8 utf-8-sig utf8mb3 utf8mb4 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 uft-8 utf',
  ],
  [ascii, 'us-ascii ascii ansi_x3.4-1968 ansi_x3.4-1986 iso-ir-6 iso646-us iso_646.irv:1991 us 7bit 646'],
  [
    windows1252,
    `cp1252 ms-ansi ansi 1252 x-cp1252 x-ansi iso-8859-1 iso8859-1 latin1 l1 latin-1 iso-ir-100 ibm819 cp819 8859-1
    iso-8859 iso8859_1 iso_8859-1:1987 iso-latin-1 default x-iso-8859-1 iso-8858-1 iso-8559-1 iso-8895-1 win-1252`,
  ],
  [table('windows-1250', 'latin'), 'cp1250 x-cp1250 1250 ms-ee win-1250'],
  [table('windows-1251', 'single-byte'), 'cp1251 x-cp1251 1251 ms-cyrl win-1251 win'],
  [table('windows-1253', 'single-byte'), 'cp1253 x-cp1253 1253 ms-greek'],
  [
    table('windows-1254', 'latin'),
    'cp1254 x-cp1254 1254 ms-turk iso-8859-9 latin5 l5 iso-ir-148 iso8859_9 iso_8859-9:1989 8859-9',
  ],
  [table('windows-1255', 'single-byte'), 'cp1255 x-cp1255 1255 ms-hebr'],
  [table('windows-1256', 'single-byte'), 'cp1256 x-cp1256 1256 ms-arab'],
  [table('windows-1257', 'latin'), 'cp1257 x-cp1257 1257 winbaltrim'],
  [table('windows-1258', 'latin'), 'cp1258 x-cp1258 1258'],
  [
    table('windows-874', 'single-byte'),
    'cp874 874 x-windows-874 tis-620 tis620-2533 iso-8859-11 dos-874 iso-ir-166',
  ],
  [table('iso-8859-2', 'latin'), 'latin2 l2 iso-ir-101 iso_8859-2:1987 iso8859_2 8859-2 latin-2'],
  [table('iso-8859-3', 'latin'), 'latin3 l3 iso-ir-109 iso_8859-3:1988'],
  [table('iso-8859-4', 'latin'), 'latin4 l4 iso-ir-110 iso_8859-4:1988'],
  [table('iso-8859-5', 'single-byte'), 'cyrillic iso-ir-144 iso_8859-5:1988'],
  [
    table('iso-8859-6', 'single-byte'),
    'arabic iso-ir-127 asmo-708 ecma-114 iso-8859-6-i iso-8859-6-e iso_8859-6:1987',
  ],
  [
    table('iso-8859-7', 'single-byte'),
    'greek greek8 iso-ir-126 elot_928 ecma-118 sun_eu_greek iso_8859-7:1987',
  ],
  [
    table('iso-8859-8', 'single-byte'),
    'hebrew iso-ir-138 iso-8859-8-i iso-8859-8-e logical visual dos-862-i iso_8859-8:1988',
  ],
  [table('iso-8859-10', 'latin'), 'latin6 l6 iso-ir-157'],
  [table('iso-8859-13', 'latin'), 'latin7 l7'],
  [table('iso-8859-14', 'latin'), 'latin8 l8 iso-celtic'],
  [table('iso-8859-15', 'latin'), 'latin9 latin-9 l9 latin0 iso8859_15 8859-15'],
  [table('iso-8859-16', 'latin'), 'latin10 l10'],
  [table('koi8-r', 'single-byte'), 'koi koi8 koi8r koi-8-r cp20866 20866'],
  [table('koi8-u', 'single-byte'), 'koi8-ru koi8u cp21866'],
  [table('macintosh', 'latin', 'macroman'), 'mac x-mac-roman macroman x-macroman cp10000'],
  [table('x-mac-cyrillic', 'single-byte', 'maccyrillic'), 'maccyrillic x-mac-ukrainian macukraine cp10007'],
  [
    table('x-mac-ce', 'latin', 'maccenteuro'),
    'mac-ce macce macintosh-ce x-mac-centraleurroman mac-centeuro cp10029',
  ],
  [table('x-mac-greek', 'single-byte', 'macgreek'), 'mac-greek cp10006'],
  [table('x-mac-turkish', 'latin', 'macturkish'), 'mac-turkish cp10081'],
  [table('x-mac-icelandic', 'latin', 'maciceland'), 'mac-iceland x-mac-iceland cp10079'],
  [table('x-mac-croatian', 'latin', 'maccroatian'), 'mac-croatian cp10082'],
  [table('x-mac-romanian', 'latin', 'macromania'), 'mac-romania cp10010'],
  [table('x-mac-thai', 'single-byte', 'macthai'), 'mac-thai cp10021'],
  [
    table('gb18030', 'multi-byte'),
    `gbk gb2312 gb_2312 gb_2312-80 gb2312-80 cp936 936 ms936 windows-936 x-gbk x-gb2312 csgb2312 chinese iso-ir-58
    gb231280 euc-cn x-euc-cn gb gb18030-2000 gb18030-2005 cngb cn-gb gb_231280 chinesesimplified gb2312_charset`,
  ],
  [
    table('big5', 'multi-byte', 'big5hkscs'),
    'big5-hkscs cn-big5 csbig5 x-x-big5 cp950 950 big5-eten windows-950 x-big5',
  ],
  [
    table('shift_jis', 'multi-byte', 'cp932'),
    `sjis x-sjis shift-jis shiftjis ms_kanji windows-31j cswindows31j cp932 932 ms932 cp943 x-ms-cp932 shift_jisx0213
    shift-jisx0213 shift_jis-2004 windows-932`,
  ],
  [table('euc-jp', 'multi-byte', 'eucjp'), 'x-euc-jp eucjp cp51932 ujis x-euc euc-jp-ms eucjp-ms eucjp-win'],
  [
    table('euc-kr', 'multi-byte', 'cp949'),
    `ks_c_5601-1987 ks_c_5601-1989 ks_c_5601 ks_c-5601 ksc5601 ksc_5601 ks_x_1001 korean iso-ir-149 cp949 949 uhc ms949
    windows-949 x-windows-949 cp51949 x-euc-kr ks5601`,
  ],
  [
    { name: 'iso-2022-jp', kind: 'seven-bit', decode: decodeIso2022 },
    `iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-2004 iso-2022-jp-ms iso-2022-jp-ext csiso2022jp csiso2022jp2
    cp50220 cp50221 cp50222 50220 50221 50222 jis iso2022jp-win x-iso-2022-jp iso-2022-jp-mobile iso-2022-jp$esc
    iso-2022-jp-kddi iso-2022-jp-docomo jis7 x-windows-iso2022jp`,
  ],
  [{ name: 'iso-2022-kr', kind: 'seven-bit', decode: decodeIso2022 }, 'csiso2022kr cp50225 50225'],
  [
    { name: 'iso-2022-cn', kind: 'seven-bit', decode: decodeIso2022 },
    'iso-2022-cn-ext csiso2022cn cp50227 x-cp50227 iso-2022-cn-gb',
  ],
  [{ name: 'hz-gb-2312', kind: 'seven-bit', decode: decodeHz }, 'hz hzgb hz-gb2312 cp52936'],
  [
    table('utf-7', 'seven-bit', 'utf7'),
    'unicode-1-1-utf-7 csunicode11utf7 unicode-2-0-utf-7 x-unicode-2-0-utf-7 x-unicode-1-1-utf-7 cp65000 65000 unicode11utf7',
  ],
  [
    table('utf-7-imap', 'seven-bit', 'utf7imap'),
    'utf7-imap imap4-utf-7 x-imap4-modified-utf7 imap-utf-7 modified-utf-7',
  ],
  [table('utf-16', 'wide', 'utf16'), 'unicode iso-10646-ucs-2 ucs-2 csunicode utf16 unicodefeff cp1200 1200'],
  [table('utf-16le', 'wide', 'utf16le'), 'ucs-2le unicodelittle utf-16-le x-utf-16le utf16-le'],
  [table('utf-16be', 'wide', 'utf16be'), 'ucs-2be unicodefffe unicodebig utf-16-be cp1201 1201'],
  [table('utf-32', 'wide', 'utf32'), 'ucs-4 iso-10646-ucs-4 csucs4 utf32'],
  [table('utf-32le', 'wide', 'utf32le'), 'ucs-4le utf-32-le cp12000'],
  [table('utf-32be', 'wide', 'utf32be'), 'ucs-4be utf-32-be cp12001'],
]

/** Code pages that have no row of their own. */
const otherTables =
  /^(?:(?:cp|ibm|oem|x|dos)*(437|720|737|775|850|852|855|856|857|858|860|861|862|863|864|865|866|869|922|1046|1124|1125|1129|1133|1161|1162|1163)|(armscii8|rk1048|tcvn|tcvn57121|georgianacademy|georgianps|pt154|viscii|viscii111|hproman8|hproman9|mik|koi8t|cesu8))$/

const byKey = new Map<string, Charset>()
for (const [charset, names] of rows) {
  for (const name of [charset.name, ...names.split(/\s+/)]) byKey.set(keyOf(name), charset)
}

/** The windows code pages that senders mean who name an ISO 8859 part and use bytes that it has no characters for. */
const windowsTwins: Readonly<Record<string, string>> = {
  'iso-8859-2': 'windows-1250',
  'iso-8859-4': 'windows-1257',
  'iso-8859-5': 'windows-1251',
  'iso-8859-6': 'windows-1256',
  'iso-8859-7': 'windows-1253',
  'iso-8859-8': 'windows-1255',
  'iso-8859-13': 'windows-1257',
  'iso-8859-15': 'windows-1252',
}

/** The character set that a label means, or undefined. */
export function charsetOf(label: string): Charset | undefined {
  const key = keyOf(label.slice(0, 80))
  const known = byKey.get(key) ?? byKey.get(key.replace(/^(?:3d|cs|x)+/, ''))
  if (known) return known
  const other = otherTables.exec(key)
  if (!other) return undefined
  const made = table(
    other[1] ? `cp${other[1]}` : (other[2] ?? ''),
    'single-byte',
    other[1] ? `cp${other[1]}` : key,
  )
  byKey.set(key, made)
  return made
}

/** @returns undefined for a character set without a twin. */
export function windowsTwin(charset: Charset): Charset | undefined {
  const twin = windowsTwins[charset.name]
  return twin === undefined ? undefined : byKey.get(keyOf(twin))
}

function keyOf(label: string): string {
  return label.toLowerCase().replace(/[^a-z0-9]+/g, '')
}

function table(name: string, kind: Charset['kind'], codec = name): Charset {
  return {
    name,
    kind,
    decode: (bytes) =>
      iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), codec, { stripBOM: false }),
  }
}
