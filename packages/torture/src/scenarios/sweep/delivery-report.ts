// The report that a mail of ours could not be delivered (RFC 3464), as the server of its recipient would write it.
import type { SinkTransaction } from '@maildesk/testkit'
import type { MadeMail } from '../../contracts.ts'

/** Comes to the return path of the mail it tells of; recognised by the words of its own subject. */
export function deliveryReport(sent: SinkTransaction, seed: number): MadeMail {
  const mark = `[mark ${seed}-report]`
  const head = sent.raw.subarray(0, sent.raw.indexOf('\r\n\r\n')).toString('latin1')
  const boundary = `report-${seed}`
  const lines = [
    'From: Mail Delivery Subsystem <mailer-daemon@customer.test>',
    `To: ${sent.from}`,
    `Subject: Undelivered mail ${mark}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <report-${seed}@customer.test>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    'The mail could not be delivered.',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.customer.test',
    '',
    `Final-Recipient: rfc822; ${sent.recipients[0] ?? ''}`,
    'Action: failed',
    'Status: 4.2.2',
    'Diagnostic-Code: smtp; 452 4.2.2 mailbox full',
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    head,
    `--${boundary}--`,
    '',
  ]
  return {
    index: 0,
    messageId: `report-${seed}@customer.test`,
    mark,
    rootMark: mark,
    from: 'mailer-daemon@customer.test',
    raw: Buffer.from(lines.join('\r\n'), 'latin1'),
    expects: 'either',
    isAutomatic: true,
    attachments: [],
  }
}
