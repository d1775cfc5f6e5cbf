import { describe, expect, test } from 'vitest'
import type { Classification } from '../inbound/classify-email.ts'
import type { AuthenticationVerdict } from '../inbound/decision.ts'
import {
  type AutomaticCounts,
  type AutomaticKind,
  type CauseFacts,
  type GateFacts,
  isFarFromLimits,
  mayAutoSend,
} from './gate.ts'

const human: Classification = { kind: 'human', mayAnswer: true, reasons: [] }
const machine = (kind: Classification['kind']): Classification => ({
  kind,
  mayAnswer: false,
  reasons: [
    { rule: 'list-id', evidence: '<l.x>' },
    { rule: 'precedence', evidence: 'bulk' },
  ],
})
const evidence = 'list-id: <l.x>; precedence: bulk'
const cause: CauseFacts = {
  classification: human,
  authentication: 'pass',
  isOfRecipient: true,
  namesRecipient: false,
  namesUs: true,
  ageMs: 1_800_000,
  isOfLostDesk: false,
}
/** Just within every limit. */
const allowed: GateFacts = {
  kind: 'acknowledgement',
  recipient: 'ada@customer.example',
  canSend: true,
  mailboxAcknowledges: true,
  recipientIsOwn: false,
  recipientIsStaff: false,
  recipientIsActive: true,
  recipientIsKnown: false,
  suppressedBecause: null,
  cause,
  sent: {
    toRecipientIn10Minutes: 0,
    toRecipientInDay: 4,
    toRecipientOnTicket: [9, 14],
    sameWordsInHour: 0,
    toDomainInHour: 49,
    inHour: 499,
    unprovenInHour: 99,
    notificationsInHour: 999,
  },
  caps: {
    perRecipientPer10Minutes: 1,
    perRecipientPerDay: 5,
    perTicket: [
      { max: 10, minutes: 10 },
      { max: 15, minutes: 30 },
    ],
    sameWordsPerHour: 1,
    perDomainPerHour: 50,
    perHour: 500,
    unprovenPerHour: 100,
    notificationsPerHour: 1000,
    maxMailAgeMs: 1_800_000,
  },
}
const kinds: readonly AutomaticKind[] = ['acknowledgement', 'rejection', 'rule', 'notification']
const ask = (kind: AutomaticKind, facts: Partial<GateFacts>, mail: Partial<CauseFacts> = {}) =>
  mayAutoSend({ ...allowed, kind, ...facts, cause: facts.cause === null ? null : { ...cause, ...mail } })
const sent = (counts: Partial<AutomaticCounts>): Partial<GateFacts> => ({
  sent: { ...allowed.sent, ...counts },
})

test.each(kinds)('a %s just within every limit may go', (kind) => {
  expect(ask(kind, {})).toBeUndefined()
  expect(ask(kind, { cause: null })).toBeUndefined()
})

describe('the recipient', () => {
  const rows: readonly [string, Partial<GateFacts>, string][] = [
    ['no-sending-mailbox', { canSend: false }, 'no mailbox to send from'],
    ['no-usable-address', { recipient: 'nobody' }, 'nobody'],
    ['own-address', { recipientIsOwn: true }, 'ada@customer.example'],
    ['machine-address', { recipient: 'no-reply+7@shop.example' }, 'no-reply+7@shop.example'],
    ['deactivated', { recipientIsActive: false }, 'ada@customer.example'],
    ['suppressed', { suppressedBecause: 'hard-bounce' }, 'hard-bounce'],
  ]
  test.each(rows)('%s: nothing of any kind goes where %o', (reason, facts, detail) => {
    for (const kind of kinds) expect(ask(kind, facts)).toEqual({ reason, detail })
  })

  test('acknowledgements go neither to staff nor from a mailbox that wants none; other mail does', () => {
    expect(ask('acknowledgement', { mailboxAcknowledges: false })?.reason).toBe('mailbox-setting')
    expect(ask('acknowledgement', { recipientIsStaff: true })?.reason).toBe('staff')
    for (const kind of kinds.slice(1))
      expect(ask(kind, { mailboxAcknowledges: false, recipientIsStaff: true })).toBeUndefined()
  })
})

describe('the mail that is answered', () => {
  const answers: readonly AutomaticKind[] = ['acknowledgement', 'rejection', 'rule']
  const rows: readonly [string, Partial<CauseFacts>, string][] = [
    ['automatic-or-list', { classification: machine('human') }, evidence],
    ['automatic-or-list', { classification: machine('auto_reply') }, evidence],
    ['blind-copy', { namesUs: false }, 'none of our addresses stands in To or Cc'],
    ['restored', { isOfLostDesk: true }, 'it came before a restore: the lost desk may have answered it'],
    ['too-old', { ageMs: 1_860_001 }, '31 minutes'],
    ['authentication', { authentication: 'fail' }, 'the sender is not who From says'],
  ]
  test.each(rows)('%s: no answer where %o', (reason, mail, detail) => {
    for (const kind of answers) expect(ask(kind, {}, mail)).toEqual({ reason, detail })
  })

  test('a forged mail is not answered even where agents have written to the address', () => {
    expect(ask('acknowledgement', { recipientIsKnown: true }, { authentication: 'fail' })?.reason).toBe(
      'authentication',
    )
  })

  test('a mail whose date lies ahead is not too old', () => {
    expect(ask('acknowledgement', {}, { ageMs: -60_000 })).toBeUndefined()
  })
})

describe('the mail that is told of', () => {
  const agent = { recipient: 'grace@desk.example', recipientIsStaff: true }

  test.each<Partial<CauseFacts>>([
    { authentication: 'fail' },
    { namesUs: false },
    { ageMs: 99_999_999 },
    { classification: machine('auto_generated') },
  ])('staff are told of what is not answered: %o', (mail) => {
    expect(ask('notification', agent, { isOfRecipient: false, ...mail })).toBeUndefined()
    expect(ask('rule', agent, { isOfRecipient: false, ...mail })).toBeUndefined()
  })

  test.each<[string, Partial<CauseFacts>, string]>([
    ['own-automatic-mail', { classification: machine('auto_reply'), isOfRecipient: true }, evidence],
    ['own-automatic-mail', { classification: machine('bounce'), isOfRecipient: true }, evidence],
    ['already-addressed', { namesRecipient: true }, 'grace@desk.example'],
    ['loop', { classification: machine('loop') }, evidence],
  ])('%s: nobody is told where %o', (reason, mail, detail) => {
    expect(ask('notification', agent, { isOfRecipient: false, ...mail })).toEqual({ reason, detail })
  })
})

describe('the caps', () => {
  const strangers = { authentication: 'none' } as const
  const rows: readonly [string, Partial<AutomaticCounts>, string, readonly AutomaticKind[], string?][] = [
    [
      'ten minutes',
      { toRecipientIn10Minutes: 1 },
      '1 per recipient and 10 minutes',
      ['acknowledgement', 'rejection'],
    ],
    ['a day', { toRecipientInDay: 5 }, '5 per recipient and day', ['acknowledgement', 'rejection']],
    ['the first rung', { toRecipientOnTicket: [10, 10] }, '10 per recipient and ticket in 10 minutes', kinds],
    ['the second rung', { toRecipientOnTicket: [0, 15] }, '15 per recipient and ticket in 30 minutes', kinds],
    [
      'the same words',
      { sameWordsInHour: 1 },
      '1 of the same words per recipient and hour',
      kinds.slice(0, 3),
    ],
    ['the domain', { toDomainInHour: 50 }, '50 per domain and hour: customer.example', kinds.slice(0, 3)],
    [
      'unproven',
      { unprovenInHour: 100 },
      '100 per hour to unproven senders',
      kinds.slice(0, 3),
      'unproven-per-hour',
    ],
    ['the desk', { inHour: 500 }, '500 per hour', kinds.slice(0, 3), 'per-hour'],
    [
      'told',
      { notificationsInHour: 1000 },
      '1000 notifications per hour',
      ['notification'],
      'notifications-per-hour',
    ],
  ]
  test.each(rows)('%s: %o is enough', (_, counts, detail, concerned, alarm) => {
    for (const kind of kinds) {
      const refusal = ask(kind, sent(counts), strangers)
      const expected = { reason: 'cap', detail, ...(alarm ? { alarm } : {}) }
      expect(refusal).toEqual(concerned.includes(kind) ? expected : undefined)
    }
  })

  test.each<[AuthenticationVerdict, boolean, boolean]>([
    ['pass', false, true],
    ['pass_arc', false, true],
    ['none', false, false],
    ['unknown', false, false],
    ['none', true, true],
    ['unknown', true, true],
  ])(
    'over the lower cap, a mail with %s (known before: %s) is answered: %s',
    (authentication, known, goes) => {
      const refusal = ask(
        'acknowledgement',
        { ...sent({ unprovenInHour: 100 }), recipientIsKnown: known },
        { authentication },
      )
      expect(refusal === undefined).toBe(goes)
    },
  )

  test('a cap of none allows none', () => {
    const caps = { ...allowed.caps, perHour: 0 }
    expect(ask('acknowledgement', { ...sent({ inHour: 0 }), caps })?.detail).toBe('0 per hour')
  })
})

test.each<[string, AutomaticKind, Partial<AutomaticCounts>, boolean]>([
  ['nothing was sent', 'acknowledgement', {}, true],
  ['nearly half of the limit was sent', 'acknowledgement', { inHour: 999 }, true],
  ['half of the limit was sent', 'acknowledgement', { inHour: 1000 }, false],
  ['few are left to unproven senders', 'acknowledgement', { unprovenInHour: 50 }, false],
  ['answers are many, and a notification goes', 'notification', { inHour: 1999 }, true],
  ['half of the notifications were sent', 'notification', { notificationsInHour: 1000 }, false],
])('mails are counted side by side or one after the other: %s', (_, kind, counts, isFar) => {
  const caps = { ...allowed.caps, perHour: 2000, unprovenPerHour: 200, notificationsPerHour: 2000 }
  const none = { inHour: 0, unprovenInHour: 0, notificationsInHour: 0 }
  expect(isFarFromLimits({ kind, caps, sent: { ...allowed.sent, ...none, ...counts } })).toBe(isFar)
})
