import { htmlOffsetAt, renderText, textOffsetAt } from '@maildesk/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { htmlDocument } from './html-document.ts'
import { htmlOfText, markedTextOfHtml, textOfHtml } from './html-text.ts'

const text = (html: string) => textOfHtml(html, 1_000_000)

test.each([
  ['paragraphs stand apart', '<p>one</p><p>two</p>', 'one\n\ntwo'],
  ['line breaks end lines', 'one<br>two<br/><br>three', 'one\ntwo\n\nthree'],
  [
    'the break that fills an empty block is one line',
    '<div>one</div><div><br></div><div>two<br></div>three',
    'one\n\ntwo\nthree',
  ],
  ['paragraphs of Outlook are lines', '<p class=MsoNormal>one</p><p class="x_MsoNormal">two</p>', 'one\ntwo'],
  ['white space folds', ' one \n <b> two</b>\t three ', 'one two three'],
  ['character references are read once', '&lt;b&gt; &amp;amp; &eacute;&#x1F600;&nbsp;x', '<b> &amp; é😀 x'],
  ['items have marks', '<ul><li>one<li><p>two</p></ul>end', ' * one\n * two\n\nend'],
  ['items are counted', '<ol><li>one</li><li>two<ul><li>in</ul></ol>', ' 1. one\n 2. two\n   * in'],
  [
    'cells are parted by tabs',
    '<table><tr><td>From:<td>Ada</tr><tr><th>To:</th><td>Bob</table>',
    'From:\tAda\nTo:\tBob',
  ],
  [
    'quotes have marks',
    'a<blockquote>b<br>c<blockquote>d</blockquote></blockquote>e',
    'a\n\n> b\n> c\n\n> > d\n\ne',
  ],
  [
    'links tell where they lead',
    '<a href="https://x.example/?a=1&amp;b=2">here</a>',
    'here <https://x.example/?a=1&b=2>',
  ],
  [
    'links that say it do not say it twice',
    '<a href="mailto:a@x.example">a@x.example</a> <a href="https://www.x.example/">x.example</a>',
    'a@x.example x.example',
  ],
  [
    'links to nowhere are words',
    '<a href="#top">up</a> <a href="javascript:alert(1)">run</a> <a href="cid:1">see</a>',
    'up run see',
  ],
  ['preformatted text keeps its spaces', '<pre>a  b\n\n  c</pre>', 'a  b\n\n  c'],
  ['so does text that a style says it of', '<div style="white-space: pre-wrap">a  b\nc</div>', 'a  b\nc'],
  [
    'styles and scripts are no text',
    '<head><title>t</title><style>p{}</style></head>a<script>1<2</script>b',
    'ab',
  ],
  [
    'what is hidden is no text',
    '<div style="DISPLAY : none">pre</div><p hidden>x</p><span style="mso-hide:all">y</span>seen',
    'seen',
  ],
  [
    'what is hidden is text when there is no other',
    '<div style="display:none">all there is</div>',
    'all there is',
  ],
  [
    'comments and declarations are no text',
    '<!DOCTYPE html><!-- a --><![if !mso]>b<![endif]><?xml c?>d',
    'bd',
  ],
  ['signs that begin no tag are text', 'a < b && b > c <3', 'a < b && b > c <3'],
  ['a rule is drawn', 'a<hr>b', `a\n${'-'.repeat(40)}\nb`],
])('%s', (_shows, html, expected) => {
  expect(text(html)).toBe(expected)
})

test('only as much is read as may be', () => {
  expect(textOfHtml('<p>12345</p>', 6)).toBe('123')
})

test('text as HTML reads as the same text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z<>&"';]{1,12}$/), { minLength: 1, maxLength: 20 }),
      (lines) => {
        expect(text(htmlOfText(lines.join('\n')))).toBe(lines.join('\n'))
      },
    ),
  )
})

test('a stretch of the source is found in the text', () => {
  const html = '<div>Yes &amp; no.</div><div class="gmail_quote"><p>On Monday:</p>why?</div><p>Ada</p>'
  const start = html.indexOf('<div class')
  const end = html.indexOf('<p>Ada')
  const marked = markedTextOfHtml(html, [{ kind: 'quote', start, end }], 1000)
  const [range] = marked.ranges
  expect(marked.text.slice(range?.start, range?.end).trim()).toBe('On Monday:\n\nwhy?')
})

const markup = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...'<p> </p> <div> </div> <br> <ul> <li> </ul> <table> <tr> <td> </table> <blockquote> </blockquote> <pre> </pre>'.split(
        ' ',
      ),
      ...[
        '<a href="https://x.example/y">',
        '</a>',
        '<!-- c -->',
        '&amp;',
        '&nbsp;',
        '&#128512;',
        '<style>',
        '</style>',
        ' ',
        '\n',
        '<',
        '<p hidden>',
      ],
    ),
    fc.stringMatching(/^[a-zé ]{1,8}$/),
  ),
  { maxLength: 40 },
)

describe('whatever the markup is', () => {
  test('tokens follow each other and stand where they say', () => {
    fc.assert(
      fc.property(markup, (pieces) => {
        const html = pieces.join('')
        let at = 0
        for (const token of htmlDocument(html).tokens) {
          expect(token.start).toBeGreaterThanOrEqual(at)
          expect(token.end).toBeGreaterThan(token.start)
          at = token.end
          if (token.kind !== 'text') expect(html[token.start]).toBe('<')
          else if (token.end - token.start === token.text.length) {
            expect(html.slice(token.start, token.end)).toBe(token.text)
          }
        }
        expect(at).toBeLessThanOrEqual(html.length)
      }),
      { numRuns: 300 },
    )
  })

  test('each place of the text comes from a later place of the source, and back', () => {
    fc.assert(
      fc.property(markup, (pieces) => {
        const html = pieces.join('')
        const rendered = renderText(htmlDocument(html))
        let last = 0
        for (let at = 0; at < rendered.text.length; at += 1) {
          const place = htmlOffsetAt(rendered, at, html.length)
          expect(place).toBeGreaterThanOrEqual(last)
          last = place
          expect(textOffsetAt(rendered, place, rendered.text.length)).toBeGreaterThanOrEqual(0)
          const letter = rendered.text[at] as string
          if (/[a-zé]/.test(letter) && html[place] === letter) {
            expect(rendered.text[textOffsetAt(rendered, place, rendered.text.length)]).toBeDefined()
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('the time it takes grows with the markup, not faster', () => {
  test.each([
    ['elements in elements', '<div>'],
    ['quotes in quotes', '<blockquote>a'],
    ['lists in lists', '<ul><li>a'],
    ['end tags of what is not open', '<div></x>'],
    ['links', '<a href=https://x.example/>y'],
    ['character references', '&amp;'],
    ['less-than signs', '<'],
    ['ampersands', '&'],
    ['attributes', '<a b=c '],
    ['styles', '<p style="a:b;c:d">x'],
  ])('%s', (_what, unit) => {
    const timeOf = (length: number) => {
      const html = unit.repeat(Math.ceil(length / unit.length))
      const times = [0, 1, 2, 3].map(() => {
        const start = cpuMs()
        textOfHtml(html, html.length)
        return cpuMs() - start
      })
      return Math.min(...times)
    }
    timeOf(20_000)
    // 8 when linear, 64 when quadratic; what others do on the machine lies between.
    expect(timeOf(480_000) / Math.max(timeOf(60_000), 5)).toBeLessThan(30)
  })
})

/** Milliseconds of CPU this thread has spent; what else the machine does says nothing about the code. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
