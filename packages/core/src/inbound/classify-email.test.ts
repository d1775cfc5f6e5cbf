import { anAddress, anEmail, aPart, type EmailFields } from '@maildesk/testkit/an-email'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signReplyToken, tokenMessageId } from '../threading/reply-token.ts'
import { classifyEmail, indicators, type MailKind } from './classify-email.ts'

interface Row {
  readonly rule: string
  readonly kind: MailKind
  /** Shows the rule. */
  readonly shows: EmailFields
  /** Looks much like it, and does not. */
  readonly nearMiss: EmailFields
}

const header = (name: string, value: string | string[]): EmailFields => ({ headers: { [name]: value } })
const report = (type: string): EmailFields =>
  header('content-type', `multipart/report; report-type=${type}; boundary="b"`)
const marked = (name: string): Row => ({
  rule: name,
  kind: 'auto_reply',
  shows: header(name, 'yes'),
  nearMiss: header(name, ' No '),
})
const listed = (name: string): Row => ({
  rule: name,
  kind: 'human',
  shows: header(name, '<list.customer.example>'),
  nearMiss: header(`x-not-${name}`, '<list.customer.example>'),
})

const rows: readonly Row[] = [
  {
    rule: 'delivery-status-report',
    kind: 'bounce',
    shows: report('"delivery-status"'),
    nearMiss: header('content-type', 'multipart/mixed; boundary="report-type=delivery-status"'),
  },
  {
    rule: 'delivery-status-report',
    kind: 'bounce',
    shows: { parts: [aPart({ contentType: 'message/global-delivery-status' })] },
    nearMiss: { parts: [aPart({ contentType: 'message/rfc822' })] },
  },
  {
    rule: 'delay-report',
    kind: 'delivery_notice',
    shows: { ...report('delivery-status'), subject: 'Delayed Mail (still being retried)' },
    nearMiss: { subject: 'My order is delayed' },
  },
  {
    rule: 'disposition-report',
    kind: 'delivery_notice',
    shows: report('disposition-notification'),
    nearMiss: header('disposition-notification-to', 'ada@customer.example'),
  },
  {
    rule: 'feedback-report',
    kind: 'complaint',
    shows: report('feedback-report'),
    nearMiss: { subject: 'Feedback report' },
  },
  {
    rule: 'feedback-report',
    kind: 'complaint',
    shows: { parts: [aPart({ contentType: 'message/feedback-report' })] },
    nearMiss: { parts: [aPart({ contentType: 'message/rfc822' })] },
  },
  {
    rule: 'disposition-report',
    kind: 'delivery_notice',
    shows: { parts: [aPart({ contentType: 'message/disposition-notification' })] },
    nearMiss: { parts: [aPart({ contentType: 'message/partial' })] },
  },
  {
    // In the words of a mail system that knows no MIME.
    rule: 'delivery-status-report',
    kind: 'bounce',
    shows: {
      from: [anAddress('Postmaster@mx.example')],
      subject: 'failure notice',
      text: 'Hi. This is the qmail-send program at mx.example.\nNot delivered to the following addresses.\n\n<gone@customer.example>:\nno mailbox here (#5.1.1)\n',
    },
    nearMiss: { subject: 'failure notice', text: 'the pump says failure notice: ask ada@customer.example' },
  },
  {
    rule: 'failed-recipients',
    kind: 'bounce',
    shows: header('x-failed-recipients', 'gone@customer.example'),
    nearMiss: { subject: 'Failed recipients: gone@customer.example' },
  },
  {
    rule: 'daemon-with-null-reverse-path',
    kind: 'bounce',
    shows: { ...header('return-path', '<>'), from: [anAddress('MAILER-DAEMON@mx.example')] },
    nearMiss: {
      ...header('return-path', '<mailer-daemon@mx.example>'),
      from: [anAddress('daemon.jones@mx.example')],
    },
  },
  {
    rule: 'auto-submitted',
    kind: 'auto_reply',
    shows: header(
      'auto-submitted',
      '(by (our) robot) Auto-Replied (vacation); owner-email="ada@customer.example"',
    ),
    nearMiss: header('auto-submitted', ' NO (a person)'),
  },
  {
    rule: 'auto-submitted',
    kind: 'auto_reply',
    shows: header('auto-submitted', 'auto-generated-vacation'),
    nearMiss: header('auto-submitted', ''),
  },
  {
    rule: 'auto-submitted',
    kind: 'auto_generated',
    shows: header('auto-submitted', 'auto-generated'),
    nearMiss: header('auto-submitted', 'no; reason=auto-generated'),
  },
  {
    // RFC 5436 §2.7.1: a notification, not an answer to anything.
    rule: 'auto-submitted',
    kind: 'auto_generated',
    shows: header('auto-submitted', 'auto-notified; owner-email="ada@customer.example"'),
    nearMiss: header('x-auto-submitted', 'auto-notified'),
  },
  {
    rule: 'auto-submitted',
    kind: 'auto_generated',
    shows: header('auto-submitted', ['no', 'auto-generated']),
    nearMiss: header('auto-submitted', ['no', 'No']),
  },
  {
    rule: 'precedence',
    kind: 'auto_reply',
    shows: header('precedence', 'auto_reply'),
    nearMiss: header('precedence', 'first-class'),
  },
  {
    rule: 'precedence',
    kind: 'auto_reply',
    shows: header('x-precedence', 'auto_reply'),
    nearMiss: header('x-precedence', 'not auto_reply'),
  },
  marked('x-autoreply'),
  marked('x-auto-reply'),
  marked('x-autorespond'),
  marked('x-autoresponder'),
  marked('x-autoresponse'),
  marked('x-autoreply-from'),
  marked('x-mail-autoreply'),
  marked('x-autoreply-id'),
  marked('x-vacation'),
  {
    rule: 'vacation-subject',
    kind: 'auto_reply',
    shows: { subject: 'Out of Office: your mail', inReplyTo: ['sent@desk.example'] },
    nearMiss: { subject: 'Out of Office replies do not work', inReplyTo: ['sent@desk.example'] },
  },
  {
    rule: 'bulk-without-list',
    kind: 'auto_generated',
    shows: header('precedence', ['never-bounce', 'bulk']),
    nearMiss: header('precedence', 'never-bounce'),
  },
  {
    rule: 'loop-mark',
    kind: 'human',
    shows: header('x-rt-loop-prevention', 'desk.customer.example'),
    nearMiss: header('x-loop', 'no'),
  },
  {
    rule: 'apple-unsubscribe',
    kind: 'complaint',
    shows: header('x-apple-unsubscribe', 'true'),
    nearMiss: header('x-apple-base-url', 'x-msg://1/'),
  },
  {
    rule: 'x-autogenerated',
    kind: 'auto_reply',
    shows: header('x-autogenerated', 'Reply'),
    nearMiss: header('x-autogenerated', 'Forward'),
  },
  {
    rule: 'exchange-inbox-rule',
    kind: 'auto_reply',
    shows: {
      headers: {
        'x-ms-exchange-inbox-rules-loop': 'ada@customer.example',
        'x-auto-response-suppress': 'All',
      },
    },
    nearMiss: header('x-ms-exchange-inbox-rules-loop', 'ada@customer.example'),
  },
  {
    rule: 'exchange-generated',
    kind: 'auto_reply',
    shows: header('x-ms-exchange-generated-message-source', 'Mailbox Rules Agent'),
    nearMiss: header('x-ms-exchange-organization-scl', '-1'),
  },
  {
    rule: 'post-message-class',
    kind: 'auto_reply',
    shows: header('x-post-messageclass', '9; Autoresponder'),
    nearMiss: header('x-post-messageclass', '90'),
  },
  {
    rule: 'delivered-to-autoresponder',
    kind: 'auto_reply',
    shows: header('delivered-to', 'Autoresponder'),
    nearMiss: header('delivered-to', 'support@autoresponder.example'),
  },
  {
    rule: 'apple-action',
    kind: 'auto_reply',
    shows: header('x-apple-action', 'VACATION/42'),
    nearMiss: header('x-apple-action', 'JUNK_REDIRECT/1'),
  },
  {
    rule: 'machine-generated',
    kind: 'auto_generated',
    shows: header('x-fc-machinegenerated', 'true'),
    nearMiss: header('x-fc-machinegenerated', 'false'),
  },
  {
    rule: 'cron',
    kind: 'auto_generated',
    shows: header('x-cron-env', '<SHELL=/bin/sh>'),
    nearMiss: header('x-cron', '<SHELL=/bin/sh>'),
  },
  {
    // The list itself, from the address that one writes to it.
    rule: 'list-machine',
    kind: 'list',
    shows: {
      headers: { 'list-id': 'Talk <talk.lists.example>', 'list-post': '<mailto:Talk@lists.example>' },
      from: [anAddress('talk@lists.example', 'Talk')],
    },
    nearMiss: { from: [anAddress('talk@lists.example', 'Talk')] },
  },
  {
    rule: 'list-machine',
    kind: 'list',
    shows: { ...header('list-id', '<talk.lists.example>'), from: [anAddress('talk-owner@lists.example')] },
    nearMiss: { from: [anAddress('shop-owner@customer.example')] },
  },
  {
    // A newsletter: to be unsubscribed, not to be answered.
    rule: 'list-machine',
    kind: 'list',
    shows: { headers: { 'list-unsubscribe': '<https://news.example/u/1>', precedence: 'bulk' } },
    nearMiss: { subject: 'Unsubscribe me from the list' },
  },
  {
    rule: 'list-machine',
    kind: 'list',
    shows: { ...header('list-id', '<talk.lists.example>'), from: [] },
    nearMiss: header('list', 'talk'),
  },
  {
    rule: 'amazon-notification',
    kind: 'auto_generated',
    shows: header('x-amazon-mail-relay-type', 'notification'),
    nearMiss: header('x-amazon-mail-relay-type', 'buyer-seller'),
  },
  {
    rule: 'machine-sender',
    kind: 'auto_generated',
    shows: { from: [anAddress('no-reply@customer.example')] },
    nearMiss: { from: [anAddress('ada.noreplyson@customer.example')] },
  },
  ...[
    'list-id',
    'list-post',
    'list-unsubscribe',
    'mailing-list',
    'x-mailing-list',
    'x-beenthere',
    'x-mailman-version',
    'list-help',
    'list-subscribe',
    'list-owner',
    'list-archive',
  ].map(listed),
  {
    rule: 'precedence',
    kind: 'human',
    shows: { headers: { precedence: 'Bulk', 'list-id': '<help.customer.example>' } },
    nearMiss: header('precedence', 'normal'),
  },
  {
    rule: 'response-suppressed',
    kind: 'human',
    shows: header('x-auto-response-suppress', 'DR, OOF, NRN'),
    nearMiss: header('x-auto-response-suppress', 'DR, RN'),
  },
  { rule: 'x-no-ack', kind: 'human', shows: header('x-no-ack', 'yes'), nearMiss: header('x-no-ack', 'no') },
  { rule: 'x-ack', kind: 'human', shows: header('x-ack', 'No'), nearMiss: header('x-ack', 'yes') },
  {
    rule: 'null-reverse-path',
    kind: 'human',
    shows: header('return-path', ' <> '),
    nearMiss: header('return-path', '<ada@customer.example>'),
  },
  {
    rule: 'no-usable-sender',
    kind: 'human',
    shows: { from: [] },
    nearMiss: { from: [anAddress('ada@customer.example')] },
  },
  {
    rule: 'hop-count',
    kind: 'loop',
    shows: header(
      'received',
      Array.from({ length: 31 }, (_, hop) => `from hop${hop}`),
    ),
    nearMiss: header(
      'received',
      Array.from({ length: 30 }, (_, hop) => `from hop${hop}`),
    ),
  },
]

describe('each indicator', () => {
  test.each(rows)('$rule means $kind in $shows', ({ rule, kind, shows }) => {
    const found = classifyEmail(anEmail(shows))
    expect(found.kind).toBe(kind)
    expect(found.mayAnswer).toBe(false)
    expect(found.reasons.map((reason) => reason.rule)).toContain(rule)
  })

  test.each(rows)('$rule is not shown by $nearMiss', ({ nearMiss }) => {
    expect(classifyEmail(anEmail(nearMiss))).toEqual({ kind: 'human', mayAnswer: true, reasons: [] })
  })

  test('stands in the table above', () => {
    const proven = new Set(rows.map(({ rule }) => rule))
    expect(indicators.map(({ rule }) => rule).filter((rule) => !proven.has(rule))).toEqual([])
  })
})

test('a plain mail of a person is human and may be answered', () => {
  expect(classifyEmail(anEmail())).toEqual({ kind: 'human', mayAnswer: true, reasons: [] })
})

test('X-Auto-Response-Suppress alone leaves a mail human, but it is not answered', () => {
  const { kind, mayAnswer } = classifyEmail(anEmail(header('x-auto-response-suppress', 'All')))
  expect({ kind, mayAnswer }).toEqual({ kind: 'human', mayAnswer: false })
})

test('a person who writes through a mailing list stays human, but is not answered', () => {
  const mail = anEmail({
    headers: {
      'list-id': '<help.customer.example>',
      precedence: 'list',
      'list-post': '<mailto:help@customer.example>',
    },
  })
  expect(classifyEmail(mail)).toMatchObject({ kind: 'human', mayAnswer: false })
})

test.each([
  [
    'under the list’s address with "via" in the name',
    {
      headers: {
        'list-id': '<talk.lists.example>',
        'list-post': '<mailto:talk@lists.example>',
        precedence: 'list',
      },
      from: [anAddress('talk@lists.example', 'Ada Lovelace via Talk')],
    },
  ],
  [
    'under the list’s address, named in X-Original-From',
    {
      headers: {
        'list-post': '<mailto:talk@lists.example>',
        'x-original-from': 'Ada Lovelace <ada@customer.example>',
      },
      from: [anAddress('talk@lists.example', 'Ada Lovelace')],
    },
  ],
  [
    'under the list’s address, to be answered elsewhere',
    {
      headers: { 'x-beenthere': 'talk@lists.example' },
      from: [anAddress('talk@lists.example', 'Ada Lovelace')],
      replyTo: [anAddress('ada@customer.example')],
    },
  ],
  [
    'through a list that marks its mails bulk',
    {
      headers: {
        'list-post': '<mailto:talk@lists.example>',
        'list-unsubscribe': '<mailto:talk-leave@lists.example>',
        precedence: 'bulk',
      },
    },
  ],
] satisfies [string, EmailFields][])('a person who writes %s stays human', (_, fields) => {
  expect(classifyEmail(anEmail(fields))).toMatchObject({ kind: 'human', mayAnswer: false })
})

test('a mail that bears a Message-ID signed by us is ours come back; with another key it proves nothing', () => {
  const token = signReplyToken({ ticketNumber: '7', role: 'public', nonce: 'abcdefgh' }, ['key'])
  const mail = anEmail({ messageId: tokenMessageId(token, 'desk.example') })
  const found = classifyEmail(mail, [], { tokenKeys: ['key'] })
  expect(found).toMatchObject({ kind: 'loop', mayAnswer: false })
  expect(found.reasons.map(({ rule }) => rule)).toEqual(['own-message-id'])
  expect(classifyEmail(mail, [], { tokenKeys: ['other'] }).kind).toBe('human')
  expect(classifyEmail(mail).kind).toBe('human')
})

test('a mail that names none of our addresses is answered unless the desk says not to', () => {
  const mail = anEmail({ to: [anAddress('team@customer.example')] })
  const own = ['support@desk.example']
  expect(classifyEmail(mail, own).mayAnswer).toBe(true)
  const found = classifyEmail(mail, own, { answersUnnamed: false })
  expect(found).toMatchObject({ kind: 'human', mayAnswer: false, reasons: [{ rule: 'not-named' }] })
  const cc = anEmail({ to: [], cc: [anAddress('Support+x@desk.example')] })
  expect(classifyEmail(cc, own, { answersUnnamed: false }).mayAnswer).toBe(true)
})

test.each([
  ['a status part', { parts: [aPart({ contentType: 'message/delivery-status' })] }],
  ['a receipt', { parts: [aPart({ contentType: 'message/disposition-notification' })] }],
] satisfies [string, EmailFields][])('a person who passes on %s stays human', (_, fields) => {
  const mail = anEmail({
    ...fields,
    subject: 'Fwd: Undelivered Mail Returned to Sender',
    text: 'What is this?',
  })
  expect(classifyEmail(mail)).toEqual({ kind: 'human', mayAnswer: true, reasons: [] })
})

test('a report of success from a daemon is a notice, not a failure', () => {
  const mail = anEmail({
    headers: { 'return-path': '<>', 'content-type': 'multipart/report; report-type=delivery-status' },
    from: [anAddress('MAILER-DAEMON@mx.example')],
    reportParts: [
      {
        path: '2',
        contentType: 'message/delivery-status',
        text: 'Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ada@customer.example\r\nAction: delivered\r\nStatus: 2.1.5\r\n',
      },
    ],
  })
  expect(classifyEmail(mail)).toMatchObject({ kind: 'delivery_notice', mayAnswer: false })
})

test('an automatic mail through a mailing list is automatic', () => {
  const mail = anEmail({
    headers: { 'list-id': '<help.customer.example>', 'auto-submitted': 'auto-generated' },
  })
  expect(classifyEmail(mail).kind).toBe('auto_generated')
})

test.each([
  [
    'a delivery report marked auto-replied',
    {
      headers: {
        'content-type': 'multipart/report; report-type=delivery-status',
        'auto-submitted': 'auto-replied',
      },
    },
    'bounce',
  ],
  [
    'a delivery report in circles',
    {
      headers: {
        'content-type': 'multipart/report; report-type=delivery-status',
        received: Array(60).fill('x'),
      },
    },
    'loop',
  ],
  [
    'a vacation note from a no-reply address',
    { headers: { 'auto-submitted': 'auto-replied' }, from: [anAddress('noreply@customer.example')] },
    'auto_reply',
  ],
  [
    'a complaint from a machine',
    {
      headers: { 'content-type': 'multipart/report; report-type=feedback-report' },
      from: [anAddress('no-reply@isp.example')],
    },
    'complaint',
  ],
] satisfies [string, EmailFields, MailKind][])('%s is told by its strongest sign', (_name, fields, kind) => {
  const found = classifyEmail(anEmail(fields))
  expect(found.kind).toBe(kind)
  expect(found.reasons.length).toBeGreaterThan(1)
})

test.each(['support@desk.example', 'Support@Desk.Example', 'support+t1.1.pabc@desk.example'])(
  'a mail from our own %s is a loop',
  (address) => {
    const found = classifyEmail(anEmail({ from: [anAddress(address)] }), ['support@desk.example'])
    expect(found).toMatchObject({ kind: 'loop', mayAnswer: false })
    expect(found.reasons).toContainEqual({ rule: 'own-sender', evidence: address })
  },
)

test('a mail from a neighbour of our own address is no loop', () => {
  expect(
    classifyEmail(anEmail({ from: [anAddress('support2@desk.example')] }), ['support@desk.example']).kind,
  ).toBe('human')
})

test('evidence is short and can be kept in the database, whatever the field held', () => {
  const odd = fc.string({ unit: 'binary', maxLength: 250 })
  fc.assert(
    fc.property(
      odd,
      fc.constantFrom('list-id', 'x-autoreply', 'auto-submitted', 'x-failed-recipients'),
      (value, name) => {
        for (const { evidence } of classifyEmail(anEmail(header(name, value))).reasons) {
          expect(evidence.length).toBeLessThanOrEqual(200)
          expect(evidence.isWellFormed()).toBe(true)
          expect(evidence).not.toContain('\u0000')
        }
      },
    ),
  )
  const cut = classifyEmail(anEmail(header('list-id', `${'x'.repeat(199)}😀`))).reasons[0]?.evidence ?? ''
  expect(cut).toBe('x'.repeat(199))
})

test('a mail is answerable exactly when there is no reason against it', () => {
  const name = fc.constantFrom(...rows.flatMap(({ shows }) => Object.keys(shows.headers ?? {})))
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), (headers) => {
      const found = classifyEmail(anEmail({ headers }))
      expect(found.mayAnswer).toBe(found.reasons.length === 0)
      if (found.mayAnswer) expect(found.kind).toBe('human')
    }),
  )
})

test('hostile fields take no time', () => {
  const long = 1_000_000
  const headers = {
    'auto-submitted': '('.repeat(long),
    'content-type': `multipart/report${' '.repeat(long)}`,
    'x-auto-response-suppress': 'al'.repeat(long / 2),
    'return-path': '<'.repeat(long),
  }
  const from = [anAddress(`${'noreply-'.repeat(long / 8)}x`), anAddress(`${'-no-reply'.repeat(long / 9)}z@x`)]
  classifyEmail(anEmail({ headers, from, subject: 'delay '.repeat(long / 6) }), ['support@desk.example'])
})

test('"Auto-Submitted: no" is a person, who may be answered (scenario 11)', () => {
  const email = anEmail(header('auto-submitted', 'no'))
  expect(classifyEmail(email)).toMatchObject({ kind: 'human', mayAnswer: true })
})
