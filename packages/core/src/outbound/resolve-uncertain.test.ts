import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resolveUncertain, type UncertainMail, type UncertainPolicy } from './resolve-uncertain.ts'
import { outboundKinds } from './types.ts'

const minute = 60_000
const none = { sentCopy: false, report: false, answer: false }
const late: UncertainMail = {
  kind: 'reply',
  uncertainAttempts: 1,
  sinceMs: 15 * minute,
  isPartlySent: false,
  proof: none,
}
const usual: UncertainPolicy = { waitMs: 15 * minute, maxResends: 2, replies: 'resend' }

describe('a mail of unknown fate', () => {
  test.each<[string, Partial<UncertainMail>, Partial<UncertainPolicy>, object]>([
    [
      'is sent when the folder of sent mail holds it',
      { sinceMs: 0, proof: { ...none, sentCopy: true } },
      {},
      { kind: 'sent', because: 'sent-copy' },
    ],
    [
      'is sent when a report tells of it',
      { sinceMs: 0, proof: { ...none, report: true } },
      {},
      { kind: 'sent', because: 'delivery-report' },
    ],
    [
      'is sent when somebody answered it',
      { proof: { ...none, answer: true } },
      {},
      { kind: 'sent', because: 'answer' },
    ],
    [
      'is not sent to all because it was sent to some',
      { isPartlySent: true, proof: { sentCopy: true, report: true, answer: true } },
      {},
      { kind: 'resend' },
    ],
    ['is waited with, a minute at first', { sinceMs: 1000 }, {}, { kind: 'wait', ms: minute }],
    ['is waited with longer and longer', { sinceMs: 4 * minute }, {}, { kind: 'wait', ms: 8 * minute }],
    [
      'is waited with no longer than the setting says',
      { sinceMs: 14 * minute },
      {},
      { kind: 'wait', ms: minute },
    ],
    ['is sent again when it is a reply', {}, {}, { kind: 'resend' }],
    ['is sent again a second time', { uncertainAttempts: 2 }, {}, { kind: 'resend' }],
    ['is not sent again a third time', { uncertainAttempts: 3 }, {}, { kind: 'ask', because: 'too-often' }],
    ['is asked about where the setting says so', {}, { replies: 'ask' }, { kind: 'ask', because: 'setting' }],
    ['is given up when nobody wrote it', { kind: 'acknowledgement' }, {}, { kind: 'give-up' }],
    [
      'is given up when nobody wrote it, though replies are asked about',
      { kind: 'rule' },
      { replies: 'ask' },
      { kind: 'give-up' },
    ],
  ])('%s', (_, mail, policy, expected) => {
    expect(resolveUncertain({ ...late, ...mail }, { ...usual, ...policy })).toEqual(expected)
  })

  test('is never sent again when it is automatic, nor before its time, nor too often, whatever is known', () => {
    const mails = fc.record({
      kind: fc.constantFrom(...outboundKinds),
      uncertainAttempts: fc.integer({ min: 1, max: 9 }),
      sinceMs: fc.integer({ min: 0, max: 60 * minute }),
      isPartlySent: fc.boolean(),
      proof: fc.record({ sentCopy: fc.boolean(), report: fc.boolean(), answer: fc.boolean() }),
    })
    const policies = fc.record({
      waitMs: fc.integer({ min: 0, max: 60 * minute }),
      maxResends: fc.nat({ max: 5 }),
      replies: fc.constantFrom('resend' as const, 'ask' as const),
    })
    fc.assert(
      fc.property(mails, policies, (mail, policy) => {
        const verdict = resolveUncertain(mail, policy)
        if (verdict.kind === 'wait') expect(verdict.ms).toBeGreaterThan(0)
        if (verdict.kind !== 'resend') return
        expect(mail.kind).toBe('reply')
        expect(policy.replies).toBe('resend')
        expect(mail.sinceMs).toBeGreaterThanOrEqual(policy.waitMs)
        expect(mail.uncertainAttempts).toBeLessThanOrEqual(policy.maxResends)
      }),
    )
  })
})
