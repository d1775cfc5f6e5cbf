import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withInlineAnswers } from './inline-answers.ts'
import { readReply } from './read-reply.ts'
import { replyTextOf, type TextRange } from './reply-reading.ts'

const ours = 'Dear Grace,\n\nWhich model is it?\nSince when is it loud?\n\nKind regards\nLin'
const block = [
  'From: Lin Clark',
  'Sent: Monday, 23 November 2026 10:00',
  'To: Grace Hopper',
  'Subject: RE: The pump is loud',
]
const outlook = (...below: string[]) =>
  ['See below.', '', '-----Original Message-----', ...block, '', ...below].join('\n')

function written(text: string, known: readonly string[] = [ours]): string {
  const { ranges } = readReply({ text, isReply: true, isForward: false, marked: [], isRendered: false })
  return replyTextOf(text, withInlineAnswers(text, ranges, known)).replace(/\n+/g, ' / ')
}

describe('answers written into what we sent', () => {
  test('count as written now, the last one too (scenario 14)', () => {
    const text = outlook(
      'Dear Grace,',
      'Which model is it?',
      'The P-7.',
      'Since when is it loud?',
      '[GH] Tuesday',
    )
    expect(written(text)).toBe('See below. / The P-7. / [GH] Tuesday')
  })

  test('also when a program wrapped our lines, joined them, or put links behind words', () => {
    const text = outlook(
      'Which model',
      'is it? Since when',
      'Oh, long since.',
      'is it loud?',
      'Kind regards <https://desk.example/>',
    )
    expect(written(text)).toBe('See below. / Oh, long since.')
  })

  test.each([
    ['a quote as it was sent', outlook(...ours.split('\n')), [ours]],
    ['what stands above the first known line', outlook('CAUTION: external', ...ours.split('\n')), [ours]],
    ['something below an unbroken quote', outlook(...ours.split('\n'), 'Sent from my telephone'), [ours]],
    [
      'a quote of a text we do not know',
      outlook('Some other text.', 'Which model is it?', 'And more of it.'),
      ['Nothing like it'],
    ],
    [
      'the header block of an older mail between two',
      outlook(...ours.split('\n'), '', ...block, '', 'The pump in the cellar is loud.'),
      [ours, 'The pump in the cellar is loud.'],
    ],
    [
      'the attribution of an older mail',
      outlook(
        ...ours.split('\n'),
        'On Mon, 23 Nov 2026, Grace Hopper wrote:',
        'The pump in the cellar is loud.',
      ),
      [ours, 'The pump in the cellar is loud.'],
    ],
    ['a quote when nothing is known', outlook('Which model is it?', 'x', 'Since when is it loud?'), []],
  ])('%s is no answer', (_name, text, known) => {
    expect(written(text, known)).toBe('See below.')
  })

  test('leave the ranges a partition, for any text', () => {
    const line = fc.oneof(
      fc.constantFrom(...ours.split('\n'), ...block, '> x', '', '-- '),
      fc.string({ maxLength: 20 }),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.boolean(), (lines, isReply) => {
        const text = lines.join('\n')
        const { ranges } = readReply({ text, isReply, isForward: false, marked: [], isRendered: false })
        const result = withInlineAnswers(text, ranges, [ours])
        expect(result.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text)
        expect(lettersOf(text, result)).toBeGreaterThanOrEqual(lettersOf(text, ranges))
      }),
    )
  })
})

const lettersOf = (text: string, ranges: readonly TextRange[]) =>
  replyTextOf(text, ranges).replace(/\s/g, '').length
