// Reports that are plain text: THE TABLE of who writes them and how. A row is recognised by words that only this
// program writes; recipients stand on lines of their own after the words in `after`. Status, diagnostic and the original
// Message-ID are read the same way for all (free-text.ts, judge-recipient.ts, returned-mail.ts).

export interface Recogniser {
  readonly name: string
  /** Lower case; one of them in the text, above the returned mail. */
  readonly signs: readonly string[]
  /** Lines with one of these (lower case) begin the list of recipients; the address may follow on the same line. */
  readonly after: readonly string[]
  /** The reporter looked the user up itself: its "unknown user" is believed. */
  readonly sure?: true
  /** These words are enough, whoever sent the mail; otherwise the mail must look like one from a mail system. */
  readonly alone?: true
  /** Recipients stand on the same line as the words of `after` only. */
  readonly sameLine?: true
  /** The report tells of a delay. */
  readonly delayed?: readonly string[]
}

/** Words before the recipients that many programs share; used when no row is recognised, and by the rows below. */
const general: readonly string[] = [
  'following address',
  'following recipient',
  'address(es)',
  'one or more recipients',
  'one or more of its recipients',
  'failed recipients',
  'failed addresses',
  'recipients were affected',
  'not delivered to',
  'not be delivered to',
  'unable to deliver',
  'not relayed to',
  'yet been delivered',
  'failed permanently',
  'intended recipient',
  'wasn’t delivered to',
  "wasn't delivered to",
  'message to',
  'delivery has failed to',
  'error delivering',
  'undeliverable to',
  'delivery failed',
  'failed to deliver',
  'originally addressed to',
  'addressed to:',
  'recipient:',
  'rcpt to:',
  'delivery problems',
  'permanent errors',
  'generated from',
  'permanent fatal errors',
  'delivery of the message',
  'has not been delivered to',
  'following email address',
  'an adresse',
  'recipients or groups',
  'empfänger',
  'destinataire',
  'destinatari',
  'destinatario',
  'получател',
  'rejected recipient',
  'address:',
  '收件人',
  '收件者',
  '받는사람',
  '수신자',
  '宛先',
  '以下のメールアドレス',
  '下記のメールアドレス',
  'ontvanger',
  'odbiorc',
  'mottagare',
]

/** THE TABLE. The first row that is recognised reads the report; a row that finds no recipient leaves it to the next. */
export const recognisers: readonly Recogniser[] = [
  {
    name: 'qmail',
    signs: [
      'this is the qmail-send program',
      "i'm afraid i wasn't able to deliver your message",
      'was unable to deliver your message to the following addresses',
      'unfortunately, your mail was not delivered to the following address',
      'su mensaje no pudo ser entregado',
      'this is the machine generated message from mail service',
    ],
    after: [...general, 'your message could not be delivered'],
  },
  {
    name: 'yahoo',
    signs: [
      'unable to deliver message to the following address',
      'we were unable to deliver your message to the following address',
    ],
    after: ['following address'],
  },
  {
    name: 'mfilter',
    signs: ['「m-filter」', 'm-filter」が自動的に'],
    after: ['以下のメールアドレス'],
  },
  {
    name: 'zoho',
    signs: ['error_code :'],
    after: ['permanent error'],
  },
  {
    name: 'exim',
    signs: [
      'this message was created automatically by mail delivery software',
      'this message was created automatically by the mail system',
      'could not be delivered to one or more of its recipients',
    ],
    after: [
      'address(es) failed',
      'address failed',
      'following address',
      'failed:',
      'yet been delivered is',
      'yet been delivered are',
    ],
    delayed: ['has not yet been delivered'],
  },
  {
    name: 'gmail',
    signs: [
      'delivery to the following recipient failed permanently',
      'delivery to the following recipients failed permanently',
      'delevery to the following recipients',
      'delivery to the following recipients was aborted',
      'delivery to the following recipient has been delayed',
      'delivery to the following recipients has been delayed',
      'automatically generated delivery status notification',
      'delivery to the following recipients failed',
    ],
    after: ['following recipient'],
    delayed: ['has been delayed'],
  },
  {
    name: 'postfix',
    signs: [
      'this is the mail system at host',
      'postfix program at host',
      'could not be delivered to one or more destinations',
      'be delivered to one or more recipients',
    ],
    after: ['the mail system', 'program', 'further assistance', 'one or more'],
    delayed: ['this is a warning only'],
  },
  {
    name: 'exchange-5.5-2003',
    signs: ['did not reach the following recipient', 'did not reach some or all of the intended recipients'],
    after: ['following recipient'],
    sure: true,
  },
  {
    name: 'exchange-online',
    signs: [
      'delivery has failed to these recipients',
      'diagnostic information for administrators',
      "couldn't be delivered",
      'rejected your message to the following',
      'office 365',
    ],
    after: [
      'delivery has failed to',
      'recipients or groups',
      'your message to',
      'following email address',
      'generating server',
      'diagnostic information',
    ],
  },
  {
    name: 'domino',
    signs: ['was not delivered to:', 'listed in public name & address book', 'domino directory'],
    after: ['was not delivered to:', 'failure reasons', 'name & address book'],
    sure: true,
  },
  {
    name: 'opensmtpd',
    signs: ['this is the mailer-daemon, please do not reply'],
    after: ['list of recipients'],
    delayed: ['a message is delayed'],
  },
  {
    name: 'dragonfly',
    signs: ['this is the dragonfly mail agent'],
    after: ['error delivering your mail to'],
  },
  {
    name: 'mcafee',
    signs: [
      '\n--- the following addresses had delivery problems',
      ' --- the following addresses had delivery problems',
    ],
    after: ['delivery problems'],
    sure: true,
  },
  {
    name: 'sendmail',
    signs: [
      'transcript of session follows',
      'the following addresses had permanent fatal errors',
      'the following addresses had permanent delivery errors',
      'the following addresses had delivery problems',
      'the following addresses had transient non-fatal errors',
    ],
    after: ['following addresses had', 'transcript of session follows'],
    delayed: ['this is a warning message only', 'transient non-fatal errors'],
  },
  {
    name: 'smail',
    signs: ['failed addresses follow'],
    after: ['failed addresses follow'],
  },
  {
    name: 'kddi-ezweb',
    signs: [
      'each of the following recipients was rejected by a remote',
      'the following recipients did not receive this message',
      'the user(s) account is disabled',
      'the user(s) account is temporarily over quota',
      'the account does not exist',
    ],
    after: ['', 'recipient:', 'did not receive'],
  },
  {
    name: 'kddi-au',
    signs: ['as their mailbox is full', 'could not be delivered to: <', 'due to the following reason(s):'],
    after: ['could not be delivered to:'],
    alone: true,
  },
  {
    name: 'verizon-vtext',
    signs: ['error: invalid user address', 'error message below:'],
    after: ['rcpt to:'],
    sure: true,
    alone: true,
  },
  {
    name: 'interscan',
    signs: ['interscan messaging security suite', 'sent <<< rcpt to:', 'interscan notification'],
    after: ['rcpt to:', 'unable to deliver message to', 'sent <<<'],
    sure: true,
  },
  {
    name: 'mailmarshal',
    signs: ['the following recipients were affected', 'could not be delivered because of'],
    after: ['recipients were affected'],
  },
  {
    name: 'mailfoundry',
    signs: ['delivery failed for the following reason'],
    after: ['unable to deliver message to'],
  },
  {
    name: 'imail',
    signs: [
      'invalid final delivery userid:',
      'delivery failed 20 attempts:',
      'undeliverable to ',
      'undeliverable  to ',
      'user mailbox exceeds allowed size:',
      'unknown user:',
      'body of message generated response',
    ],
    after: ['userid:', 'attempts:', 'undeliverable', 'allowed size:', 'unknown user:'],
    sure: true,
  },
  {
    name: 'lsmtp',
    signs: ['error-for:'],
    after: ['error-for:'],
  },
  {
    name: 'webshield',
    signs: ['---- failed recipients ----', '------ failed recipients ------', 'failed recipients'],
    after: ['failed recipients'],
  },
  {
    name: 'x6',
    signs: ['we had trouble delivering your message'],
    after: ['returned permanent errors:', 'returned temporary errors:', 'rejected recipient'],
    alone: true,
  },
  {
    name: 'courier',
    signs: ['running the courier mail server', 'this is a delivery status notification from'],
    after: ['deliver', '<<<', 'unable to'],
  },
  {
    name: 'amavis',
    signs: ['was not relayed to', 'was considered unsolicited', 'was blocked by our spam'],
    after: ['not relayed to', 'to:', 'message to:'],
  },
  {
    name: 'messagelabs',
    signs: ['this is the bounce message from messagelabs', 'messagelabs'],
    after: general,
  },
  {
    name: 'surfcontrol',
    signs: ['a transcript of the attempts to send the message follows'],
    after: ['addressed to:'],
  },
  {
    name: 'apache-james',
    signs: [
      'this message generated by the mail server',
      'message details:',
      'i was not able to deliver the message',
    ],
    after: [...general, 'rcpt to:'],
  },
  {
    name: 'symantec-gateway',
    signs: ['could not be delivered to the following recipients'],
    after: ['following recipients'],
    delayed: ['delivery attempts will continue'],
  },
  {
    name: 'facebook',
    signs: ['based on the email preferences of the person'],
    after: general,
  },
  {
    name: 'nameserver-phquery',
    signs: ['message not delivered to the following:'],
    after: ['not delivered to the following'],
  },
  {
    name: 'usa-net',
    signs: ['the following mail has been returned because it encountered an error'],
    after: ['intended recipient'],
  },
  {
    name: 'iis-smtp',
    signs: ['your message has encountered delivery problems'],
    after: ['originally addressed to', 'to local user'],
    sure: true,
  },
  {
    name: 'fml',
    signs: ['you are not a member of this mailing list', 'duplicated message-id in <'],
    after: ['mailing list <', 'message-id in <'],
    sameLine: true,
    alone: true,
  },
  {
    name: 'ezmlm',
    signs: ['hi! this is the ezmlm program', 'messages to you from the'],
    after: ['seem to have been bouncing', 'your subscription address'],
  },
  {
    name: 'postfix-smtpd-session',
    signs: ['transcript of session follows', ' out: 220 '],
    after: [' in:  rcpt to:', 'in:  rcpt to:'],
  },
  {
    name: 'any',
    signs: general,
    after: general,
  },
]
