import { replyTextOf, signatureTextOf, textOfKind } from '@maildesk/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { htmlDocument } from './html-document.ts'
import { htmlMarks } from './html-marks.ts'
import { textOfHtml } from './html-text.ts'
import { readBody } from './read-body.ts'

const answer = { subject: 'Re: Engine', inReplyTo: [], references: [] }

function read(html: string, plain?: string) {
  const text = plain ?? textOfHtml(html, 1_000_000)
  const { ranges, htmlRanges, reasons } = readBody({ ...answer, text, html }, plain === undefined, 1_000_000)
  return {
    reply: replyTextOf(text, ranges),
    signature: signatureTextOf(text, ranges),
    html: textOfHtml(textOfKind(html, htmlRanges ?? [], 'reply'), 1_000_000).trim(),
    rules: reasons.map(({ rule }) => rule),
  }
}

/** What each program puts below an answer, as far as it marks it. */
const programs: Record<string, string> = {
  'our own boundary': '<div class="maildesk-boundary"></div><p>Does it work?</p>',
  Gmail:
    '<div class="gmail_quote"><div class="gmail_attr">On 3 Mar 2026, Ada wrote:<br></div><blockquote class="gmail_quote">Does it work?</blockquote></div>',
  'Outlook on the web': '<hr><div id="divRplyFwdMsg"><b>From:</b> Ada</div><div>Does it work?</div>',
  'Outlook on the web, quoted again':
    '<div id="x_divRplyFwdMsg"><b>From:</b> Ada</div><div>Does it work?</div>',
  'Outlook, when it appends': '<div id="appendonsend"></div><p>Does it work?</p>',
  'Outlook on the desktop':
    '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p><b>From:</b> Ada</p></div></div><p>Does it work?</p>',
  'Outlook on a telephone': '<div class="ms-outlook-mobile-reference-message">Does it work?</div>',
  'Outlook on a Mac': '<span id="OLK_SRC_BODY_SECTION"><div>Does it work?</div></span>',
  Thunderbird:
    '<div class="moz-cite-prefix">On 3/3/26 10:00, Ada wrote:<br></div><blockquote type="cite">Does it work?</blockquote>',
  'Apple Mail':
    '<blockquote type="cite"><div>On 3 Mar 2026, Ada wrote:</div><div>Does it work?</div></blockquote>',
  Yahoo: '<div id="yahoo_quoted_1234567890" class="yahoo_quoted"><div>Does it work?</div></div>',
  Proton: '<div class="protonmail_quote">On 3 March, Ada wrote:<blockquote>Does it work?</blockquote></div>',
  Zimbra:
    '<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">From: Ada</div><p>Does it work?</p>',
  'Zimbra, the quoted text alone': '<div data-marker="__QUOTED_TEXT__"><p>Does it work?</p></div>',
  Front: '<blockquote type="cite" class="front-blockquote">Does it work?</blockquote>',
  Zendesk: '<div class="zd-quote">Does it work?</div>',
  Freshdesk: '<div class="freshdesk_quote"><blockquote>Does it work?</blockquote></div>',
  HubSpot: '<div class="hs_reply"><p>Does it work?</p></div>',
  Missive: '<div class="missive_quote">Does it work?</div>',
  Spark: '<div name="messageReplySection">Does it work?</div>',
  Superhuman: '<div class="sh-quoted-content">Does it work?</div>',
  GMX: '<div name="quote"><div>Does it work?</div></div>',
  'QQ Mail': '<div id="origbody">Does it work?</div>',
  NetEase: '<div id="isReplyContent">Does it work?</div>',
  'mail.ru': '<blockquote id="mail-app-auto-quote" cite="x">Does it work?</blockquote>',
  SOGo: '<div class="mail-quote-collapse">Does it work?</div>',
}

describe('a quote as marked by', () => {
  test.each(Object.entries(programs))('%s is cut from text and HTML', (_program, quote) => {
    const { reply, html } = read(`<div>It works now.</div>${quote}`)
    expect([reply, html]).toEqual(['It works now.', 'It works now.'])
  })

  test.each(Object.entries(programs))(
    '%s is cut from a plain text beside the HTML, too',
    (_program, quote) => {
      const words = textOfHtml(quote, 10_000).replaceAll(/^> /gm, '').trim()
      const { reply } = read(`<div>It works now.</div>${quote}`, `It works now.\n\n${words}\n`)
      expect(reply.startsWith('It works now.')).toBe(true)
      expect(reply).not.toContain('Does it work?')
    },
  )
})

test.each([
  ['Gmail', '<div class="gmail_signature">Ada<br>Countess</div>'],
  ['Thunderbird', '<div class="moz-signature">Ada<br>Countess</div>'],
  ['Outlook on the web', '<div id="Signature">Ada<br>Countess</div>'],
  ['Outlook on a telephone', '<div id="ms-outlook-mobile-signature">Ada<br>Countess</div>'],
  ['Proton', '<div class="protonmail_signature_block">Ada<br>Countess</div>'],
  ['Front', '<div class="front-signature">Ada<br>Countess</div>'],
])('a signature as marked by %s is told apart', (_program, signature) => {
  const found = read(`<div>It works now.</div><br>${signature}`)
  expect(found).toMatchObject({ reply: 'It works now.', signature: 'Ada\nCountess', html: 'It works now.' })
})

test('answers inside a marked quote stay, in the HTML as in the text', () => {
  const inline =
    '<div class="gmail_quote"><div class="gmail_attr">On Tue, 3 Mar 2026 at 10:00, Ada &lt;ada@x.example&gt; wrote:</div><blockquote>Is it on?</blockquote></div><div>Yes.</div><blockquote type="cite">Hot?</blockquote><div>No.</div>'
  const { reply, html } = read(inline)
  for (const words of ['Is it on?', 'Yes.', 'Hot?', 'No.']) {
    expect(reply).toContain(words)
    expect(html).toContain(words)
  }
})

test('what was set in by hand is no quote', () => {
  expect(read('<p>He said:</p><blockquote>Brevity is the soul of wit.</blockquote>').reply).toContain(
    'Brevity',
  )
})

test('words of the answer that the quote repeats do not move the cut in the HTML', () => {
  const same = 'the very same words stand in both of them, you see'
  const html = `<p>I wrote: ${same}.</p><p>On Tue, 3 Mar 2026 at 10:00, Ada &lt;ada@x.example&gt; wrote:</p><p>${same}</p>`
  const plain = `I wrote: ${same}.\n\nOn Tue, 3 Mar 2026 at 10:00, Ada <ada@x.example> wrote:\n> ${same}\n`
  expect(read(html, plain)).toMatchObject({ reply: `I wrote: ${same}.`, html: `I wrote: ${same}.` })
})

test('marks are in order and never inside one another, whatever the HTML', () => {
  const tag = fc.constantFrom(
    '<div class="gmail_quote">',
    '<blockquote type="cite">',
    '<div id="Signature">',
    '<div>',
    '</div>',
    '</blockquote>',
    '<hr id="zwchr">',
    '<p>',
    'words ',
    '</p>',
    '<',
  )
  fc.assert(
    fc.property(fc.array(tag, { maxLength: 40 }), (tags) => {
      const html = tags.join('')
      let at = 0
      for (const { start, end } of htmlMarks(htmlDocument(html)).ranges) {
        expect(start).toBeGreaterThanOrEqual(at)
        expect(end).toBeLessThanOrEqual(html.length)
        at = end
      }
      const text = textOfHtml(html, 10_000)
      const { htmlRanges } = readBody({ ...answer, text, html }, true, 10_000)
      expect(
        textOfKind(
          html,
          (htmlRanges ?? []).map((range) => ({ ...range, kind: 'reply' })),
          'reply',
        ).replaceAll('\n', ''),
      ).toBe(html.replaceAll('\n', ''))
    }),
    { numRuns: 300 },
  )
})
