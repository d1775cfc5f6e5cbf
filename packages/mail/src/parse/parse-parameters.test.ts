import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters } from './parse-parameters.ts'
import { declaredFilename, describedFilename } from './part-filename.ts'
import { growth, linearGrowth } from './testing/growth.ts'

const read = (field: string) => {
  const { value, params } = parseParameters(field)
  return { value, ...Object.fromEntries(params) }
}

describe('parseParameters', () => {
  it.each([
    ['text/plain; charset=utf-8', { value: 'text/plain', charset: 'utf-8' }],
    ['TEXT/Plain ; CharSet = "x" ;', { value: 'text/plain', charset: 'x' }],
    ['text/plain (c); charset=utf-8 (x)', { value: 'text/plain', charset: 'utf-8' }],
    ['a; f="x;y=z.txt"; g=1', { value: 'a', f: 'x;y=z.txt', g: '1' }],
    ['a; f="x \\"y\\" z"', { value: 'a', f: 'x "y" z' }],
    ['a; f="x "y" z.txt"; g=1', { value: 'a', f: 'x "y" z.txt', g: '1' }],
    ['a; f="C:\\temp\\x.txt"', { value: 'a', f: 'C:\\temp\\x.txt' }],
    ['a; f="x.txt; g=1', { value: 'a', f: 'x.txt', g: '1' }],
    ['a; f="x.txt; g="y.txt"', { value: 'a', f: 'x.txt', g: 'y.txt' }],
    ['a; f="x.txt" g="y.txt"', { value: 'a', f: 'x.txt', g: 'y.txt' }],
    ['a f="x.txt"', { value: 'a', f: 'x.txt' }],
    ['f="x.txt"', { value: '', f: 'x.txt' }],
    ['a; f=my report (1).pdf; g=1', { value: 'a', f: 'my report (1).pdf', g: '1' }],
    ['a; f=x;y.pdf; g=1', { value: 'a', f: 'x;y.pdf', g: '1' }],
    ['a; f=1; f=2', { value: 'a', f: '1' }],
    ['a; f=""; f=2', { value: 'a', f: '2' }],
    ["a; f=plain; f*=utf-8''%C3%A4", { value: 'a', f: 'ä' }],
    ["a; f*=iso-8859-1'de'%E4", { value: 'a', f: 'ä' }],
    ['a; f*=%C3%A4', { value: 'a', f: 'ä' }],
    ["a; f*=x-unknown''%C3%A4", { value: 'a', f: 'ä' }],
    ["a; f*=utf-8''50%zz%", { value: 'a', f: '50%zz%' }],
    ['a; f*="utf-8\'\'%C3%A4 b"', { value: 'a', f: 'ä b' }],
    ['a; f*1="b"; f*0="a"; f*2=c', { value: 'a', f: 'abc' }],
    ["a; f*0*=utf-8''%C3; f*1*=%A4; f*2=b%20", { value: 'a', f: 'äb%20' }],
    ['a; f*0=x; f*2=z', { value: 'a', f: 'x' }],
    ['a; f*0=x; f*0=y; f*1=z', { value: 'a', f: 'xz' }],
    ['a; f="=?utf-8?Q?=C3=A4_b.txt?="', { value: 'a', f: 'ä b.txt' }],
    ['a; f==?utf-8?B?w6Q=?= .txt; g=1', { value: 'a', f: 'ä .txt', g: '1' }],
    ['a; f*0="=?utf-8?B?w6Q"; f*1="=?="', { value: 'a', f: 'ä' }],
    ['a; =x; ;; y', { value: 'a' }],
    ['', { value: '' }],
  ])('reads %j', (field, expected) => {
    expect(read(field)).toEqual(expected)
  })

  it('reads back what RFC 2231 writes, whatever the order of the pieces', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    const wellFormed = text.filter(
      (one) => one.isWellFormed() && !one.includes('=?') && !one.startsWith('\ufeff'),
    )
    fc.assert(
      fc.property(wellFormed, fc.integer({ min: 1, max: 9 }), fc.boolean(), (said, length, backwards) => {
        const escapes = [...Buffer.from(said)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
        const pieces: string[] = []
        for (let at = 0; at < escapes.length; at += length) {
          const label = at === 0 ? "utf-8''" : ''
          pieces.push(`f*${pieces.length}*=${label}${escapes.slice(at, at + length).join('')}`)
        }
        const ordered = backwards ? pieces.toReversed() : pieces
        expect(parseParameters(['a', ...ordered].join('; ')).params.get('f')).toBe(said)
      }),
    )
  })

  it('never throws', () => {
    const piece = fc.constantFrom(
      ';',
      '"',
      '=',
      '*',
      '0',
      ' ',
      'f',
      "'",
      '%',
      'C3',
      '\\',
      '(',
      ')',
      '=?',
      '?=',
      '\0',
      'é',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(parseParameters(pieces.join('')).params).toBeInstanceOf(Map)
      }),
      { numRuns: 1_000 },
    )
  })

  const many = (count: number, piece: (index: number) => string) =>
    `a${Array.from({ length: count }, (_, index) => piece(index)).join('')}`

  it.each([
    ['pieces of one parameter', (count: number) => many(count, (index) => `; f*${index}*=x`)],
    ['parameters', (count: number) => many(count, (index) => `; f${index}="x"`)],
    ['quotes', (count: number) => many(count, () => '"')],
    ['open quotes', (count: number) => many(count, () => '; b="')],
    ['escaped quotes', (count: number) => many(count, () => '; b="\\"')],
    ['semicolons in quotes', (count: number) => `a; b="${';x'.repeat(count)}`],
    ['words', (count: number) => many(count, () => ' b')],
    ['comments', (count: number) => many(count, () => '; b=(')],
    ['half words', (count: number) => many(count, () => '; b="=?u?q?')],
  ])('takes time in proportion to the number of %s', (_, field) => {
    expect(growth((count) => parseParameters(field(count)), 2_000)).toBeLessThan(linearGrowth)
  })

  it('reads a field with 100,000 parameters', () => {
    expect(parseParameters(many(100_000, (index) => `; f*${index}*=x`)).params.get('f')).toHaveLength(1_000)
  })
})

/** Header lines as mailsplit keeps them. */
const headers = (...lines: string[]) => ({
  getList: () => lines.map((line) => ({ key: line.slice(0, line.indexOf(':')).toLowerCase(), line })),
})

describe('declaredFilename', () => {
  it.each([
    [
      'filename before name',
      ['Content-Type: a/b; name=n', 'Content-Disposition: attachment; filename=f'],
      'f',
    ],
    [
      'name when there is no filename',
      ['Content-Disposition: attachment', 'Content-Type: a/b; name="n.txt"'],
      'n.txt',
    ],
    ['filename in the wrong field', ['Content-Type: a/b; filename=f'], 'f'],
    ['names folded', ['Content-Type: a/b;\r\n\tname="a\r\n b.txt"'], 'a b.txt'],
    ['raw UTF-8', ['Content-Type: a/b; name="\xc3\xa4.txt"'], 'ä.txt'],
    ['raw Windows-1252', ['Content-Type: a/b; name="Pr\xfcfung Gr\xf6\xdfe.txt"'], 'Prüfung Größe.txt'],
    ['percent-encoded UTF-8', ['Content-Type: a/b; name="%C3%A4%20b.txt"'], 'ä b.txt'],
    ['percent signs that mean themselves', ['Content-Type: a/b; name="100%25%FC.txt"'], '100%25%FC.txt'],
    ['no name', ['Content-Type: a/b', 'Content-Description: x.txt'], ''],
  ])('reads %s', (_, lines, name) => {
    expect(declaredFilename(headers(...lines))).toBe(name)
  })
})

describe('describedFilename', () => {
  it.each([
    ['Content-Location: http://example.org/a/b%20c.png?x=y.z', 'b%20c.png'],
    ['Content-Description: report 1.pdf', 'report 1.pdf'],
    ['Content-Description: S/MIME Cryptographic Signature', ''],
    ['Content-Description: This says something. Really', ''],
    ['Content-Location: cid:abc@x.png', ''],
  ])('reads %j', (line, name) => {
    expect(describedFilename(headers(line))).toBe(name)
  })
})
