// Answers of agents to a notification, as mail programs write them, read as they come.
import { composeNotification, hasWordsInsideQuote, holdsOurWords, readAgentMail } from '@maildesk/core'
import { expect, test } from 'vitest'
import { crlf, parsed } from './testing/parse-mail.ts'

const url = 'https://desk.example/api/v1/tickets/'
const notification = composeNotification(
  { name: 'Grace', address: 'grace@desk.example' },
  {
    event: 'customer_reply',
    as: 'assignee',
    who: 'Ada Lovelace',
    ticketNumber: '42',
    title: 'The engine is stuck',
    url: `${url}42`,
    text: 'The engine does not turn any more, whatever I do, and this line is long enough to be wrapped anew.\nIt smokes out of the second valve.\n\nSee https://example.org/manual\n\nYours, Ada',
    files: 1,
    isUnverified: false,
    language: 'en',
    role: 'public',
    about: null,
  },
  { address: 'support@desk.example', displayName: 'Support', subAddressing: true, signature: '' },
  { nonce: 'abcdefgh', now: new Date('2026-11-23T10:00:00Z'), tokenKeys: ['k'.repeat(32)] },
)
const lines = notification.text.split('\n')
/** Addresses made links, and links led through a scanner, as programs and companies do. */
const linked = (notification.html ?? '')
  .replace(/(https:\S+?)(?=<|\s)/g, '<a href="https://scanner.example/?u=$1">$1</a>')
  .replace(/(support\+\S+?@desk\.example)/g, '<a href="mailto:$1">$1</a>')

const mail = (type: string, ...body: string[]) =>
  Buffer.from(
    crlf(
      'From: Grace <grace@desk.example>',
      'Subject: Re: [#42] The engine is stuck',
      `In-Reply-To: <${notification.messageId}>`,
      'MIME-Version: 1.0',
      `Content-Type: text/${type}; charset=utf-8`,
      '',
      ...body,
    ),
  )
const html = (body: string) => mail('html', `<html><body>${body}</body></html>`)
const plain = (...body: string[]) => mail('plain', '#close', '', 'Turn it.', '', ...body)
const attribution = 'On Mon, Nov 23, 2026 at 10:00 AM Ada Lovelace – Support <support@desk.example> wrote:'
const headerBlock =
  '<b>From:</b> Ada Lovelace – Support &lt;support@desk.example&gt;<br><b>Sent:</b> Monday, November 23, 2026 10:00 AM<br><b>To:</b> Grace &lt;grace@desk.example&gt;<br><b>Subject:</b> [#42] The engine is stuck'

const answers: Record<string, Buffer> = {
  Gmail: html(
    `<div dir="ltr">#close<br>Turn it.<br clear="all"><br>-- <br><div dir="ltr" class="gmail_signature">Grace<br>Extension 7</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">${attribution.replace('<', '&lt;').replace('>', '&gt;')}<br></div><blockquote class="gmail_quote">${linked}</blockquote></div>`,
  ),
  Outlook: html(
    `<div class=WordSection1><p class=MsoNormal>#close</p><p class=MsoNormal>Turn it.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal>${headerBlock}</p></div>${linked}</div>`,
  ),
  'Outlook on the web, behind a warning of the company': html(
    `<div>#close</div><div>Turn it.</div><hr><div id="divRplyFwdMsg">${headerBlock}</div><div><p>CAUTION: This mail came from outside.</p>${linked}</div>`,
  ),
  'Apple Mail': html(
    `#close<div>Turn it.<br><div><br><blockquote type="cite"><div>On Nov 23, 2026, at 10:00, Ada Lovelace – Support &lt;support@desk.example&gt; wrote:</div><br class="Apple-interchange-newline"><div>${linked}</div></blockquote></div></div>`,
  ),
  'a program that marks nothing': html(
    `<p>#close</p><p>Turn it.</p>${linked.replace('class="maildesk-boundary"', '')}`,
  ),
  'a program for text': plain(attribution, ...lines.map((line) => `> ${line}`)),
  'a program for text that breaks long lines': plain(
    attribution,
    ...lines.flatMap((line) =>
      line.length > 72 ? [`> ${line.slice(0, 70)}`, line.slice(70)] : [`> ${line}`],
    ),
  ),
  'Outlook as text': plain(
    '-----Original Message-----',
    'From: Ada Lovelace – Support <support@desk.example>',
    'Sent: Monday, November 23, 2026 10:00 AM',
    'To: Grace <grace@desk.example>',
    'Subject: [#42] The engine is stuck',
    '',
    ...notification.text.replace(/(https:\S+)/g, '$1<https://scanner.example/?u=$1>').split('\n'),
  ),
  'an answer to an answer': plain(
    'On 23/11/2026 11:00, Grace wrote:',
    '> Ask him about the oil.',
    '>',
    `> ${attribution}`,
    ...lines.map((line) => `>> ${line}`),
  ),
}

test.each(Object.entries(answers))('of an answer by %s nothing but the answer is read', async (_by, raw) => {
  const email = await parsed(raw)
  const { text, commands, problems } = readAgentMail(email)
  expect({ text, commands: commands.length, problems }).toEqual({
    text: 'Turn it.',
    commands: 1,
    problems: [],
  })
  expect(holdsOurWords(text, [notification.text], [url])).toBe(false)
  expect(hasWordsInsideQuote(email, [notification.text])).toBe(false)
})
