import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unwrapFlowed } from './flowed.ts'

describe('unwrapFlowed', () => {
  it.each([
    ['joins wrapped lines', 'one \ntwo \nthree\nfour', false, 'one two three\nfour'],
    ['leaves the space out with DelSp', '日 \n本\nx', true, '日本\nx'],
    ['keeps the depth of quotes', '> a \n> b\n>> c \n>> d\ne', false, '> a b\n>> c d\ne'],
    ['never joins different depths', '> a \nb', false, '> a \nb'],
    ['removes the stuffed space', ' From me\n  indented', false, 'From me\n indented'],
    ['keeps the mark of a signature', 'bye \n-- \nme', false, 'bye \n-- \nme'],
    ['keeps it in quotes', '> bye\n> -- \n> me', false, '> bye\n> -- \n> me'],
    ['keeps empty lines', 'a\n\n>\nb', false, 'a\n\n>\nb'],
    ['takes CRLF', 'one \r\ntwo\r\n', false, 'one two\n'],
  ])('%s', (_, text, delSp, unwrapped) => {
    expect(unwrapFlowed(text, delSp)).toBe(unwrapped)
  })

  it('leaves text alone in which nothing flows', () => {
    const line = fc.stringMatching(/^([a-z][a-z ]{0,20}[a-z])?$/)
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(unwrapFlowed(lines.join('\n'), false)).toBe(lines.join('\n'))
      }),
    )
  })
})
