import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { decodeWords } from './decode-words.ts'
import { growth, linearGrowth } from './testing/growth.ts'

const b = (text: Uint8Array, charset = 'utf-8') => `=?${charset}?B?${Buffer.from(text).toString('base64')}?=`
const q = (text: Uint8Array, charset = 'utf-8') =>
  `=?${charset}?Q?${[...text].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')}?=`

describe('decodeWords', () => {
  it.each([
    ['plain text stays', 'a = b ? c', 'a = b ? c'],
    ['both encodings, any case', '=?UTF-8?q?=c3=a4?= =?utf-8?b?w7Y=?=', 'äö'],
    ['an underscore is a space', '=?iso-8859-1?Q?a_b=5Fc?=', 'a b_c'],
    [
      'white space between words vanishes, before and after stays',
      'x =?utf-8?Q?a?=\r\n =?utf-8?Q?b?= y',
      'x ab y',
    ],
    ['a character cut in two', '=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=', 'ä'],
    ['a character cut between two encodings', '=?utf-8?B?ww==?= =?utf-8?Q?=A4?=', 'ä'],
    ['neighbours in different character sets', '=?utf-8?Q?=C3=A4?= =?iso-8859-1?Q?=E4?=', 'ää'],
    ['an escape state that goes on', '=?iso-2022-jp?B?GyRCJSs=?= =?iso-2022-jp?B?JSsbKEI=?=', 'カカ'],
    ['missing padding', '=?utf-8?B?w6Q?=', 'ä'],
    ['padding inside', '=?utf-8?B?YQ==Yg==?=', 'ab'],
    ['the language of RFC 2231', '=?utf-8*de?Q?=C3=A4?=', 'ä'],
    ['spaces inside', '=?utf-8?Q?a b=C3=A4 c?=', 'a bä c'],
    ['a word without an end', '=?utf-8?Q?a=C3=A4', 'aä'],
    ['a word cut inside an escape', '=?utf-8?Q?a=C?=', 'a'],
    ['a word without an end before another', '=?utf-8?Q?a =?utf-8?Q?b?=', 'ab'],
    ['a question mark inside', '=?utf-8?Q?why?=20so?=', 'why? so'],
    ['no space around', 'x=?utf-8?Q?=C3=A4?=y', 'xäy'],
    ['an emoji that was cut', '=?utf-8?Q?hi_=F0?=', 'hi \ufffd'],
    ['an unknown character set', '=?x-foo?Q?gr=FC=DF?=', 'grüß'],
    ['a wrong label', '=?us-ascii?Q?=C3=A4?= =?iso-8859-1?Q?=C3=B6?=', 'äö'],
    ['no base64 at all', '=?utf-8?B?#!?=', '=?utf-8?B?#!?='],
    ['an unknown encoding', '=?utf-8?X?a?=', '=?utf-8?X?a?='],
    ['a line break inside', '=?utf-8?Q?a=0D=0Ab?=', 'a b'],
    ['an empty word', 'a =?utf-8?Q??= b', 'a  b'],
    ['half a beginning', '=?=?utf-8?Q?a?=', '=?a'],
  ])('%s', (_, value, text) => {
    expect(decodeWords(value)).toBe(text)
  })

  it('tells of words that are not what they say', () => {
    const heard: string[] = []
    decodeWords('=?x-foo?Q?=E4?= and =?utf-8?Q?=C3=A4?=', ({ code }) => heard.push(code))
    expect(heard).toEqual(['charset-guessed'])
  })

  it.each(['utf-8', 'gb18030', 'windows-1251', 'euc-kr'])(
    'reads back %s that was cut anywhere',
    (charset) => {
      const codec = charset === 'euc-kr' ? 'cp949' : charset
      const character = {
        'utf-8': 'äж漢😀',
        gb18030: '漢字中文测试',
        'windows-1251': 'жыъ',
        'euc-kr': '한글시험',
      }[charset]
      const text = fc.string({ unit: fc.constantFrom(...(character ?? '')), minLength: 10, maxLength: 40 })
      fc.assert(
        fc.property(text, fc.array(fc.nat(60)), fc.boolean(), (said, cuts, inBase64) => {
          const bytes = iconv.encode(said, codec)
          const at = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort(
            (x, y) => x - y,
          )
          const words = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
          const encoded = words.map((word) => (inBase64 ? b(word, charset) : q(word, charset))).join('\r\n ')
          expect(decodeWords(encoded)).toBe(said)
        }),
        { numRuns: 100 },
      )
    },
  )

  it('never throws', () => {
    const piece = fc.constantFrom(
      '=?',
      '?=',
      'utf-8',
      '?Q?',
      '?B?',
      '=',
      'w6Q',
      ' ',
      '_',
      'é',
      '\0',
      '?',
      '=C3',
      'x',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(typeof decodeWords(pieces.join(''))).toBe('string')
      }),
      { numRuns: 1_000 },
    )
  })

  it.each(['=?u?q?', '=?utf-8?Q?a?= ', '=?', '=?u?q?a?=20', '=?utf-8?B?w?=', '=?utf-8?Q?=', '?='])(
    'takes time in proportion to %j',
    (piece) => {
      expect(growth((count) => decodeWords(piece.repeat(count)), 2_000)).toBeLessThan(linearGrowth)
    },
  )
})
