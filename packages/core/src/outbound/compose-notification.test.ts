import { describe, expect, test } from 'vitest'
import { boundaryOf } from '../text/reply/boundary-lines.ts'
import { tokenOfAddress, tokenOfMessageId, verifyReplyToken } from '../threading/reply-token.ts'
import type { Stamp } from './compose-email.ts'
import { composeHeldNotice, composeNotification, type Notification } from './compose-notification.ts'
import { boundaryLineOf, notificationLanguages, notificationWords } from './notification-template.ts'
import { notifyEvents } from './notify.ts'

const keys = ['k'.repeat(32)]
const stamp: Stamp = { nonce: 'abcdefgh', now: new Date('2026-11-23T10:00:00Z'), tokenKeys: keys }
const mailbox = {
  address: 'support@desk.example',
  displayName: 'Support',
  subAddressing: true,
  signature: '',
}
const grace = { name: 'Grace Hopper', address: 'grace@desk.example' }
const about: Notification = {
  event: 'customer_reply',
  as: 'assignee',
  who: 'Ada Lovelace',
  ticketNumber: '42',
  title: 'Re: The engine <b>is</b> stuck',
  url: 'https://desk.example/api/v1/tickets/42',
  text: 'It does not turn & <i>smokes</i>.\n\nAda',
  files: 1,
  isUnverified: false,
  language: 'en',
  role: 'public',
  about: null,
}
const roleOf = (address: string | undefined) =>
  verifyReplyToken(tokenOfAddress(address ?? '') ?? '', keys)?.role

test('a notification says who wrote what, where the ticket is, and how to answer', () => {
  const mail = composeNotification(grace, about, mailbox, stamp)
  expect(mail.text).toMatchInlineSnapshot(`
    "##- Please type your reply above this line -##

    Ada Lovelace wrote in your ticket #42:

        It does not turn & <i>smokes</i>.

        Ada

    (with a file)

    Ticket #42: Re: The engine <b>is</b> stuck
    https://desk.example/api/v1/tickets/42

    Answer this mail, and the answer goes to the customer.
    For a note that only staff see, write to support+t1.42.iabcdefgh.fr7aonsehypr4z3khifz@desk.example

    Commands, in the first lines, one a line: #note  #assign me  #close  #resolve  #pending 3d  #tag …  #priority high  #merge 123
    "
  `)
  expect(mail).toMatchObject({
    subject: '[#42] The engine <b>is</b> stuck',
    from: { name: 'Ada Lovelace – Support', address: 'support@desk.example' },
    to: [grace],
  })
})

test('the answer goes to the public address, and the internal one stands in the text', () => {
  const mail = composeNotification(grace, about, mailbox, stamp)
  expect(roleOf(mail.replyTo?.address)).toBe('public')
  expect(roleOf(/\S+@desk\.example/.exec(mail.text)?.[0])).toBe('internal')
})

test('words of somebody who may be anybody come with a warning', () => {
  expect(composeNotification(grace, { ...about, isUnverified: true }, mailbox, stamp).text).toContain(
    'Careful:',
  )
})

test('what tells of something internal can be answered internally only', () => {
  const mail = composeNotification(grace, { ...about, role: 'internal' }, mailbox, stamp)
  expect(roleOf(mail.replyTo?.address)).toBe('internal')
  expect(verifyReplyToken(tokenOfMessageId(mail.messageId) ?? '', keys)?.role).toBe('internal')
})

test('without sub-addresses the Message-ID alone carries the token, and a note is a command', () => {
  const mail = composeNotification(grace, about, { ...mailbox, subAddressing: false }, stamp)
  expect(mail.replyTo).toBeNull()
  expect(verifyReplyToken(tokenOfMessageId(mail.messageId) ?? '', keys)?.ticketNumber).toBe('42')
  expect(mail.text).toContain('write #note in the first line')
})

test('what others wrote is text in the HTML, whatever it looks like', () => {
  const { html } = composeNotification(grace, { ...about, who: '<script>' }, mailbox, stamp)
  expect(html).toContain('&lt;i&gt;smokes&lt;/i&gt;')
  expect(html).not.toMatch(/<script|<i>|<b>/)
})

describe('in every language', () => {
  test.each(notificationLanguages)('%s: the line is one that ends an answer', (language) => {
    expect(boundaryOf(boundaryLineOf(notificationWords(language)))).toBe('reply-above-line')
  })

  test.each(notificationLanguages)('%s: every event has words', (language) => {
    for (const event of notifyEvents)
      for (const as of ['assignee', 'follower', 'watcher'] as const)
        expect(notificationWords(language).what(event, 'Ada', '42', as)).toContain('#42')
  })

  test('a language without words is answered in English', () => {
    expect(notificationWords('xx-YY')).toBe(notificationWords('en'))
    expect(notificationWords('constructor')).toBe(notificationWords('en-GB'))
    expect(notificationWords('de-AT')).toBe(notificationWords('de'))
  })
})

test('an agent is told what was not understood, and can answer that inside only', () => {
  const mail = composeHeldNotice(
    grace,
    {
      reason: 'command-not-understood',
      ticketNumber: '42',
      url: about.url,
      problems: [{ line: '#priority hihg', problem: 'wants one of low, high' }],
      language: 'en',
    },
    mailbox,
    stamp,
  )
  expect(mail.text).toContain('  #priority hihg – wants one of low, high')
  expect(roleOf(mail.replyTo?.address)).toBe('internal')
})
