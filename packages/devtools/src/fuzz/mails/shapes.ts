// The structures of made mails: one row each, from a single text to what signing and reporting make of it.
import { forwards, replies } from './answered-texts.ts'
import type { MailWriter, Part } from './mail-writer.ts'

export interface Shape {
  readonly name: string
  readonly make: (writer: MailWriter) => Part
  /** Top-level fields that come with the structure. */
  readonly fields?: readonly string[]
}

const plainBody = (w: MailWriter) => `Hello,\r\n\r\n${w.phrase()}\r\n\r\nBye\r\n-- \r\nSomebody\r\n`
const htmlBody = (w: MailWriter) =>
  `<html><head><style>p{color:red}</style></head><body><p>Hello,<br>${w.phrase()}</p><table><tr><td>cell</td></tr></table></body></html>`
const both = (w: MailWriter) => w.multi('multipart/alternative', [w.text(plainBody(w)), w.html(htmlBody(w))])
const picture = (w: MailWriter, id: string) =>
  w.file('image/png', 'logo.png', [`Content-ID: <${id}>`, 'Content-Disposition: inline; filename="logo.png"'])
const pictured = (w: MailWriter) =>
  w.multi('multipart/related; type="text/html"', [
    w.html(`<p>${w.phrase()}</p><img src="cid:logo@made.example">`),
    picture(w, 'logo@made.example'),
  ])

const reply = (index: number): Shape => ({
  name: `reply-${index}`,
  fields: ['In-Reply-To: <asked@made.example>', 'References: <asked@made.example>'],
  make: (w) => w.text(`${(replies[index] as (typeof replies)[0])(w.phrase(), w.phrase())}\r\n`),
})
const forward = (index: number): Shape => ({
  name: `forward-${index}`,
  make: (w) => w.text(`${(forwards[index] as (typeof forwards)[0])(w.phrase(), w.phrase())}\r\n`),
})

export const shapes: readonly Shape[] = [
  { name: 'text', make: (w) => w.text(plainBody(w)) },
  { name: 'html', make: (w) => w.html(htmlBody(w)) },
  { name: 'alternative', make: both },
  {
    name: 'mixed',
    make: (w) => w.multi('multipart/mixed', [w.text(plainBody(w)), w.file('application/pdf', 'a.pdf')]),
  },
  { name: 'related', make: pictured },
  {
    name: 'alternative-related',
    make: (w) => w.multi('multipart/alternative', [w.text(plainBody(w)), pictured(w)]),
  },
  {
    name: 'mixed-alternative',
    make: (w) =>
      w.multi('multipart/mixed', [
        both(w),
        w.file('application/zip', 'many.zip'),
        w.file('image/gif', 'x.gif'),
      ]),
  },
  {
    name: 'text-file-text',
    make: (w) =>
      w.multi('multipart/mixed', [
        w.text(plainBody(w)),
        picture(w, 'middle@made.example'),
        w.text(w.phrase()),
      ]),
  },
  {
    name: 'html-file-html',
    make: (w) =>
      w.multi('multipart/mixed', [w.html(htmlBody(w)), w.file('image/jpeg', 'y.jpg'), w.html(htmlBody(w))]),
  },
  { name: 'file-only', make: (w) => w.file('application/pdf', 'scan.pdf') },
  {
    name: 'file-names',
    make: (w) =>
      w.multi('multipart/mixed', [
        w.text(plainBody(w)),
        w.file('application/octet-stream', '=?utf-8?B?w6QuZXhl?='),
        w.file('application/pdf', 'x', [
          "Content-Disposition: attachment; filename*0*=utf-8''%C3%A4; filename*1=b.pdf",
        ]),
        w.file('application/pdf', '../../etc/pa\\"sswd', ['Content-Disposition: attachment']),
      ]),
  },
  {
    name: 'attached-mail',
    make: (w) => w.multi('multipart/mixed', [w.text(plainBody(w)), w.attachedMail()]),
  },
  {
    name: 'attached-mails',
    make: (w) =>
      w.multi('multipart/mixed', [w.text(plainBody(w)), w.attachedMail(w.attachedMail(w.attachedMail()))]),
  },
  { name: 'only-attached-mail', make: (w) => w.attachedMail() },
  {
    name: 'digest',
    make: (w) =>
      w.multi(
        'multipart/digest',
        [0, 1].map((at) => w.raw('message/rfc822', `Subject: ${at}\r\n\r\n${w.word()}\r\n`)),
      ),
  },
  {
    name: 'delivery-report',
    fields: ['Auto-Submitted: auto-replied', 'Return-Path: <>'],
    make: (w) =>
      w.multi('multipart/report; report-type=delivery-status', [
        w.text(`It could not be delivered. ${w.phrase()}\r\n`),
        w.raw(
          'message/delivery-status',
          `Reporting-MTA: dns; mx.made.example\r\nX-Word: ${w.word()}\r\n\r\nFinal-Recipient: rfc822; gone@made.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n`,
        ),
        w.attachedMail(),
      ]),
  },
  {
    name: 'receipt',
    make: (w) =>
      w.multi('multipart/report; report-type=disposition-notification', [
        w.text(`It was read. ${w.phrase()}`),
        w.raw(
          'message/disposition-notification',
          `Final-Recipient: rfc822; reader@made.example\r\nOriginal-Message-ID: <asked@made.example>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\nX-Word: ${w.word()}\r\n`,
        ),
      ]),
  },
  {
    name: 'complaint',
    make: (w) =>
      w.multi('multipart/report; report-type=feedback-report', [
        w.text(`An abuse report. ${w.phrase()}`),
        w.raw('message/feedback-report', `Feedback-Type: abuse\r\nVersion: 1\r\nUser-Agent: ${w.word()}\r\n`),
        w.raw('text/rfc822-headers', `From: a@made.example\r\nX-Word: ${w.word()}\r\n`),
      ]),
  },
  {
    name: 'bounce-in-prose',
    fields: ['Return-Path: <>', 'X-Failed-Recipients: gone@made.example'],
    make: (w) =>
      w.text(
        `Hi. This is the mail program.\r\n${w.phrase()}\r\n<gone@made.example>:\r\n550 5.1.1 no such user\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nFrom: x@made.example\r\nMessage-ID: <x@made.example>\r\n`,
      ),
  },
  {
    name: 'tnef',
    make: (w) =>
      w.multi('multipart/mixed', [
        w.text(plainBody(w)),
        w.raw('application/ms-tnef; name="winmail.dat"', `\x78\x9f\x3e\x22\x01\x00\x01\x06${w.word()}`, [
          'Content-Transfer-Encoding: binary',
          'Content-Disposition: attachment; filename="winmail.dat"',
        ]),
      ]),
  },
  {
    name: 'invitation',
    make: (w) =>
      w.multi('multipart/alternative', [
        w.text(plainBody(w)),
        w.html(htmlBody(w)),
        w.raw(
          'text/calendar; charset=utf-8; method=REQUEST',
          `BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:${w.word()}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
        ),
      ]),
  },
  {
    name: 'signed',
    make: (w) =>
      w.multi('multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256', [
        both(w),
        w.file('application/pkcs7-signature', 'smime.p7s'),
      ]),
  },
  {
    name: 'opaquely-signed',
    make: (w) => w.file('application/pkcs7-mime; smime-type=signed-data', 'smime.p7m'),
  },
  {
    name: 'pgp',
    make: (w) =>
      w.multi('multipart/encrypted; protocol="application/pgp-encrypted"', [
        w.raw('application/pgp-encrypted', 'Version: 1\r\n'),
        w.raw(
          'application/octet-stream; name="encrypted.asc"',
          `-----BEGIN PGP MESSAGE-----\r\n\r\n${w.word()}\r\n-----END PGP MESSAGE-----\r\n`,
        ),
      ]),
  },
  {
    name: 'flowed',
    make: (w) =>
      w.text(
        `A paragraph that \r\ngoes on ${w.phrase()}\r\n> quoted and \r\n> flowed\r\n -- \r\n From space-stuffed\r\n`,
        '; format=flowed; delsp=yes',
      ),
  },
  {
    name: 'list',
    fields: ['List-Id: <talk.made.example>', 'List-Post: <mailto:talk@made.example>', 'Precedence: list'],
    make: (w) =>
      w.multi('multipart/mixed', [
        w.text(plainBody(w)),
        w.raw('text/plain; charset=us-ascii', `_______________\r\nTalk mailing list ${w.word()}\r\n`, [
          'Content-Disposition: inline',
        ]),
      ]),
  },
  {
    name: 'out-of-office',
    fields: ['Auto-Submitted: auto-replied', 'X-Autoreply: yes', 'Subject: Automatic reply: your question'],
    make: (w) => w.text(`I am away until Monday. ${w.phrase()}\r\n`),
  },
  {
    name: 'html-reply',
    fields: ['In-Reply-To: <asked@made.example>'],
    make: (w) =>
      w.multi('multipart/alternative', [
        w.text((replies[0] as (typeof replies)[0])(w.phrase(), w.phrase())),
        w.html(
          `<div dir="ltr">${w.phrase()}</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Desk wrote:<br></div><blockquote class="gmail_quote">${w.phrase()}</blockquote></div>`,
        ),
      ]),
  },
  {
    name: 'html-outlook-reply',
    make: (w) =>
      w.html(
        `<div class="WordSection1"><p class="MsoNormal">${w.phrase()}<o:p></o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Desk<br><b>Sent:</b> Monday<br><b>To:</b> Me<br><b>Subject:</b> x</p></div><p>${w.phrase()}</p></div>`,
      ),
  },
  { name: 'no-content-type', make: (w) => ({ fields: ['X-Mailer: old'], body: `old mail ${w.word()}\r\n` }) },
  {
    name: 'partial',
    make: (w) =>
      w.raw('message/partial; id="p@made.example"; number=1; total=2', `Subject: half\r\n\r\n${w.word()}`),
  },
  ...replies.map((_, index) => reply(index)),
  ...forwards.map((_, index) => forward(index)),
]
