// Four times the mail may take a few times four times as long, whatever it repeats.
import { anAddress, anEmail } from '@maildesk/testkit/an-email'
import { expect, test } from 'vitest'
import { classifyEmail } from '../classify-email.ts'
import { readBounce } from './bounce.ts'
import { readComplaint } from './complaint.ts'
import { readReceipt } from './receipt.ts'
import { recognisers } from './recognisers.ts'

const small = 32 * 1024
const large = 128 * 1024
/** Above this many times the time of the small mail, growth is not linear any more; four would be exact. */
const maxGrowth = 14
/** Beneath it the clock and other processes decide, not the code. */
const graceMs = 150

/** A mail that every row of the table looks at, with the text wherever a sender may put some. */
function hostile(text: string) {
  const field = text.slice(0, 32 * 1024)
  return anEmail({
    from: [anAddress('mailer-daemon@mx.example', field.slice(0, 1_000))],
    subject: field,
    text: `${recognisers.flatMap(({ signs }) => signs).join('\n')}\n${text}`,
    headers: {
      'content-type': 'multipart/report; report-type=delivery-status',
      'x-failed-recipients': field,
      'auto-submitted': field,
      'list-id': field,
      'list-post': field,
      precedence: field,
      'x-loop': field,
      'x-maildesk-loop': field,
      received: field,
    },
    reportParts: ['delivery-status', 'rfc822', 'feedback-report', 'disposition-notification'].map(
      (type, index) => ({
        path: String(index + 2),
        contentType: `message/${type}`,
        text,
      }),
    ),
  })
}

function timeMs(text: string): number {
  const times = [0, 1].map(() => {
    const email = hostile(text)
    const startedAt = cpuMs()
    readBounce(email)
    classifyEmail(email)
    readComplaint(email)
    readReceipt(email)
    return cpuMs() - startedAt
  })
  return Math.min(...times)
}

test.each([
  ...['<', ' ', ':', '\n', '@', 'a', '.', 'a.', '(', '-', '\n ', 'a@', '：', '"', '>>> '],
  ...['not a ', 'no such ', 'user ', 'unknown ', 'is not '],
  ...['<a@b.example>:\n', 'following address\n', 'Status: 5.1.1\n', '550 5.1.1 ', 'Message-ID: <', 'X: \n y'],
  ...['Final-Recipient: rfc822; a@b.example\nAction: failed\n\n', 'Diagnostic-Code: smtp; 550 \n '],
  ...[
    '{"notificationType":',
    '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"a@b"},',
  ],
])('repeats of %j are read in linear time', (unit) => {
  const text = unit.repeat(Math.ceil(large / unit.length))
  timeMs(text.slice(0, small))
  expect(timeMs(text.slice(0, large))).toBeLessThan(maxGrowth * timeMs(text.slice(0, small)) + graceMs)
})

/** Milliseconds of CPU this thread has spent; what else the machine does says nothing about the code. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
