// Made mails for tests: one forward a mail program, as each writes it. All pass on the same mail.

interface MadeForward {
  /** The program, and what is peculiar. */
  readonly shows: string
  readonly subject: string
  readonly text: string
  /** ISO 8601 UTC, for a forwarder two hours east; null when the way of writing leaves it open. */
  readonly date: string | null
  readonly to?: readonly string[]
}

const body = 'Hello,\n\nit does not turn.\n\nAda'

/** @internal */
export const forwardsByClient: readonly MadeForward[] = [
  {
    shows: 'Gmail',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n---------- Forwarded message ---------\nFrom: Ada Lovelace <ada@customer.example>\nDate: Fri, May 1, 2026 at 10:15 AM\nSubject: The engine\nTo: Desk <help@desk.example>\n\n\n${body}\n`,
  },
  {
    shows: 'Gmail of years ago, with an HTML twin of bold labels and links',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n---------- Forwarded message ----------\nFrom: *Ada Lovelace* <ada@customer.example<mailto:ada@customer.example>>\nDate: Fri, May 1, 2026 at 10:15 AM\nSubject: The engine\nTo: "help@desk.example" <help@desk.example<mailto:help@desk.example>>\n\n\n${body}`,
  },
  {
    shows: 'Apple Mail, quoted',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n> Begin forwarded message:\n> \n> From: Ada Lovelace <ada@customer.example>\n> Subject: The engine\n> Date: 1 May 2026 at 10:15:00 CEST\n> To: help@desk.example\n> \n> ${body.replaceAll('\n', '\n> ')}\n`,
  },
  {
    shows: 'Apple Mail, not quoted, bold labels',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\nBegin forwarded message:\n\n*From: *Ada Lovelace <ada@customer.example>\n*Subject: **The engine*\n*Date: *May 1, 2026 at 10:15:00 AM GMT+2\n*To: *Desk <help@desk.example>\n\n${body}`,
  },
  {
    shows: 'Outlook for Windows, nothing above its block',
    subject: 'FW: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\nFrom: Ada Lovelace [mailto:ada@customer.example] \nSent: Friday, May 1, 2026 10:15 AM\nTo: Desk <help@desk.example>\nSubject: The engine\n\n${body}`,
  },
  {
    shows: 'Outlook, Original Message',
    subject: 'FW: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\r\n\r\n-----Original Message-----\r\nFrom: Ada Lovelace <ada@customer.example> \r\nSent: Friday, 1 May 2026 10:15\r\nTo: Desk <help@desk.example>\r\nSubject: The engine\r\nImportance: High\r\n\r\n${body.replaceAll('\n', '\r\n')}\r\n`,
  },
  {
    shows: 'Outlook.com, underscores and bold labels',
    subject: 'Fw: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n________________________________\n*From:* Ada Lovelace <ada@customer.example>\n*Sent:* Friday, May 1, 2026 10:15 AM\n*To:* Desk <help@desk.example>\n*Subject:* The engine\n\n${body}`,
  },
  {
    shows: 'Outlook for Mac, empty lines between the fields and a date that is open',
    subject: 'FW: The engine',
    date: null,
    text: `Please look.\n\nFrom: Ada Lovelace <ada@customer.example>\n\nDate: 05/01/2026 10:15\n\nTo: Desk <help@desk.example>\n\nSubject: The engine\n\n${body}`,
  },
  {
    shows: 'Thunderbird',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n-------- Forwarded Message --------\nSubject: \tThe engine\nDate: \tFri, 1 May 2026 10:15:00 +0200\nFrom: \tAda Lovelace <ada@customer.example>\nTo: \tDesk <help@desk.example>\n\n\n\n${body}`,
  },
  {
    shows: 'Netscape, subject in brackets',
    subject: '[Fwd: The engine]',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n-------- Original Message --------\nSubject: The engine\nDate: Fri, 1 May 2026 10:15:00 +0200\nFrom: Ada Lovelace <ada@customer.example>\nTo: help@desk.example\n\n${body}`,
  },
  {
    shows: 'Yahoo',
    subject: 'Fw: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n   ----- Forwarded Message ----- \n From: Ada Lovelace <ada@customer.example>\n To: "help@desk.example" <help@desk.example>\n Sent: Friday, May 1, 2026 at 10:15:00 AM GMT+2\n Subject: The engine\n   \n${body}`,
  },
  {
    shows: 'Proton',
    subject: 'Fw: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n------- Forwarded Message -------\nFrom: Ada Lovelace <ada@customer.example>\nDate: On Friday, May 1st, 2026 at 10:15 AM\nSubject: The engine\nTo: help@desk.example <help@desk.example>\n\n${body}`,
  },
  {
    shows: 'Zoho, drawing its line twice',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n============ Forwarded message ============\nFrom: Ada Lovelace <ada@customer.example>\nTo: "Desk"<help@desk.example>\nDate: Fri, 01 May 2026 10:15:00 +0200\nSubject: The engine\n============ Forwarded message ============\n\n${body}`,
  },
  {
    shows: 'Mail.ru',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n-------- Пересылаемое сообщение --------\nОт кого: Ada Lovelace <ada@customer.example>\nКому: help@desk.example\nДата: Пятница, 1 мая 2026, 10:15 +02:00\nТема: The engine\n\n${body}`,
  },
  {
    shows: 'Yandex, an attribution below its mark and a mark at the end',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    to: [],
    text: `Please look.\n\n-------- Пересылаемое сообщение --------\n01.05.2026, 10:15, "Ada Lovelace" <ada@customer.example>:\n\n${body}\n\n-------- Конец пересылаемого сообщения --------\n`,
  },
  {
    shows: 'QQ, fields that end in semicolons',
    subject: '转发：The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n------------------ 原始邮件 ------------------\n发件人: "Ada Lovelace" <ada@customer.example>;\n发送时间: 2026年5月1日(星期五) 上午10:15\n收件人: "Desk"<help@desk.example>;\n主题: The engine;\n\n${body}`,
  },
  {
    shows: 'NetEase, full-width colons',
    subject: '转发: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n-------- 转发邮件信息 --------\n发件人："Ada Lovelace" <ada@customer.example>\n发送日期：2026-05-01 10:15:00\n收件人：help@desk.example\n主题：The engine\n\n${body}`,
  },
  {
    shows: 'KMail, empty line below its mark',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n----------  Forwarded Message  ----------\n\nSubject: The engine\nDate: Friday 01 May 2026, 10:15:00\nFrom: Ada Lovelace <ada@customer.example>\nTo: help@desk.example\n\n${body}\n\n${'-'.repeat(55)}\n\n-- \nBob\n`,
  },
  {
    shows: 'Lotus Notes with a header block',
    subject: 'Fw: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n----- Forwarded by Eve Desk/ACME on 05/02/2026 09:00 AM -----\n\nFrom:\tAda Lovelace <ada@customer.example>\nTo:\tDesk <help@desk.example>\nCc:\t\nDate:\t1 May 2026 10:15\nSubject:\tThe engine\n\n\n\n${body}`,
  },
  {
    shows: 'Lotus Notes with its table',
    subject: 'Fw: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n----- Forwarded by Eve Desk/ACME on 05/02/2026 09:00\nAM -----\n\nAda Lovelace <ada@customer.example>\n1 May 2026 10:15\n\nTo\nDesk <help@desk.example>\ncc\n\nSubject\nThe engine\n\n\n${body}`,
  },
  {
    shows: 'Mutt, with a mark at the end',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n----- Forwarded message from Ada Lovelace <ada@customer.example> -----\n\nDate: Fri, 1 May 2026 10:15:00 +0200\nFrom: Ada Lovelace <ada@customer.example>\nTo: help@desk.example\nSubject: The engine\n\n${body}\n\n----- End forwarded message -----\n`,
  },
  {
    shows: 'Gnus',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n-------------------- Start of forwarded message --------------------\nFrom: Ada Lovelace <ada@customer.example>\nTo: help@desk.example\nSubject: The engine\nDate: Fri, 01 May 2026 10:15:00 +0200\n\n${body}\n-------------------- End of forwarded message --------------------\n`,
  },
  {
    shows: 'Pegasus Mail',
    subject: '(Fwd) The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n------- Forwarded message follows -------\nFrom:           Ada Lovelace <ada@customer.example>\nTo:             help@desk.example\nSubject:        The engine\nDate sent:      Fri, 1 May 2026 10:15:00 +0200\n\n${body}`,
  },
  {
    shows: 'eM Client, a date that is open',
    subject: 'Fw: The engine',
    date: null,
    text: `Please look.\n\n\n------ Forwarded Message ------\nFrom: "Ada Lovelace" <ada@customer.example>\nTo: "Desk" <help@desk.example>\nSent: 5/1/2026 10:15:00 AM\nSubject: The engine\n\n${body}`,
  },
  {
    shows: 'Spark',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n---------- Forwarded message ----------\nFrom: Ada Lovelace <ada@customer.example>\nDate: 1 May 2026, 10:15 +0200\nTo: help@desk.example\nSubject: The engine\n\n> ${body.replaceAll('\n', '\n> ')}\n`,
  },
  {
    shows: 'Zimbra',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n----- Forwarded Message -----\nFrom: "Ada Lovelace" <ada@customer.example>\nTo: "Desk" <help@desk.example>\nSent: Friday, 1 May, 2026 10:15:00\nSubject: The engine\n\n${body}`,
  },
  {
    shows: 'Samsung, Original message',
    subject: 'Fwd: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\n-------- Original message --------\nFrom: Ada Lovelace <ada@customer.example>\nDate: 01.05.2026 10:15 (GMT+02:00)\nTo: help@desk.example\nSubject: The engine\n\n${body}`,
  },
  {
    shows: 'a page in a table, labels and values in lines of their own',
    subject: 'FW: The engine',
    date: '2026-05-01T08:15:00.000Z',
    text: `Please look.\n\nFrom:\nAda Lovelace <ada@customer.example>\nSent:\n1 May 2026 10:15\nTo:\nDesk <help@desk.example>\nSubject:\nThe engine\n\n${body}`,
  },
]
