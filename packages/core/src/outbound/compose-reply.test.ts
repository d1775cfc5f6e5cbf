import { describe, expect, test } from 'vitest'
import type { Rfc822Id } from '../ids.ts'
import { readReply } from '../text/reply/read-reply.ts'
import { replyTextOf } from '../text/reply/reply-reading.ts'
import { tokenOfAddress, tokenOfMessageId, verifyReplyToken } from '../threading/reply-token.ts'
import { attributionLanguages, attributionLine } from './attribution-line.ts'
import type { AnsweredMail, Stamp, Thread } from './compose-email.ts'
import { type AnsweringMailbox, composeReply, type ReplyDraft } from './compose-reply.ts'

const mailbox: AnsweringMailbox = {
  address: 'support@desk.example',
  displayName: 'Desk',
  subAddressing: true,
  signature: 'The desk',
  signatureHtml: '',
  language: 'en',
}
const stamp: Stamp = { nonce: 'abcdefgh', now: new Date('2026-11-22T10:00:00Z'), tokenKeys: ['k'.repeat(32)] }
const answered: AnsweredMail = {
  messageId: 'second@customer.example' as Rfc822Id,
  references: ['first@customer.example' as Rfc822Id],
  subject: 'Re: Stuck [#42]',
}
const thread: Thread = { ticketNumber: '42', answered, title: 'Stuck' }
const draft: ReplyDraft = {
  to: { name: 'Ada', address: 'ada@customer.example' },
  cc: [{ name: '', address: 'bob@customer.example' }],
  authorName: 'Grace',
  text: 'Turn it off & on.\n\n',
  history: [],
}
const token = { ticketNumber: '42', role: 'public', nonce: 'abcdefgh' }
const said = {
  writtenAt: new Date('2026-11-22T09:05:00Z'),
  writer: 'Ada Lovelace',
  text: 'It is stuck.\n\n> really',
  html: null,
}
const reply = composeReply(draft, thread, mailbox, stamp)
const signed = tokenOfMessageId(reply.messageId) ?? ''

describe('a reply', () => {
  test('answers the mail, in its thread, from the mailbox, to all who take part', () => {
    expect(reply).toMatchObject({
      date: '2026-11-22T10:00:00.000Z',
      from: { name: 'Grace – Desk', address: 'support@desk.example' },
      to: [draft.to],
      cc: draft.cc,
      subject: 'Re: Stuck [#42]',
      inReplyTo: 'second@customer.example',
      references: ['first@customer.example', 'second@customer.example'],
    })
  })

  test('says the same as text and as HTML', () => {
    expect(reply.text).toBe(`Turn it off & on.\n\n-- \nThe desk\n\nref:${signed}\n`)
    expect(reply.html).toBe(
      `<div class="maildesk-boundary" data-ref="${signed}">\n<p>Turn it off &amp; on.</p>\n` +
        '<div class="maildesk-signature"><p>-- <br>\nThe desk</p></div>\n</div>\n',
    )
  })

  test('is not marked as automatic', () => {
    expect(reply.headers).toEqual([])
  })

  test('carries its signed token in its Message-ID, in Reply-To and in both bodies', () => {
    expect(verifyReplyToken(signed, stamp.tokenKeys)).toEqual(token)
    expect(verifyReplyToken(tokenOfAddress(reply.replyTo?.address ?? '') ?? '', stamp.tokenKeys)).toEqual(
      token,
    )
    expect(reply.messageId.endsWith('@desk.example')).toBe(true)
  })

  test('has no Reply-To where sub-addresses do not arrive or would be too long', () => {
    expect(composeReply(draft, thread, { ...mailbox, subAddressing: false }, stamp).replyTo).toBeNull()
    const long = { ...mailbox, address: `${'a'.repeat(40)}@desk.example` }
    expect(composeReply(draft, thread, long, stamp).replyTo).toBeNull()
  })

  test('says nothing of a mail where there is none to answer', () => {
    const plain = { ...mailbox, signature: '', displayName: '' }
    const first = composeReply(draft, { ...thread, answered: null }, plain, stamp)
    expect(first).toMatchObject({ inReplyTo: null, references: [], subject: 'Re: Stuck [#42]' })
    expect(first.text).toBe(`Turn it off & on.\n\nref:${signed}\n`)
    expect(first.from.name).toBe('Grace')
  })

  test('to a mail without a Message-ID still names the mails before it', () => {
    const nameless = { ...thread, answered: { ...answered, messageId: null } }
    expect(composeReply(draft, nameless, mailbox, stamp)).toMatchObject({
      inReplyTo: null,
      references: ['first@customer.example'],
    })
  })

  test('composed twice is the same mail', () => {
    expect(composeReply(draft, thread, mailbox, stamp)).toEqual(reply)
  })

  test('echoes what Outlook threads by', () => {
    const threadIndex = Buffer.alloc(22, 1).toString('base64')
    const outlook = { ...thread, answered: { ...answered, threadIndex, threadTopic: 'Stuck' } }
    expect(composeReply(draft, outlook, mailbox, stamp).headers).toEqual([
      { name: 'Thread-Topic', value: 'Stuck' },
      { name: 'Thread-Index', value: expect.stringMatching(/^AQEB[A-Za-z0-9+/]{32}$/) },
    ])
  })

  test('has the HTML signature of the mailbox where there is one', () => {
    const html = composeReply(draft, thread, { ...mailbox, signatureHtml: '<b>Desk</b>' }, stamp).html
    expect(html).toContain('<div class="maildesk-signature"><b>Desk</b></div>')
  })
})

describe('what was said before', () => {
  const { text, html } = composeReply(
    { ...draft, history: [said, { ...said, html: '<b>safe</b>' }] },
    thread,
    mailbox,
    stamp,
  )

  test('is quoted below, each with its line', () => {
    const line = 'On Nov 22, 2026, 9:05 AM UTC, Ada Lovelace wrote:'
    const quote = `${line}\n> It is stuck.\n>\n>> really`
    expect(text).toBe(`Turn it off & on.\n\n-- \nThe desk\n\nref:${signed}\n\n${quote}\n\n${quote}\n`)
    expect(html).toContain(`<p>${line}</p>\n<blockquote type="cite"`)
    expect(html).toContain('<p>It is stuck.</p>\n<p>&gt; really</p></blockquote>')
    expect(html).toContain('<b>safe</b></blockquote>')
  })

  test.each(attributionLanguages)('begins in %s with a line that is known when it comes back', (language) => {
    const line = attributionLine(language, said.writtenAt, said.writer)
    const back = `Thank you!\n\n${line}\n> It is stuck.\n`
    const { ranges } = readReply({
      text: back,
      isReply: true,
      isForward: false,
      marked: [],
      isRendered: false,
    })
    expect(line).toContain('Ada Lovelace')
    expect(replyTextOf(back, ranges)).toBe('Thank you!')
  })

  test.each([
    ['de-CH', 'Am 22.'],
    ['no', 'Den 22.'],
    ['tlh', 'On Nov 22'],
    ['', 'On Nov 22'],
  ])('for %j begins with "%s"', (language, begin) => {
    expect(attributionLine(language, said.writtenAt, 'x').startsWith(begin)).toBe(true)
  })

  test('names whoever wrote it in one short line', () => {
    const line = attributionLine('en', said.writtenAt, `$& a\r\nBcc: b\u2028c ${'x'.repeat(500)}`)
    expect(line).toMatch(/^On .*, \$& a Bcc: b c x{80,90} wrote:$/)
  })
})

test('an answer that carries our words on without marks is cut at our own line', () => {
  const back = `Thank you!\n\nref:${signed}\n\nsomething old\n`
  const { ranges } = readReply({
    text: back,
    isReply: false,
    isForward: false,
    marked: [],
    isRendered: false,
  })
  expect(replyTextOf(back, ranges)).toBe('Thank you!')
})
