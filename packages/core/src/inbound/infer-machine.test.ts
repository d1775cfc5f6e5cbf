import { anAddress, anEmail } from '@maildesk/testkit/an-email'
import { expect, test } from 'vitest'
import { classifyEmail } from './classify-email.ts'
import { bodyHash, inferMachine } from './infer-machine.ts'

const hashOf = (text: string, quote = '') =>
  bodyHash(
    anEmail({
      text: `${text}${quote}`,
      reply: {
        ranges: [
          { kind: 'reply', start: 0, end: text.length },
          ...(quote ? [{ kind: 'quote' as const, start: text.length, end: text.length + quote.length }] : []),
        ],
        htmlRanges: null,
        reasons: [],
      },
    }),
  )

test('numbers, white space, letter case and quotes make no other body', () => {
  const away = hashOf('I am away until 12 May.\nYour ticket is #17.')
  expect(away).toMatch(/^[0-9a-f]{64}$/)
  expect(hashOf('I AM AWAY until 3 May. Your ticket is   #4711.')).toBe(away)
  expect(hashOf('I am away until 12 May.\nYour ticket is #17.', '\n> another question')).toBe(away)
  expect(hashOf('I am back since 12 May.\nYour ticket is #17.')).not.toBe(away)
})

test('the same words of somebody else are another body', () => {
  const text = 'The printer is on fire again, please come.'
  const by = (address: string) => bodyHash(anEmail({ text, from: [anAddress(address)] }))
  expect(by('Ada@customer.example')).toBe(by('ada@customer.example'))
  expect(by('bob@customer.example')).not.toBe(by('ada@customer.example'))
})

test('a body of few words tells nothing', () => {
  expect(hashOf('Thanks! 1234567890')).toBeNull()
  expect(hashOf('')).toBeNull()
})

const human = classifyEmail(anEmail())

test('the third mail of the same words within the hour is a machine’s, unless staff wrote it', () => {
  const seen = (sameBodyInLastHour: number, senderIsStaff = false) =>
    inferMachine(human, { sameBodyInLastHour, senderIsStaff })
  expect(seen(1)).toBe(human)
  expect(seen(2)).toEqual({
    kind: 'auto_generated',
    mayAnswer: false,
    reasons: [{ rule: 'inferred', evidence: 'the same words 3 times in an hour' }],
  })
  expect(seen(9, true)).toBe(human)
})

test('what is known to be something else stays that', () => {
  const reply = classifyEmail(anEmail({ headers: { 'auto-submitted': 'auto-replied' } }))
  expect(inferMachine(reply, { sameBodyInLastHour: 9, senderIsStaff: false })).toBe(reply)
})
