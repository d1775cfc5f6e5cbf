import { anAddress, anEmail, aPart } from '@maildesk/testkit/an-email'
import { describe, expect, test } from 'vitest'
import { classifyEmail } from '../classify-email.ts'
import { readBounce } from './bounce.ts'
import { readComplaint } from './complaint.ts'
import { reasonRows } from './reason-rows.ts'
import { reasonSaid } from './reasons.ts'
import { readReceipt } from './receipt.ts'
import { replyCodeIn, statusIn } from './status-code.ts'
import { vacationSubject } from './vacation.ts'

describe('complaints', () => {
  const returned = {
    path: '3',
    contentType: 'message/rfc822',
    text: 'To: x\r\nMessage-ID: <sent@desk.example>\r\n\r\nbody',
  }

  test('a feedback report (RFC 5965) names type, recipient and mail', () => {
    const text =
      'Feedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\nOriginal-Rcpt-To: <ada@customer.example>\r\n'
    const mail = anEmail({
      parts: [aPart({ contentType: 'message/feedback-report' })],
      reportParts: [{ path: '2', contentType: 'message/feedback-report', text }, returned],
    })
    expect(readComplaint(mail)).toEqual({
      feedbackType: 'abuse',
      recipients: ['ada@customer.example'],
      originalMessageId: 'sent@desk.example',
    })
  })

  test('a report of Hotmail marks the returned mail', () => {
    const marked = { ...returned, text: `X-HmXmrOriginalRecipient: ada@customer.example\r\n${returned.text}` }
    const mail = anEmail({ subject: 'complaint about message from 192.0.2.1', reportParts: [marked] })
    expect(readComplaint(mail)?.recipients).toEqual(['ada@customer.example'])
  })

  test('a person who complains is no report', () => {
    expect(
      readComplaint(anEmail({ subject: 'complaint about message from you', reportParts: [returned] })),
    ).toBeNull()
  })
})

test('a read receipt (RFC 8098) names who read which mail', () => {
  const text =
    'Reporting-UA: x\r\nFinal-Recipient: rfc822; ada@customer.example\r\nOriginal-Message-ID: <sent@desk.example>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n'
  const mail = anEmail({
    reportParts: [{ path: '2', contentType: 'message/disposition-notification', text }],
  })
  expect(readReceipt(mail)).toEqual({
    recipient: 'ada@customer.example',
    disposition: 'displayed',
    originalMessageId: 'sent@desk.example',
  })
  expect(readReceipt(anEmail())).toBeNull()
})

describe('reasons', () => {
  test.each(reasonRows.map((row) => [row.reason, row] as const))(
    '%s is found by each of its phrases',
    (_, row) => {
      for (const phrase of row.phrases) {
        const found = reasonSaid(`550 ${phrase} x`)
        // A row above may know a part of the phrase: then it must not be a milder word about a living address.
        expect(found).toBeDefined()
      }
    },
  )

  test.each([
    ['<mailbox.full@customer.example>: see https://help.example/spam/policy', undefined],
    ['<quota@customer.example>... no such user', 'user-unknown'],
    ['http://www.spamhaus.org/query/bl?ip=192.0.2.1', 'spam'],
  ])('%s → %s: words in addresses and paths are no reasons', (said, reason) => {
    expect(reasonSaid(said)?.reason).toBe(reason)
  })
})

test.each([
  ['550 5.1.1 x', '5.1.1', '550'],
  ['#5.1.0 Address rejected', '5.1.0', undefined],
  ['554 4.4.7 expired <421 4.4.2 timed out>', '4.4.2', '554'],
  ['550-5.7.26 x', '5.7.26', '550'],
  ['Exim 4.86.2, 192.5.1.1, v5.2.3', undefined, undefined],
])('codes in %s', (said, status, code) => {
  expect(statusIn(said)).toBe(status)
  expect(replyCodeIn(said)).toBe(code)
})

describe('vacation notes that only their subject tells', () => {
  test.each([
    ['Out of Office: your invoice', { text: 'I am out of the office until Monday.' }],
    ['Abwesenheitsnotiz', { inReplyTo: ['sent@desk.example'] }],
    ['Automatic reply: Hello', { headers: { 'x-auto-response-suppress': 'All' } }],
    ['Ada Lovelace is out of the office', { text: 'I will be out of the office from Monday.' }],
  ])('%s', (subject, fields) => {
    expect(vacationSubject(anEmail({ ...fields, subject }), false)).toBe(subject)
  })

  test.each(['Out of office replies do not work', 'Automatic reply', 'Re: Out of Office'])(
    '%s of a person is none',
    (subject) => {
      expect(
        vacationSubject(anEmail({ subject, from: [anAddress('ada@customer.example')] }), false),
      ).toBeUndefined()
    },
  )
})

describe('notices of Amazon SES in JSON', () => {
  const notice = (kind: string, rest: object, key = 'notificationType') =>
    anEmail({
      text: `${JSON.stringify({ [key]: kind, ...rest })}\n\n--\nIf you wish to stop receiving notifications`,
    })

  test('a complaint tells who complained', () => {
    const mail = notice('Complaint', {
      complaint: {
        complaintFeedbackType: 'Abuse',
        complainedRecipients: [{ emailAddress: 'ada@customer.example' }],
      },
    })
    expect(readComplaint(mail)).toEqual({
      feedbackType: 'abuse',
      recipients: ['ada@customer.example'],
      originalMessageId: null,
    })
    expect(classifyEmail(mail).kind).toBe('complaint')
  })

  test('a delivery is no failure', () => {
    const mail = notice('Delivery', {
      delivery: { recipients: ['ada@customer.example'], smtpResponse: '250 ok' },
    })
    expect(readBounce(mail)).toMatchObject({
      permanent: false,
      recipients: [{ address: 'ada@customer.example', action: 'delivered', dead: false }],
    })
    expect(classifyEmail(mail).kind).toBe('delivery_notice')
  })

  test('an event of a delay is a delay', () => {
    const mail = notice(
      'DeliveryDelay',
      { deliveryDelay: { delayedRecipients: [{ emailAddress: 'ada@customer.example', status: '4.4.1' }] } },
      'eventType',
    )
    expect(readBounce(mail)?.recipients).toMatchObject([{ action: 'delayed', status: '4.4.1', dead: false }])
  })

  test('what only begins like one is none', () => {
    expect(readComplaint(anEmail({ text: '{"notificationType":"Complaint"' }))).toBeNull()
    expect(readBounce(anEmail({ text: '{"notificationType":"Bounce","bounce":7}' }))).toBeNull()
  })
})
