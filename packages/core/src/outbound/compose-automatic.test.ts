import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rfc822Id } from '../ids.ts'
import { composeAcknowledgement, composeLateAnswerRejection } from './compose-automatic.ts'
import type { SendingMailbox, Stamp } from './compose-email.ts'

const mailbox: SendingMailbox = {
  address: 'support@desk.example',
  displayName: 'Desk',
  subAddressing: true,
  signature: 'The desk',
}
const stamp: Stamp = { nonce: 'abcdefgh', now: new Date('2026-11-22T10:00:00Z'), tokenKeys: ['k'.repeat(32)] }
const answered = {
  messageId: 'second@customer.example' as Rfc822Id,
  references: ['first@customer.example' as Rfc822Id],
  subject: 'Re: Stuck [#42]',
}
const thread = { ticketNumber: '42', answered, title: 'Stuck', language: 'en' }

test('an acknowledgement goes to the sender alone, in the thread of their mail, and says the number', () => {
  const mail = composeAcknowledgement('ada@customer.example', thread, mailbox, stamp)
  expect(mail).toMatchObject({
    from: { name: 'Desk', address: 'support@desk.example' },
    to: [{ name: '', address: 'ada@customer.example' }],
    cc: [],
    inReplyTo: 'second@customer.example',
    subject: 'We have received your message [#42]',
  })
  for (const body of [mail.text, mail.html]) expect(body).toContain('#42')
})

test('a rejection names the ticket and where to write anew, and its Reply-To leads not back into the ticket', () => {
  const mail = composeLateAnswerRejection('ada@customer.example', thread, mailbox, stamp)
  expect(mail).toMatchObject({ subject: 'Your answer to #42 came after it was closed', replyTo: null })
  expect(mail.text).toContain('in a new email to support@desk.example')
})

describe.each([
  ['an acknowledgement', composeAcknowledgement],
  ['a rejection', composeLateAnswerRejection],
])('%s', (_, compose) => {
  test('contains nothing of what the sender wrote', () => {
    const words = fc.string({ minLength: 3 }).map((text) => `«${text}»`)
    const plain = compose('ada@customer.example', thread, mailbox, stamp)
    fc.assert(
      fc.property(words, words, (subject, title) => {
        const theirs = { ...thread, title, answered: { ...answered, subject } }
        expect(compose('ada@customer.example', theirs, mailbox, stamp)).toEqual(plain)
      }),
    )
  })

  test('speaks the language of the mailbox', () => {
    const subjects = ['en', 'de-AT', 'fr', 'es', 'nl'].map(
      (language) => compose('ada@customer.example', { ...thread, language }, mailbox, stamp).subject,
    )
    expect(new Set(subjects).size).toBe(5)
  })
})
