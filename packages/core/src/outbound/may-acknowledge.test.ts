import { expect, test } from 'vitest'
import { type AcknowledgementFacts, whyNotAcknowledge } from './may-acknowledge.ts'

const allowed: AcknowledgementFacts = {
  mailboxAcknowledges: true,
  classification: { kind: 'human', mayAnswer: true, reasons: [] },
  recipient: 'ada@customer.example',
  senderIsStaff: false,
  recipientIsOwn: false,
  addressedToUs: true,
  mailAgeMs: 1_800_000,
  sent: { toRecipientIn10Minutes: 0, toRecipientInDay: 4, toDomainInHour: 49, inHour: 499 },
  caps: {
    perRecipientPer10Minutes: 1,
    perRecipientPerDay: 5,
    perDomainPerHour: 50,
    perHour: 500,
    maxMailAgeMs: 1_800_000,
  },
}

test('a mail just within every limit is acknowledged', () => {
  expect(whyNotAcknowledge(allowed)).toBeUndefined()
})

test('a mail whose date lies ahead is not too old', () => {
  expect(whyNotAcknowledge({ ...allowed, mailAgeMs: -60_000 })).toBeUndefined()
})

const refusals: readonly [string, Partial<AcknowledgementFacts>, string][] = [
  ['mailbox-setting', { mailboxAcknowledges: false }, 'the mailbox sends none'],
  ['no-usable-address', { recipient: 'nobody' }, 'nobody'],
  ['own-address', { recipientIsOwn: true }, 'ada@customer.example'],
  ['staff', { senderIsStaff: true }, 'ada@customer.example'],
  ['machine-address', { recipient: 'no-reply+7@shop.example' }, 'no-reply+7@shop.example'],
  [
    'automatic-or-list',
    {
      classification: {
        kind: 'human',
        mayAnswer: false,
        reasons: [
          { rule: 'list-id', evidence: '<l.x>' },
          { rule: 'precedence', evidence: 'bulk' },
        ],
      },
    },
    'list-id: <l.x>; precedence: bulk',
  ],
  ['blind-copy', { addressedToUs: false }, 'none of our addresses stands in To or Cc'],
  ['too-old', { mailAgeMs: 1_860_001 }, '31 minutes'],
  ['cap', { sent: { ...allowed.sent, toRecipientIn10Minutes: 1 } }, '1 per recipient and 10 minutes'],
  ['cap', { sent: { ...allowed.sent, toRecipientInDay: 5 } }, '5 per recipient and day'],
  ['cap', { sent: { ...allowed.sent, toDomainInHour: 50 } }, '50 per domain and hour'],
  ['cap', { sent: { ...allowed.sent, inHour: 500 } }, '500 per hour'],
]

test.each(refusals)('%s: %o is not acknowledged, because %s', (reason, fact, detail) => {
  expect(whyNotAcknowledge({ ...allowed, ...fact })).toEqual({ reason, detail })
})

test('a cap of none allows none', () => {
  const caps = { ...allowed.caps, perHour: 0 }
  const sent = { toRecipientIn10Minutes: 0, toRecipientInDay: 0, toDomainInHour: 0, inHour: 0 }
  expect(whyNotAcknowledge({ ...allowed, caps, sent })).toEqual({ reason: 'cap', detail: '0 per hour' })
})
