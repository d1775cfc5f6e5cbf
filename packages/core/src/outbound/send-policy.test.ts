import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Attempt, afterAttempt, uncertain } from './send-policy.ts'
import type { EnvelopeResult, RecipientResult } from './types.ts'

const minute = 60_000
const hour = 60 * minute
const first: Attempt = {
  attempts: 1,
  uncertainAttempts: 0,
  ageMs: 0,
  giveUpMs: 72 * hour,
  uncertainWaitMs: 15 * minute,
}
const recipient = (
  outcome: RecipientResult['outcome'],
  address = 'ada@customer.example',
): RecipientResult => ({
  address,
  outcome,
  code: outcome === 'accepted' ? 250 : outcome === 'refused' ? 550 : 451,
  response: outcome,
})
const result = (
  outcome: EnvelopeResult['outcome'],
  recipients: readonly RecipientResult[] = [],
): EnvelopeResult => ({
  outcome,
  dataStarted: outcome === 'accepted' || outcome === 'uncertain',
  code: null,
  response: '',
  recipients,
})

test('an accepted mail is sent and never tried again', () => {
  expect(afterAttempt(result('accepted', [recipient('accepted')]), first)).toEqual({
    status: 'sent',
    nextInMs: null,
    uncertainAttempts: 0,
    deliveries: [{ address: 'ada@customer.example', status: 'sent', code: 250, response: 'accepted' }],
    pauseMailbox: false,
  })
})

test('a mail that some recipients refuse for good is sent, and they are marked', () => {
  const after = afterAttempt(
    result('accepted', [recipient('accepted'), recipient('refused', 'gone@customer.example')]),
    first,
  )
  expect(after.status).toBe('sent')
  expect(after.deliveries.map(({ status }) => status)).toEqual(['sent', 'refused'])
})

test('a mail that some recipients refuse for now is tried again, for them', () => {
  const after = afterAttempt(
    result('accepted', [recipient('accepted'), recipient('refused-for-now', 'busy@customer.example')]),
    first,
  )
  expect(after).toMatchObject({ status: 'retry', nextInMs: minute })
  expect(after.deliveries.map(({ status }) => status)).toEqual(['sent', 'retry'])
})

describe('a refusal for now (4yz, or no connection)', () => {
  test.each([
    [1, 1],
    [2, 5],
    [3, 15],
    [4, 60],
    [5, 180],
    [6, 180],
    [1000, 180],
  ])('after attempt %i waits %i minutes', (attempts, minutes) => {
    expect(afterAttempt(result('refused-for-now'), { ...first, attempts })).toMatchObject({
      status: 'retry',
      nextInMs: minutes * minute,
    })
  })

  test('is final from the give-up time on, not a millisecond before', () => {
    const at = (ageMs: number) => afterAttempt(result('refused-for-now'), { ...first, ageMs }).status
    expect([at(first.giveUpMs - 1), at(first.giveUpMs)]).toEqual(['retry', 'failed'])
  })

  test('is never final before the give-up time, and always after it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.nat({ max: 100 * hour }),
        fc.nat({ max: 5 }),
        (attempts, ageMs, uncertainAttempts) => {
          const after = afterAttempt(result('refused-for-now', [recipient('refused-for-now')]), {
            ...first,
            attempts,
            ageMs,
            uncertainAttempts,
          })
          if (ageMs < first.giveUpMs) {
            expect(after.status).toBe('retry')
            expect(after.nextInMs).toBeGreaterThan(0)
          } else expect(after).toMatchObject({ status: 'failed', nextInMs: null })
          expect(after.uncertainAttempts).toBe(uncertainAttempts)
        },
      ),
    )
  })
})

describe('trouble of the desk’s own before the body', () => {
  test.each([
    [1, 2_000],
    [2, 4_000],
    [5, 32_000],
    [9, 512_000],
    [30, 180 * minute],
  ])('after attempt %i waits %i ms: nobody refused anything', (attempts, nextInMs) => {
    expect(afterAttempt(result('hindered'), { ...first, attempts })).toMatchObject({
      status: 'retry',
      nextInMs,
    })
  })

  test('never waits longer than a refusal for now would', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (attempts) => {
        const wait = (outcome: EnvelopeResult['outcome']) =>
          afterAttempt(result(outcome), { ...first, attempts }).nextInMs ?? Number.NaN
        expect(wait('hindered')).toBeGreaterThan(0)
        expect(wait('hindered')).toBeLessThanOrEqual(wait('refused-for-now'))
      }),
    )
  })
})

test('a refusal for good (5yz) is final at once', () => {
  const after = afterAttempt(result('refused', [recipient('refused')]), first)
  expect(after).toMatchObject({
    status: 'failed',
    nextInMs: null,
    pauseMailbox: false,
    deliveries: [{ status: 'refused', code: 550 }],
  })
})

test('a refused login pauses the mailbox and loses no mail, however old it is', () => {
  const after = afterAttempt(result('auth-failed'), { ...first, ageMs: 1000 * hour })
  expect(after).toMatchObject({ status: 'retry', nextInMs: minute, pauseMailbox: true })
})

test('only a refused login pauses the mailbox', () => {
  for (const outcome of ['accepted', 'refused', 'refused-for-now', 'uncertain'] as const) {
    expect(afterAttempt(result(outcome), first).pauseMailbox, outcome).toBe(false)
  }
})

describe('an attempt of unknown fate', () => {
  test('is counted, and proof is looked for soon', () => {
    expect(afterAttempt(result('uncertain'), first)).toMatchObject({
      status: 'uncertain',
      nextInMs: minute,
      uncertainAttempts: 1,
    })
    expect(uncertain({ ...first, uncertainWaitMs: 1000 }).nextInMs).toBe(1000)
  })

  test('stays so in the count when the next attempt is refused for now, so that refusals buy no further copies', () => {
    const after = afterAttempt(result('uncertain'), first)
    const later = afterAttempt(result('refused-for-now'), {
      ...first,
      uncertainAttempts: after.uncertainAttempts,
    })
    expect(later.uncertainAttempts).toBe(1)
  })

  test('says nothing of the recipients', () => {
    expect(afterAttempt(result('uncertain', [recipient('accepted')]), first).deliveries).toEqual([])
  })
})

test('when trying ends, recipients who were to wait count as refused, and those reached stay reached', () => {
  const result = {
    outcome: 'accepted' as const,
    dataStarted: true,
    code: 250,
    response: '250 ok',
    recipients: [
      { address: 'reached@example.org', outcome: 'accepted' as const, code: 250, response: '250 ok' },
      { address: 'busy@example.org', outcome: 'refused-for-now' as const, code: 451, response: '451 later' },
    ],
  }
  const attempt = {
    attempts: 9,
    uncertainAttempts: 0,
    ageMs: 1000,
    giveUpMs: 1000,
    uncertainWaitMs: 1,
  }
  const after = afterAttempt(result, attempt)
  expect(after.status).toBe('failed')
  expect(after.deliveries.map(({ address, status }) => [address, status])).toEqual([
    ['reached@example.org', 'sent'],
    ['busy@example.org', 'refused'],
  ])
})
