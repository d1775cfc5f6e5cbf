// Any HTML, made of the pieces that matter to parsers: harmless in a browser's eyes, and settled.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderHtml, safeHtml } from './safe-html.ts'
import { harmIn } from './testing/browser-view.ts'

const tag = fc.constantFrom(
  ...`a abbr b blockquote body br button center col colgroup dd details div dl dt em embed font foreignObject form frameset
  h1 h2 head html i iframe img input isindex li link listing main math meta mglyph mi mtext nobr noembed noscript
  object ol o:p option p param plaintext pre rp rt ruby script section select span style svg table tbody td template
  textarea tfoot th thead title tr u ul wbr x xmp`.split(/\s+/),
)
const value = fc.constantFrom(
  '',
  'x',
  '1',
  '100%',
  'cid:a@b',
  'cid:%',
  'https://a.example/',
  'HTTP:/\\a.example',
  '//a.example',
  'mailto:a@b.example?subject=<x>&cc="y"',
  'tel:1',
  'javascript:C()',
  'java&#10;script:C()',
  'data:text/html,<b>',
  'color:red;margin:1px -2px',
  'font-family:"A B",c;width:1px',
  'background:url(//a.example)',
  'red',
  'left',
  '&quot;&gt;<b>',
  "'",
  '`',
  '<!--',
  '-->',
)
const attribute = fc
  .tuple(
    fc.constantFrom(
      ...'href src srcset style id name class title alt width height align dir lang onclick background color size type start data-blocked data-shown-host xlink:href __proto__ / " ='.split(
        ' ',
      ),
    ),
    fc.constantFrom('"', "'", '', ' ='),
    value,
  )
  .map(([name, quote, text]) => ` ${name}=${quote}${text}${quote}`)
const piece = fc.oneof(
  { weight: 5, arbitrary: tag.map((name) => `<${name}>`) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(tag, fc.array(attribute, { maxLength: 3 }))
      .map(([name, attributes]) => `<${name}${attributes.join('')}>`),
  },
  { weight: 4, arbitrary: tag.map((name) => `</${name}>`) },
  { weight: 1, arbitrary: tag.map((name) => `<${name}/>`) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'word ',
      'https://b.example',
      'www.c.example',
      '&lt;b&gt;',
      '&amp;lt;',
      '&#0;',
      '&#13;',
      '&nbsp',
      '\u0000',
      '\r\n',
      '\ud800',
      '\u200b',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '<',
      '>',
      '"',
      '<!--',
      '-->',
      '--!>',
      '<![CDATA[',
      ']]>',
      '<?',
      '</',
      '<!',
      '<![endif]',
      '&',
    ),
  },
)
const htmlLike = fc.array(piece, { maxLength: 40, size: 'max' }).map((pieces) => pieces.join(''))

test('whatever comes in, a browser finds only what is on the list, and a second time changes nothing', () => {
  fc.assert(
    fc.property(htmlLike, fc.constantFrom('block' as const, 'placeholder' as const), (html, remoteImages) => {
      const safe = safeHtml(html, { remoteImages })
      expect(harmIn(safe)).toEqual([])
      expect(safeHtml(safe, { remoteImages })).toBe(safe)
    }),
    { numRuns: 1500 },
  )
})

test('any text at all is taken without an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(100), (html, maxLength) => {
      const { html: safe } = renderHtml(html, { maxLength })
      expect(harmIn(safe)).toEqual([])
      expect(safeHtml(safe)).toBe(safe)
    }),
    { numRuns: 500 },
  )
})
