// What the people of the story write, as their mail programs would.
import type { SendMailOptions } from 'nodemailer'
import { headerOf } from '../sandbox-client.ts'

export const grace = { name: 'Grace Hopper', address: 'grace@customers.example' }
export const lin = { name: 'Lin Clark', address: 'lin@desk.example' }

/** An answer to a raw mail, to where it wants answers, with its thread. */
export function answerTo(raw: string, from: typeof grace, mail: SendMailOptions): SendMailOptions {
  const id = headerOf(raw, 'Message-ID') ?? ''
  return {
    from,
    to: headerOf(raw, 'Reply-To') ?? headerOf(raw, 'From') ?? '',
    subject: `Re: ${headerOf(raw, 'Subject') ?? ''}`,
    inReplyTo: id,
    references: [headerOf(raw, 'References'), id].filter(Boolean).join(' '),
    ...mail,
  }
}

/** The text of a raw mail below a marker, as a mail program that quotes everything would repeat it. */
export function quoted(raw: string, by: string): string {
  const body = raw.slice(raw.search(/\r?\n\r?\n/)).trim()
  return [
    `On Mon, 23 Nov 2026 at 10:00, ${by} wrote:`,
    ...body.split(/\r?\n/).map((line) => `> ${line}`),
  ].join('\n')
}

/** Outlook’s way: a header block, then the other’s text without marks, with answers written into it. */
export function outlookInline(theirs: readonly [string, string], answers: readonly [string, string]): string {
  return [
    'Hello Lin, see my answers below in your text.',
    '',
    '-----Original Message-----',
    'From: Lin Clark',
    'Sent: Monday, 23 November 2026 10:00',
    `To: ${grace.name}`,
    'Subject: RE: The pump is loud',
    '',
    theirs[0],
    `[GH] ${answers[0]}`,
    theirs[1],
    `[GH] ${answers[1]}`,
    '',
  ].join('\r\n')
}

/** What a mail server sends back for a recipient it does not know (RFC 3464): the null reverse-path is the envelope's. */
export function bounceOf(raw: string, to: string, recipient: string): SendMailOptions {
  const returned = raw.slice(0, raw.search(/\r?\n\r?\n/))
  const body = [
    '--bounce',
    'Content-Type: text/plain',
    '',
    `Your message to ${recipient} could not be delivered.`,
    '',
    '--bounce',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.customers.example',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 User unknown',
    '',
    '--bounce',
    'Content-Type: text/rfc822-headers',
    '',
    returned,
    '',
    '--bounce--',
    '',
  ]
  const header = [
    'From: Mail Delivery System <mailer-daemon@customers.example>',
    `To: ${to}`,
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'Message-ID: <bounce-1@mx.customers.example>',
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=bounce',
  ]
  return { envelope: { from: '', to: [to] }, raw: `${[...header, '', ...body].join('\r\n')}` }
}
