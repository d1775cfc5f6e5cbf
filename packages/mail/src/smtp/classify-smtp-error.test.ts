import { describe, expect, it } from 'vitest'
import { classifySmtpError, type FailureOutcome } from './classify-smtp-error.ts'

const codes: readonly [number, FailureOutcome][] = [
  [421, 'refused-for-now'],
  [432, 'refused-for-now'],
  [450, 'refused-for-now'],
  [451, 'refused-for-now'],
  [452, 'refused-for-now'],
  [454, 'refused-for-now'],
  [455, 'refused-for-now'],
  [471, 'refused-for-now'],
  [500, 'refused'],
  [501, 'refused'],
  [502, 'refused'],
  [503, 'refused-for-now'],
  [504, 'refused'],
  [521, 'refused'],
  [530, 'auth-failed'],
  [534, 'auth-failed'],
  [535, 'auth-failed'],
  [538, 'auth-failed'],
  [550, 'refused'],
  [551, 'refused'],
  [552, 'refused'],
  [553, 'refused'],
  [554, 'refused'],
  [555, 'refused'],
  [571, 'refused'],
]
const phases = [
  { command: 'MAIL FROM', bodyBegan: false },
  { command: 'RCPT TO', bodyBegan: false },
  { command: 'DATA', bodyBegan: false },
  { command: 'DATA', bodyBegan: true },
]

describe('classifySmtpError', () => {
  it.each(
    codes
      .flatMap(([code, outcome]) => phases.map((phase) => ({ code, outcome, ...phase })))
      .filter(({ code, command }) => code !== 552 || command !== 'RCPT TO'),
  )(
    'takes $code to $command (body begun: $bodyBegan) as $outcome',
    ({ code, outcome, command, bodyBegan }) => {
      expect(classifySmtpError({ message: 'x', responseCode: code, command }, bodyBegan)).toBe(outcome)
    },
  )

  it.each(
    ['CONN', 'EHLO', 'HELO', 'STARTTLS'].flatMap((command) => codes.map(([code]) => ({ command, code }))),
  )(
    'takes $code to $command as a refusal of the session, which another one need not meet',
    ({ command, code }) => {
      expect(classifySmtpError({ message: 'x', responseCode: code, command }, false)).toBe('refused-for-now')
    },
  )

  it.each([
    ['552 too many recipients', 'refused-for-now'],
    ['552 5.5.3 too many recipients', 'refused-for-now'],
    ['552 5.2.2 mailbox full', 'refused'],
    ['552-5.2.2 mailbox full', 'refused'],
  ] as const)('takes %s to RCPT as %s', (response, outcome) => {
    const failure = { message: 'x', responseCode: 552, command: 'RCPT TO', response }
    expect(classifySmtpError(failure, false)).toBe(outcome)
  })

  it.each([
    [454, 'refused-for-now'],
    [500, 'auth-failed'],
    [503, 'refused-for-now'],
    [550, 'auth-failed'],
  ] as const)('takes %d to AUTH as %s', (responseCode, outcome) => {
    expect(
      classifySmtpError({ message: 'x', responseCode, code: 'EAUTH', command: 'AUTH PLAIN' }, false),
    ).toBe(outcome)
  })

  it.each([
    ['ECONNECTION', false, 'refused-for-now'],
    ['ETIMEDOUT', false, 'refused-for-now'],
    ['ETLS', false, 'refused-for-now'],
    ['EDNS', false, 'refused-for-now'],
    ['EPROTOCOL', false, 'refused-for-now'],
    ['EAUTH', false, 'auth-failed'],
    ['EENVELOPE', false, 'refused'],
    ['EMESSAGE', false, 'refused'],
    ['ECONNECTION', true, 'uncertain'],
    ['ETIMEDOUT', true, 'uncertain'],
    ['EPROTOCOL', true, 'uncertain'],
  ] as const)('takes %s without an answer (body begun: %s) as %s', (code, bodyBegan, outcome) => {
    expect(classifySmtpError({ message: 'x', code }, bodyBegan)).toBe(outcome)
  })

  it('takes a positive reply out of turn after the body as uncertain', () => {
    expect(classifySmtpError({ message: 'x', code: 'EPROTOCOL', responseCode: 250 }, true)).toBe('uncertain')
  })
})
