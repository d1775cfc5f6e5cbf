import fc from 'fast-check'
import { expect, test } from 'vitest'
import { baseSubject, replySubject, ticketNumberIn } from './subject.ts'

test.each([
  ['The engine is stuck', 'The engine is stuck'],
  ['Re: stuck', 'stuck'],
  ['RE: FW: Re: stuck', 'stuck'],
  ['Re[2]: stuck', 'stuck'],
  ['Re (3) : stuck', 'stuck'],
  ['AW: WG: stuck', 'stuck'],
  ['SV: VS: stuck', 'stuck'],
  ['Odp: stuck', 'stuck'],
  ['回复：stuck', 'stuck'],
  ['答复: 转发: stuck', 'stuck'],
  ['Továbbítás: Vá: stuck', 'stuck'],
  ['  Re:   the \t engine\r\n  is stuck ', 'the engine is stuck'],
  ['Re: stuck [#42]', 'stuck'],
  ['[#42] Re: stuck', 'stuck'],
  ['Re: [#42] Re: stuck [#43]', 'stuck'],
  ['Reconsider: the engine', 'Reconsider: the engine'],
  ['Refund: the engine', 'Refund: the engine'],
  ['[ticket 42] stuck', '[ticket 42] stuck'],
  ['[#0] stuck', '[#0] stuck'],
  ['Re:', ''],
  ['', ''],
])('the base of %j is %j', (subject, base) => {
  expect(baseSubject(subject)).toBe(base)
})

test.each([
  ['Re: stuck [#42]', '42'],
  ['[#1] [#2]', '1'],
  ['[#999999999999999999]', '999999999999999999'],
  ['[#1000000000000000000]', undefined],
  ['[#042]', undefined],
  ['[#0]', undefined],
  ['[# 42]', undefined],
  ['[#42', undefined],
  ['#42', undefined],
  [`${'x'.repeat(1000)}[#42]`, undefined],
])('the ticket number in %j is %s', (subject, number) => {
  expect(ticketNumberIn(subject)).toBe(number)
})

test('a reply carries one prefix and its own number, however often it went to and fro', () => {
  let subject = 'The engine is stuck'
  for (let turn = 0; turn < 50; turn += 1) subject = `Re: ${replySubject(subject, '42')}`
  expect(replySubject(subject, '42')).toBe('Re: The engine is stuck [#42]')
})

test('a reply to a mail without a subject has one', () => {
  expect(replySubject('Re: [#1]', '42')).toBe('Re: your message [#42]')
})

const subjects = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.constantFrom('Re:', '[#1]', '[#', '1]', ' ', '😀', 'AW[2]:', 'x', '\u0000'), { maxLength: 120 })
    .map((words) => words.join('')),
)

test('the number a reply names is that of its ticket, whatever the subject held', () => {
  fc.assert(
    fc.property(subjects, (subject) => {
      expect(ticketNumberIn(replySubject(subject, '42'))).toBe('42')
    }),
    { numRuns: 500, examples: [['[#[#1]2]']] },
  )
})

test('the subject of a reply is short and can be kept in the database', () => {
  fc.assert(
    fc.property(subjects, (subject) => {
      const reply = replySubject(subject, '42')
      expect(reply.length).toBeLessThanOrEqual(210)
      expect(reply.isWellFormed()).toBe(true)
      expect(reply).not.toContain('\u0000')
    }),
    { numRuns: 500, examples: [[`${'x'.repeat(199)}😀`], [`${'Re:'.repeat(333)}😀`]] },
  )
})

// What is not linear does not end within the time a test may take.
test('hostile subjects take no time', () => {
  for (const piece of ['Re: ', 'Re[', ' ', '[#', '[#1', 're:\t', '(1)', '\u0000']) {
    baseSubject(piece.repeat(200_000))
    replySubject(piece.repeat(200_000), '1')
  }
})
