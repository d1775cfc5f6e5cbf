import { expect, test } from 'vitest'
import { renderHtml, safeHtml } from './safe-html.ts'
import { harmIn, wordsIn } from './testing/browser-view.ts'

const leadingAway = 'rel="noopener noreferrer nofollow ugc" target="_blank"'

test.each([
  ['a script', '<p>hi</p><script>alert(1)</script>', '<p>hi</p>'],
  ['an event handler', '<img src="cid:a" onerror="alert(1)">', '<img src="cid:a" />'],
  ['a remote image', '<img src="https://tracker.example/x.gif">', '<img />'],
  ['a data: image', '<img src="data:image/svg+xml,<svg onload=alert(1)>">', '<img />'],
  ['a javascript: link', '<a href="java&#0000115;cript:alert(1)">x</a>', '<a>x</a>'],
  ['raw text in <xmp>', '<xmp><img src=x onerror=alert(1)></xmp>', ''],
  [
    'tags that form again when one is cut out',
    '<scr<script>ipt>alert(1)</scr</script>ipt>',
    'ipt&gt;alert(1)ipt&gt;',
  ],
  [
    'a style that fetches',
    '<p style="background:url(//x.example);color:red">x</p>',
    '<p style="color:red">x</p>',
  ],
  [
    'ids and names',
    '<a id="config" name="config" href="tel:1">x</a>',
    `<a href="tel:1" ${leadingAway}>x</a>`,
  ],
  ['a form', '<form action="//x"><button formaction=javascript:alert(1)>go</button></form>', 'go'],
])('%s is made harmless', (_what, html, safe) => {
  expect(safeHtml(html)).toBe(safe)
})

test.each([
  ['paragraphs and emphasis', '<div><p>Hello <b>you</b><br /><i>there</i></p></div>'],
  [
    'tables',
    '<table border="1" cellpadding="4" width="100%"><tbody><tr><td colspan="2" bgcolor="#ffffff" align="center">1</td></tr></tbody></table>',
  ],
  ['lists', '<ol start="3" type="a"><li>one</li></ol><ul><li dir="rtl" lang="ar">اثنان</li></ul>'],
  [
    'quotes',
    '<blockquote style="margin:0 0 0 8px;border-left:1px solid #cccccc;padding-left:8px">so</blockquote>',
  ],
  [
    'colours and fonts',
    '<span style="font-family:segoe ui,arial;font-size:11pt;color:rgb(0,0,0);background-color:yellow">x</span>',
  ],
  ['old fonts', '<font color="red" size="+2">x</font>'],
  ['links', `<a href="https://a.example/?q=%22&amp;r=1#f" ${leadingAway} title="a.example">here</a>`],
  ['pictures that came along', '<img src="cid:logo@a.example" alt="Logo &lt;3" width="10" height="20%" />'],
  ['words that look like markup', '1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt;'],
])('what people write stays: %s', (_what, html) => {
  expect(safeHtml(html)).toBe(html)
})

test('words in tags that are not shown stay, and those that nobody was to read go', () => {
  const html =
    '<html><head><title>T</title><style>p{}</style></head><body><o:p>office</o:p> <custom-tag>own</custom-tag> <details><summary>sum</summary>more</details></body></html>'
  expect(wordsIn(safeHtml(html))).toBe('office own summore')
})

test('a link whose words name another host carries both hosts', () => {
  const { html, links } = renderHtml(
    '<a href="https://user:pass@EVIL.example/login">https://www.<b>bank</b>.example/</a> <a href="https://www.bank.example">bank.example</a>',
  )
  expect(html).toBe(
    `<a href="https://evil.example/login" ${leadingAway} title="evil.example" data-shown-host="www.bank.example">https://www.<b>bank</b>.example/</a> <a href="https://www.bank.example/" ${leadingAway} title="www.bank.example">bank.example</a>`,
  )
  expect(links).toEqual([
    { href: 'https://evil.example/login', host: 'evil.example', shownHost: 'www.bank.example' },
    { href: 'https://www.bank.example/', host: 'www.bank.example' },
  ])
})

test('a mail cannot claim our marks for itself', () => {
  expect(
    safeHtml(
      '<a href="https://a.example/" title="bank.example" data-shown-host="bank.example">x</a><img src="cid:a" data-blocked="remote">',
      { remoteImages: 'placeholder' },
    ),
  ).toBe(`<a href="https://a.example/" ${leadingAway} title="a.example">x</a><img src="cid:a" />`)
})

test('pictures from elsewhere are counted, and marked where that is asked for', () => {
  const mail =
    '<img src="https://a.example/1.gif" alt="One" width="1"><img srcset="//a.example/2.gif 2x"><td background="x"><p style="background:URL(x)">x</p><img src="cid:here">'
  const { html, blockedRemote } = renderHtml(mail, { remoteImages: 'placeholder' })
  expect(blockedRemote).toBe(4)
  expect(html).toContain('<img data-blocked="remote" alt="One" width="1" /><img data-blocked="remote" />')
  expect(renderHtml(mail).html).not.toContain('data-blocked')
})

test('pictures that came along get the address they are given, and no other way in', () => {
  const cidUrl = (contentId: string) => (contentId === 'a b@c' ? '/files/1?inline=true&x="' : undefined)
  const render = (html: string) => renderHtml(html, { cidUrl })
  expect(render('<p><img src=" CID:a%20b@c " alt="A"></p>').html).toBe(
    '<p><img src="/files/1?inline=true&amp;x=&quot;" alt="A" /></p>',
  )
  expect(
    render('<img src="cid:other" alt="B"><img src="/files/1?inline=true"><img src="cid:%E0">').html,
  ).toBe('<img alt="B" /><img /><img />')
})

test('a mail that is too long is cut where a reader sees no half tag, and says so', () => {
  const { html, isCut } = renderHtml('<p>one</p><p title="two">two</p>', { maxLength: 16 })
  expect([html, isCut]).toEqual(['<p>one</p>', true])
  expect(renderHtml('<p>one</p>', { maxLength: 10 }).isCut).toBe(false)
})

test('markup that is too deep is shown as its words', () => {
  const safe = safeHtml(`${'<div>'.repeat(5000)}deep &amp; <script>C()</script> words`)
  expect(harmIn(safe)).toEqual([])
  expect(safe).toContain('words')
  expect(safe).not.toContain('<div>')
  const shown = safeHtml(`${'<blockquote>'.repeat(150)}deep`)
  expect(shown.split('<blockquote>')).toHaveLength(101)
})

test('the check by a second parser sees harm where there is some', () => {
  for (const harm of [
    '<script></script>',
    '<img src="https://a.example">',
    '<a href="javascript:x">x</a>',
    '<p onclick=x>x</p>',
    '<p style="position:fixed">x</p>',
    '<p id=x>x</p>',
    '<!-- x -->',
    '<svg></svg>',
  ])
    expect(harmIn(harm), harm).not.toEqual([])
})

// The best of three and a wide margin: a ratio of times is at the mercy of whatever else the machine does.
test.each([
  ['open tags', '<b>'],
  ['unclosed paragraphs', '<p><div>'],
  ['end tags', '</p>'],
  ['end tags of what is not open', '<i></b>'],
  ['less-than signs', '<'],
  ['ampersands', '&'],
  ['attributes', '<p a="'],
  ['comments', '<!--'],
  ['raw text', '<b><noscript></b>'],
  ['links', '<a href=http:a>b.example'],
  ['styles', '<p style="a:;color:red;a:url(">x</p>'],
  ['pictures in pictures', '<svg><math>'],
  ['depth that hides in attributes', '<b title="</b>">'],
])('time grows with the length and no faster: %s', (_what, unit) => {
  const timeOf = (length: number) => {
    const html = unit.repeat(length / unit.length)
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 3; round += 1) {
      const started = cpuMs()
      safeHtml(html)
      best = Math.min(best, cpuMs() - started)
    }
    return best
  }
  // Eight times the length; quadratic would be 64 times the time.
  expect(timeOf(32_000) / Math.max(4, timeOf(4_000))).toBeLessThan(32)
})

/** Milliseconds of CPU this thread has spent; what else the machine does says nothing about the code. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
