import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddresses } from './addresses.ts'
import { growth, linearGrowth } from './testing/growth.ts'

/** `name|address` each. */
const read = (value: string) =>
  parseAddresses(value, 50).addresses.map(({ name, address }) => `${name}|${address}`)

describe('parseAddresses', () => {
  it.each([
    ['jane@example.org', ['|jane@example.org']],
    ['Jane Doe <jane@example.org>', ['Jane Doe|jane@example.org']],
    ['"Doe, Jane" <j@e.org>, b@e.org', ['Doe, Jane|j@e.org', '|b@e.org']],
    ['Doe, Jane <j@e.org>, b@e.org', ['Doe, Jane|j@e.org', '|b@e.org']],
    ['"Pete \\"x\\" Y" <p@e.org>', ['Pete "x" Y|p@e.org']],
    ['Team: a@e.org, b@e.org;', ['|a@e.org', '|b@e.org']],
    ['A: B: c@e.org;, d@e.org;', ['|c@e.org', '|d@e.org']],
    ['undisclosed-recipients:;', []],
    ['(Nobody)(start)Undisclosed recipients  :(no one (at all))  ;', []],
    ['Support: Team <a@e.org>', ['Support: Team|a@e.org']],
    ['a@e.org; B <b@e.org>;c@e.org', ['|a@e.org', 'B|b@e.org', '|c@e.org']],
    ['a@e.org (Jane (J.) Doe)', ['Jane (J.) Doe|a@e.org']],
    ['Pete(A \\) chap) <pete(his account)@silly.test(his host)>', ['Pete|pete@silly.test']],
    ['Jane (jane@e.org)', ['Jane|jane@e.org']],
    ['Jane (at work) <jane@e.org>', ['Jane|jane@e.org']],
    ['Jane (work <jane@e.org>', ['Jane work|jane@e.org']],
    ['"Jane <jane@e.org>', ['Jane|jane@e.org']],
    ['Jane jane@e.org', ['Jane|jane@e.org']],
    ['Jane <jane@e.org', ['Jane|jane@e.org']],
    ['Jane <a@e.org, Joe <b@e.org>', ['Jane|a@e.org', 'Joe|b@e.org']],
    ['Jane <a@e.org> <b@e.org>', ['Jane|a@e.org', '|b@e.org']],
    ['<<a@e.org>>', ['|a@e.org']],
    ['<@x.org,@y.org:a@e.org>', ['|a@e.org']],
    ['mailto:a@e.org, <mailto:b@e.org>', ['|a@e.org', '|b@e.org']],
    ['a @ e.org', ['|a@e.org']],
    ["'a@e.org' <a@e.org>", ['a@e.org|a@e.org']],
    ["<'a@e.org'>", ['|a@e.org']],
    ['a@EXÄMPLE.org, a@xn--exmple-cua.org', ['|a@xn--exmple-cua.org', '|a@xn--exmple-cua.org']],
    ['a@bank.example, a@b\u0430nk.example', ['|a@bank.example', '|a@xn--bnk-6cd.example']],
    ['a@\u00ad.example, a@\ufffd', ['|a@\u00ad.example', '|a@\ufffd']],
    ['"a@e.org"', ['|a@e.org']],
    ['"john doe"@e.org', ['|"john doe"@e.org']],
    ['"x@evil.org"@e.org', ['|"x@evil.org"@e.org']],
    ['"a@b.org" <c@d.org>', ['a@b.org|c@d.org']],
    ['a@[IPv6:::1]; b@e.org', ['|a@[IPv6:::1]', '|b@e.org']],
    ['Jürgen <jürgen@exämple.org>', ['Jürgen|jürgen@xn--exmple-cua.org']],
    ['=?iso-8859-1?Q?D=F6e,=20Jane?= <j@e.org>', ['Döe, Jane|j@e.org']],
    ['"=?utf-8?Q?D=C3=B6e=2C_Jane?=" <j@e.org>', ['Döe, Jane|j@e.org']],
    ['=?utf-8?Q?D=C3=B6?= =?utf-8?Q?e?= <j@e.org>', ['Döe|j@e.org']],
    ['=?utf-8?Q?CEO_=3Cceo=40bank.example=3E?= <x@evil.org>', ['CEO <ceo@bank.example>|x@evil.org']],
    ['=?utf-8?Q?a=40e.org?=', ['|a@e.org']],
    ['"Nobody" <>, "Jane" <j@e.org>', ['Jane|j@e.org']],
    ['Nobody <>', ['Nobody|']],
    ['MAILER-DAEMON', ['MAILER-DAEMON|']],
    ['x <a b@e.org>', ['x|a b@e.org']],
    [',,; ,', []],
    ['<>', []],
    ['', []],
  ] as [string, string[]][])('reads %j', (value, addresses) => {
    expect(read(value)).toEqual(addresses)
  })

  it('reads back every quoted name', () => {
    const name = fc.string({ unit: fc.constantFrom(...'ab ,;:<>@()"\\.ä'), maxLength: 20 })
    fc.assert(
      fc.property(name, (said) => {
        const quoted = `"${said.replace(/["\\]/g, '\\$&')}" <j@e.org>`
        expect(parseAddresses(quoted, 9).addresses.map(({ address }) => address)).toEqual(['j@e.org'])
      }),
    )
  })

  it('never throws', () => {
    const piece = fc.constantFrom(
      'a',
      '@',
      '<',
      '>',
      '"',
      '(',
      ')',
      ',',
      ';',
      ':',
      ' ',
      '\\',
      '=?utf-8?Q?',
      '?=',
      '.',
      '\0',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(Array.isArray(parseAddresses(pieces.join(''), 9).addresses)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(
    [
      'g:',
      '(',
      '()',
      '<',
      '"',
      ',',
      '<"',
      '"a" <',
      '\\',
      'a b ',
      '=?u?q?x?= ',
      '<a@b> ',
      '@',
      'x@',
      '; ',
      'a:;',
      '<@,',
    ].map((piece) => [piece]),
  )('takes time in proportion to %j', (piece) => {
    expect(growth((count) => parseAddresses(piece.repeat(count), 1_000_000), 2_000)).toBeLessThan(
      linearGrowth,
    )
  })
})
