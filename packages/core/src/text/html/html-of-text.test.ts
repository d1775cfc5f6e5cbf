import fc from 'fast-check'
import { expect, test } from 'vitest'
import { htmlOfText } from './html-of-text.ts'

test.each([
  ['Hello,\n\nturn it off\nand on.\n', '<p>Hello,</p>\n<p>turn it off<br>\nand on.</p>'],
  ['a\r\n \r\n\r\nb', '<p>a</p>\n<p>b</p>'],
  ['<b> & "c" \'d\'', '<p>&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;</p>'],
  ['  two  in', '<p>&nbsp;&nbsp;two&nbsp; in</p>'],
  [
    'see (https://desk.example/a?b=1&c=2).',
    '<p>see (<a href="https://desk.example/a?b=1&amp;c=2">https://desk.example/a?b=1&amp;c=2</a>).</p>',
  ],
  ['<https://x.example/>', '<p>&lt;<a href="https://x.example/">https://x.example/</a>&gt;</p>'],
  ['javascript:alert(1) https://', '<p>javascript:alert(1) https://</p>'],
  [
    'https://x.example/"onmouseover=alert(1)',
    '<p><a href="https://x.example/&quot;onmouseover=alert(1">https://x.example/&quot;onmouseover=alert(1</a>)</p>',
  ],
  ['', ''],
  ['\n \n', ''],
])('%j becomes %j', (text, html) => {
  expect(htmlOfText(text)).toBe(html)
})

test('no text becomes markup of its own', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'<>"\'&/ \nap:hts.=') }), (text) => {
      const tags = htmlOfText(text).match(/<[^>]*>/g) ?? []
      for (const tag of tags) expect(tag).toMatch(/^<(?:\/?p|br|\/a|a href="https?:[^"<>]*")>$/)
    }),
  )
})
