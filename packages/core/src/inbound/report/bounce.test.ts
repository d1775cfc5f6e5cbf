import { anAddress, anEmail, type EmailFields } from '@maildesk/testkit/an-email'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBounce } from './bounce.ts'
import { recognisers } from './recognisers.ts'

const daemon: EmailFields = {
  from: [anAddress('MAILER-DAEMON@mx.example', 'Mail Delivery System')],
  subject: 'Undelivered Mail Returned to Sender',
  headers: { 'return-path': '<>' },
}
const returned =
  '\n\nReturn-Path: <support@desk.example>\nMessage-ID: <sent.1@desk.example>\nSubject: Hello\n'

/** A report of plain text, as one program writes it; about gone@customer.example unless `address` says otherwise. */
interface Text {
  readonly name: string
  readonly text: string
  readonly status: string
  readonly reason: string
  readonly dead: boolean
  readonly action?: string
  readonly fields?: EmailFields
}

const gone = 'gone@customer.example'
const unknown = { status: '5.1.1', reason: 'user-unknown', dead: true }

const texts: readonly Text[] = [
  {
    name: 'qmail',
    text: `Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<${gone}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.`,
    ...unknown,
  },
  {
    name: 'yahoo',
    text: `Sorry, we were unable to deliver your message to the following address.\n\n<${gone}>:\nRemote host said: 550 5.1.1 <${gone}>... User Unknown [RCPT_TO]\n\n--- Below this line is a copy of the message.`,
    ...unknown,
  },
  {
    name: 'mfilter',
    text: `このメールは「m-FILTER」が自動的に生成して送信しています。\n以下のメールアドレスへの送信に失敗しました。\n${gone}\n\n-------server message\n550 unknown user <${gone}>\n\n-------SMTP command\nDATA\n\n-------original message`,
    status: '5.1.1',
    reason: 'user-unknown',
    dead: false,
  },
  {
    name: 'zoho',
    text: `This message was created automatically by mail delivery software.\nThis is a permanent error. \n\n${gone} Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <${gone}>... User Unknown`,
    ...unknown,
  },
  {
    name: 'exim',
    text: `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. The following address(es) failed:\n\n  ${gone}\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------`,
    status: '5.1.2',
    reason: 'host-unknown',
    dead: true,
  },
  {
    name: 'exim',
    text: `This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients.\n\nThe address to which the message has not yet been delivered is:\n\n  ${gone}\n    host mx.customer.example [192.0.2.1]\n    Delay reason: Connection timed out\n`,
    status: '4.4.1',
    reason: 'network',
    dead: false,
    action: 'delayed',
  },
  {
    name: 'gmail',
    text: `Delivery to the following recipient failed permanently:\n\n     ${gone}\n\nTechnical details of permanent failure: \n550 5.2.2 mailbox full\n\n----- Original message -----`,
    status: '5.2.2',
    reason: 'mailbox-full',
    dead: false,
  },
  {
    name: 'postfix',
    text: `This is the Postfix program at host mx.example.\n\nFor further assistance, please contact <postmaster@mx.example>\n\n\t\t\tThe Postfix program\n\n<${gone}>: host mx.customer.example[192.0.2.1] said: 550 user unknown (in reply to RCPT TO command)`,
    ...unknown,
  },
  {
    name: 'exchange-5.5-2003',
    text: `Your message\n\n  To:      ${gone}\n  Subject: Hello\n\ndid not reach the following recipient(s):\n\n${gone} on Thu, 1 Jan 2026 10:00:00 +0000\n    The recipient name is not recognized\n    MSEXCH:IMS:X:Y:Z 0 (000C05A6) Unknown Recipient`,
    ...unknown,
  },
  {
    name: 'exchange-online',
    text: `Delivery has failed to these recipients or groups:\n\n${gone}<mailto:${gone}>\nThe email address wasn’t found.\n\nDiagnostic information for administrators:\n\nGenerating server: X.outlook.example\n\n${gone}\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'\n\nOriginal message headers:`,
    status: '5.1.10',
    reason: 'user-unknown',
    dead: true,
  },
  {
    name: 'domino',
    text: `Your message\n\n  Subject: Hello\n\nwas not delivered to:\n\n  ${gone}\n\nbecause:\n\n  User gone (${gone}) not listed in Domino Directory`,
    ...unknown,
  },
  {
    name: 'opensmtpd',
    text: `    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n    the following list of recipients:\n\n${gone}: 550 5.2.2 <${gone}>... Mailbox Full\n\n    Below is a copy of the original message:`,
    status: '5.2.2',
    reason: 'mailbox-full',
    dead: false,
  },
  {
    name: 'dragonfly',
    text: `This is the DragonFly Mail Agent v0.13 at df.example.\n\nThere was an error delivering your mail to <${gone}>.\n\nmx.customer.example [192.0.2.1] did not like our RCPT TO:\n550 5.7.26 Multiple authentication checks failed\n\nMessage headers follow.`,
    status: '5.7.26',
    reason: 'authentication',
    dead: false,
  },
  {
    name: 'mcafee',
    text: `--- The following addresses had delivery problems ---\n\n<${gone}>   (Unknown user ${gone})`,
    ...unknown,
  },
  {
    name: 'sendmail',
    text: `   ----- Transcript of session follows -----\n550 <${gone}>... User unknown\n\n   ----- Unsent message follows -----`,
    ...unknown,
  },
  {
    name: 'smail',
    text: `|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n|------------------------- Failed addresses follow: ---------------------|\n ${gone} ... unknown host\n|------------------------- Message text follows: ------------------------|`,
    status: '5.1.2',
    reason: 'host-unknown',
    dead: true,
  },
  {
    name: 'kddi-ezweb',
    text: `<${gone}>\n\nEach of the following recipients was rejected by a remote mail server.\n-----`,
    status: '5.0.0',
    reason: 'unknown',
    dead: false,
  },
  {
    name: 'kddi-au',
    text: `Your mail sent on: Thu, 1 Jan 2026 10:00:00 +0900\n     Could not be delivered to: <${gone}>\n     As their mailbox is full.`,
    status: '5.2.2',
    reason: 'mailbox-full',
    dead: false,
    fields: { from: [anAddress('no-reply@carrier.example')], subject: 'Mail', headers: {} },
  },
  {
    name: 'verizon-vtext',
    text: `Error: Invalid user address\n\nError message below:\n550 - Requested action not taken: no such user here\n\nMessage details:\n  MAIL FROM: support@desk.example\n  RCPT TO: ${gone}`,
    ...unknown,
  },
  {
    name: 'interscan',
    text: `****** Message from InterScan Messaging Security Suite ******\n\nSent <<< RCPT TO:<${gone}>\nReceived >>> 550 5.1.1 unknown user.`,
    ...unknown,
  },
  {
    name: 'mailmarshal',
    text: `Your message:\n   From:    support@desk.example\n\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected: \n    ${gone}`,
    ...unknown,
  },
  {
    name: 'mailfoundry',
    text: `Unable to deliver message to: <${gone}>\nDelivery failed for the following reason:\nServer mx[192.0.2.1] failed with: 550 mailbox is full`,
    status: '5.2.2',
    reason: 'mailbox-full',
    dead: false,
  },
  { name: 'imail', text: `Invalid final delivery userid: ${gone}\n\nOriginal message follows.`, ...unknown },
  {
    name: 'lsmtp',
    text: `--> Error description:\nError-for:  ${gone}\nError-Code: 0\nError-Text: Mailer mx said:\n            "554 Message looping (received 6 times)"`,
    status: '5.4.6',
    reason: 'mail-loop',
    dead: false,
  },
  {
    name: 'webshield',
    text: `    ---- Failed Recipients ----\n\n<${gone}>\nMail Loop Detected\n\n    ---- Contents of the undelivered mail ----`,
    status: '5.4.6',
    reason: 'mail-loop',
    dead: false,
  },
  {
    name: 'x6',
    text: `We had trouble delivering your message. Full details follow:\n\nThe following recipients returned permanent errors: ${gone}. Reason: [554 5.4.6 Hop count exceeded]`,
    status: '5.4.6',
    reason: 'mail-loop',
    dead: false,
  },
  {
    name: 'courier',
    text: `This is a delivery status notification from mx.example,\nrunning the Courier mail server, version 0.65.2.\n\nUNDELIVERABLE MAIL\n\n<${gone}>:\n     mx.customer.example [192.0.2.1]:\n     <<< 550 5.1.1 User Unknown`,
    ...unknown,
  },
  {
    name: 'amavis',
    text: `The message WAS NOT relayed to:\n  <${gone}>:\n   550 5.7.0 Reject, id=1 - SPAM`,
    status: '5.7.0',
    reason: 'spam',
    dead: false,
  },
  {
    name: 'messagelabs',
    text: `This is the bounce message from MessageLabs.\nYour mail could not be delivered to:\n${gone}\n550 5.1.1 user unknown`,
    ...unknown,
  },
  {
    name: 'surfcontrol',
    text: `Your message could not be sent.\nA transcript of the attempts to send the message follows.\nAddressed To: ${gone}\n\n554 Service currently unavailable`,
    status: '5.3.0',
    reason: 'system',
    dead: false,
  },
  {
    name: 'apache-james',
    text: `Hi. This is the James mail server. I was not able to deliver the message because of an error\nThe message was not sent: RCPT TO: ${gone}\n550 5.1.1 no such user`,
    ...unknown,
  },
  {
    name: 'symantec-gateway',
    text: `Your message with Subject: Hello\ncould not be delivered to the following recipients:\n\n${gone}\n\nDelivery attempts will continue to be made for 5  day(s).`,
    status: '4.4.1',
    reason: 'network',
    dead: false,
    action: 'delayed',
  },
  {
    name: 'facebook',
    text: `Based on the email preferences of the person you're trying to email, this message could not be delivered to\n${gone}\n550 5.1.1 RCP-P2 Refused due to recipient preferences`,
    status: '5.1.1',
    reason: 'recipient-filter',
    dead: false,
  },
  {
    name: 'nameserver-phquery',
    text: ` --------Message not delivered to the following:\n\n ${gone}    No matches to nameserver query\n\n --------Unsent Message below:`,
    status: '5.1.1',
    reason: 'user-unknown',
    dead: false,
  },
  {
    name: 'usa-net',
    text: `Intended recipient: ${gone}\n\nThe following mail has been returned because it encountered an error\nwhile being processed.\n\n--------RETURNED MAIL FOLLOWS--------`,
    status: '5.0.0',
    reason: 'unknown',
    dead: false,
  },
  {
    name: 'iis-smtp',
    text: `Your message has encountered delivery problems\nto local user gone.\n(Originally addressed to ${gone})\n\nUser not known\n\nYour message reads (in part):`,
    ...unknown,
  },
  {
    name: 'fml',
    text: `You are not a member of this mailing list <${gone}>.\n\nIf you know the general guide of this list, please send mail to the address\n\n\tlist-ctl@customer.example`,
    status: '5.7.1',
    reason: 'policy',
    dead: false,
    fields: { from: [anAddress('list-admin@customer.example')], subject: 'You are not member', headers: {} },
  },
  {
    name: 'ezmlm',
    text: `Hi! This is the ezmlm program. I'm managing the list@lists.example mailing list.\n\nMessages to you from the list mailing list seem to have been bouncing.\n${gone}:\n550 5.1.1 user unknown`,
    ...unknown,
  },
  {
    name: 'postfix-smtpd-session',
    text: `Transcript of the session.\n\n Out: 220 mx.example ESMTP\n In:  RCPT TO:<${gone}> ORCPT=rfc822;${gone}\n Out: 250 2.1.5 Ok\n In:  DATA\n Out: 451 4.3.0 Error: queue file write error`,
    status: '4.3.0',
    reason: 'system',
    dead: false,
  },
  {
    name: 'any',
    text: `Sorry, your mail has not been delivered to ${gone}\nquota exceeded`,
    status: '5.2.2',
    reason: 'mailbox-full',
    dead: false,
  },
]

describe('a report in plain words', () => {
  test.each(texts)('of $name is read ($reason)', ({ name, text, status, reason, dead, action, fields }) => {
    const bounce = readBounce(anEmail({ ...daemon, ...fields, text: text + returned }))
    expect(bounce?.recipients).toMatchObject([
      { address: gone, status, reason, dead, action: action ?? 'failed' },
    ])
    expect(bounce).toMatchObject({
      recogniser: name,
      permanent: dead,
      originalMessageId: 'sent.1@desk.example',
    })
  })

  test.each(texts)('of $name that a person quotes in a mail is no report', ({ text }) => {
    const quoted = text.replace(/^/gm, '> ')
    const mail = anEmail({ subject: 'Re: my order', text: `Dear desk,\n\nwhat does this mean?\n\n${quoted}` })
    expect(readBounce(mail)?.recipients.length ?? 0).toBeLessThanOrEqual(
      /^(kddi-au|x6|fml|verizon)/.test(nameOf(text)) ? 1 : 0,
    )
  })

  test('each row of the table is proven', () => {
    const proven = new Set(texts.map(({ name }) => name))
    expect(recognisers.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual([])
  })
})

const nameOf = (text: string) => texts.find((row) => row.text === text)?.name ?? ''

function report(status: string, fields: EmailFields = {}): EmailFields {
  return {
    ...daemon,
    text: 'See below.',
    reportParts: [
      { path: '2', contentType: 'message/delivery-status', text: status },
      {
        path: '3',
        contentType: 'text/rfc822-headers',
        text: 'Subject: Hello\r\nMessage-ID:\r\n <sent.2@desk.example>\r\n',
      },
    ],
    ...fields,
  }
}

const head = 'Reporting-MTA: dns; mx.example\r\n\r\n'
const block = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')

describe('a status report (RFC 3464)', () => {
  test('names each recipient with its own action and status', () => {
    const status = `${head}${block({ 'Final-Recipient': 'rfc822; a@customer.example', Action: 'failed', Status: '5.1.1', 'Diagnostic-Code': 'smtp; 550 5.1.1 User\r\n unknown' })}\r\n${block({ 'Final-Recipient': 'rfc822; b@customer.example', Action: 'delayed', Status: '4.4.1' })}\r\n${block({ 'Final-Recipient': 'rfc822; c@customer.example', Action: 'relayed', Status: '2.0.0' })}`
    const bounce = readBounce(anEmail(report(status)))
    expect(bounce?.recipients).toMatchObject([
      {
        address: 'a@customer.example',
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 5.1.1 User\nunknown',
        dead: true,
      },
      { address: 'b@customer.example', action: 'delayed', status: '4.4.1', dead: false },
      { address: 'c@customer.example', action: 'relayed', status: '2.0.0', dead: false },
    ])
    expect(bounce).toMatchObject({
      permanent: true,
      originalMessageId: 'sent.2@desk.example',
      recogniser: 'rfc3464',
    })
  })

  test.each([
    [
      'what the server answered goes before the field',
      { Status: '5.0.0', 'Diagnostic-Code': 'smtp; 550 5.1.1 User unknown' },
      '5.1.1',
    ],
    ['a comment after the status is left out', { Status: '5.2.2 (Remote server has rejected)' }, '5.2.2'],
    [
      'an address of numbers is no status',
      { Status: '5.7.1', 'Diagnostic-Code': 'smtp; 550 blocked, see 4.1.2.3' },
      '5.7.1',
    ],
    ['a reply code alone', { 'Diagnostic-Code': 'smtp; 550 something odd' }, '5.0.0'],
    ['words alone, for a time', { Action: 'delayed', 'Diagnostic-Code': 'x-unix; quota exceeded' }, '4.2.2'],
  ])('%s', (_, fields, status) => {
    const made = head + block({ 'Final-Recipient': `rfc822;${gone}`, Action: 'failed', ...fields })
    expect(readBounce(anEmail(report(made)))?.recipients[0]?.status).toBe(status)
  })

  test('names whom we sent to, not whom that was forwarded to', () => {
    const made = block({
      'Final-Recipient': 'rfc822;inner@host.example',
      'Original-Recipient': `rfc822;${gone}`,
      Action: 'failed',
    })
    expect(readBounce(anEmail(report(head + made)))?.recipients[0]?.address).toBe(gone)
  })

  test('of an international address (RFC 6533)', () => {
    const parts = [
      {
        path: '2',
        contentType: 'message/global-delivery-status',
        text: block({
          'Final-Recipient': 'utf-8; J\\x{F6}rg@b\u00fccher.example',
          Action: 'failed',
          Status: '5.1.1',
        }),
      },
    ]
    expect(readBounce(anEmail({ ...daemon, reportParts: parts }))?.recipients[0]?.address).toBe(
      'J\u00f6rg@b\u00fccher.example',
    )
  })

  test('that was flattened into the text is read there', () => {
    const made = `Sorry.\n\n${block({ 'Final-Recipient': `rfc822; ${gone}`, Action: 'failed', Status: '5.1.1' })}`
    expect(readBounce(anEmail({ ...daemon, text: made }))).toMatchObject({
      recogniser: 'rfc3464-inline',
      permanent: true,
    })
  })

  test('of success is no failure', () => {
    const made = head + block({ 'Final-Recipient': `rfc822; ${gone}`, Action: 'delivered', Status: '2.1.5' })
    expect(readBounce(anEmail(report(made)))).toMatchObject({
      permanent: false,
      recipients: [{ action: 'delivered' }],
    })
  })
})

describe('an address is dead only when something says so of the address itself', () => {
  test.each([
    ['a full mailbox', '552 5.2.2 mailbox full', false],
    ['a blocked sender', '550 5.7.1 IP address blacklisted by recipient', false],
    [
      'a sender that is not accepted, in reply to MAIL FROM',
      '550 No such domain (in reply to MAIL FROM command)',
      false,
    ],
    [
      'an unknown user after the whole mail was sent',
      '550 user unknown (in reply to end of DATA command)',
      false,
    ],
    ['an unknown user, in reply to RCPT TO', '550 user unknown (in reply to RCPT TO command)', true],
    ['an unknown user by its code', '550 5.1.1 user unknown', true],
    ['an unknown host', '550 5.1.2 Host unknown', true],
    ['an unknown host that the name server may still find', '450 4.4.1 Host not found, try again', false],
    ['a reason nobody knows', '550 5.0.0 Rejected', false],
    ['a word in an address', '550 5.0.0 <user.unknown@customer.example> spam detected', false],
  ])('%s: %s → %s', (_, diagnostic, dead) => {
    const made =
      head +
      block({
        'Final-Recipient': `rfc822; ${gone}`,
        Action: 'failed',
        'Diagnostic-Code': `smtp; ${diagnostic}`,
      })
    expect(readBounce(anEmail(report(made)))?.permanent).toBe(dead)
  })
})

test('X-Failed-Recipients names them when the words do not', () => {
  const mail = anEmail({
    ...daemon,
    headers: { 'x-failed-recipients': `${gone}, b@customer.example` },
    text: 'It failed.',
  })
  expect(readBounce(mail)?.recipients.map(({ address }) => address)).toEqual([gone, 'b@customer.example'])
})

test('recipients in words keep their order, each once', () => {
  const text = `This is the mail system at host mx.example.\n\n<c@customer.example>: 550 5.1.1 User unknown\n\n<a@customer.example>: 552 5.2.2 Mailbox full\n\n<b@customer.example>: 550 5.7.1 blocked\n\n<c@customer.example>: 550 5.1.1 User unknown\n`
  expect(readBounce(anEmail({ ...daemon, text }))?.recipients).toMatchObject([
    { address: 'c@customer.example', status: '5.1.1' },
    { address: 'a@customer.example', status: '5.2.2' },
    { address: 'b@customer.example', status: '5.7.1' },
  ])
})

test('of an alias that Postfix expanded the words name whom we wrote to', () => {
  const text =
    'This is the mail system at host mx.example.\n\n<inner@host.example> (expanded from <gone@customer.example>): user unknown\n'
  expect(readBounce(anEmail({ ...daemon, text }))?.recipients.map(({ address }) => address)).toEqual([gone])
})

test('the words of a report go before a report that comes back in it', () => {
  const text = `This is the mail system at host mx.example.\n\n<${gone}>: 550 5.1.1 User unknown\n`
  const inner = `Subject: Undelivered\r\n\r\n${block({ 'Final-Recipient': 'rfc822; other@customer.example', Action: 'failed', Status: '5.2.2' })}`
  const reportParts = [{ path: '2', contentType: 'message/rfc822', text: inner }]
  expect(readBounce(anEmail({ ...daemon, text, reportParts }))?.recipients).toMatchObject([
    { address: gone, status: '5.1.1' },
  ])
  expect(readBounce(anEmail({ ...daemon, text: 'See inside.', reportParts }))?.recipients).toMatchObject([
    { address: 'other@customer.example', status: '5.2.2' },
  ])
})

test('a notice of Amazon SES in JSON is read', () => {
  const notice = JSON.stringify({
    notificationType: 'Bounce',
    bounce: {
      bouncedRecipients: [
        {
          emailAddress: gone,
          action: 'failed',
          status: '5.1.1',
          diagnosticCode: 'smtp; 550 5.1.1 user unknown',
        },
      ],
    },
  })
  const bounce = readBounce(anEmail({ text: `${notice}\n\n--\nIf you wish to stop receiving notifications` }))
  expect(bounce).toMatchObject({
    recogniser: 'amazon-sns',
    permanent: true,
    recipients: [{ address: gone, status: '5.1.1' }],
  })
})

test.each([
  [
    'a vacation note with an empty return path',
    {
      headers: { 'return-path': '<>', 'auto-submitted': 'auto-replied' },
      text: 'I am away. Your mail was not delivered to me: write to ada@customer.example',
    },
  ],
  [
    'a person who attaches a mail',
    {
      text: 'see attachment',
      reportParts: [{ path: '2', contentType: 'message/rfc822', text: 'To: b@customer.example\r\n\r\nx' }],
    },
  ],
  [
    'a person who asks about a bounce',
    {
      subject: 'Re: Undelivered Mail',
      text: 'I got: delivery to the following recipient failed permanently',
    },
  ],
  [
    'a customer whose parcel came back',
    {
      subject: 'Undelivered parcel',
      text: 'My parcel was not delivered to the following address: ada@customer.example. Where is it?',
    },
  ],
  [
    'a customer who gives an address under a subject of reports',
    { subject: 'Delivery problem', text: 'Please write to my wife, recipient: bea@customer.example' },
  ],
  [
    'a customer who tells of an error',
    {
      subject: 'Undeliverable mails since Monday',
      text: 'When I write to my colleague I get 550 5.1.1 for the recipient: bea@customer.example. Can you help?',
    },
  ],
  [
    'a person who passes on a report with its parts',
    {
      subject: 'WG: Undelivered Mail Returned to Sender',
      text: `What does this mean?\n\n${block({ 'Final-Recipient': `rfc822; ${gone}`, Action: 'failed', Status: '5.1.1' })}`,
      reportParts: [
        {
          path: '2',
          contentType: 'message/delivery-status',
          text: block({ 'Final-Recipient': `rfc822; ${gone}`, Action: 'failed', Status: '5.1.1' }),
        },
      ],
    },
  ],
  [
    'a person who answers a report, all of it quoted',
    {
      subject: 'Re: Delivery Status Notification (Failure)',
      inReplyTo: ['report@mx.example'],
      text: `This is wrong.\n\n> Delivery to the following recipient failed permanently:\n>\n>     ${gone}\n>\n> 550 5.1.1 no such user`,
    },
  ],
  [
    'a vacation note that quotes a report',
    {
      headers: { 'auto-submitted': 'auto-replied', 'return-path': '<>' },
      subject: 'Automatic reply: Undelivered Mail Returned to Sender',
      text: `I am out of the office.\n\nThis is the mail system at host mx.example.\n\n<${gone}>: 550 5.1.1 User unknown`,
    },
  ],
] satisfies [string, EmailFields][])('%s is no report', (_, fields) => {
  expect(readBounce(anEmail(fields))).toBeNull()
})

test('whatever a report holds, reading it throws nothing', () => {
  const pieces = [
    '<a@b.example>:\n',
    'Action: failed\n\n',
    '5.1.1 ',
    '@',
    '{"notificationType":',
    '\\x{41}',
    '550 ',
    '\n',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (some) => {
      const text = some.join('')
      readBounce(anEmail(report(text, { text: `This is the qmail-send program\n${text}`, subject: text })))
    }),
  )
})
