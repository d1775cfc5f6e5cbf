import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readWrittenDate } from './written-date.ts'

/** One hour east of UTC, as a forwarder in Paris in winter. */
const east = 60

test.each([
  ['a date of RFC 5322', 'Mon, 1 Dec 2025 13:37:42 +0100', [], '2025-12-01T12:37:42.000Z'],
  ['ISO 8601', '2025-12-01T12:00:00Z', [], '2025-12-01T12:00:00.000Z'],
  ['ISO 8601 with an offset', '2025-12-01T12:00:00.123+02:00', [], '2025-12-01T10:00:00.000Z'],
  ['a zone in brackets', '12/31/2025 12:00 AM (GMT+08:00)', [], '2025-12-30T16:00:00.000Z'],
  ['a zone by name', '30. December 2025 at 06:54:30 CET', [], '2025-12-30T05:54:30.000Z'],
  ['a zone before the year', 'Tue Dec 30 12:00:00 GMT 2025', [], '2025-12-30T12:00:00.000Z'],
  ['a zone two countries use, as none', '30 Dec 2025 12:00 IST', [], '2025-12-30T11:00:00.000Z'],
  ['no zone', 'Thursday, December 4, 2025 10:05 AM', [], '2025-12-04T09:05:00.000Z'],
  ['a day alone', '2025-12-04', [], '2025-12-04T00:00:00.000Z'],
  ['midnight by twelve', 'December 4, 2025 12:05 am', [], '2025-12-03T23:05:00.000Z'],
  ['a day above twelve', '13/12/2025 10:00', [], '2025-12-13T09:00:00.000Z'],
  ['the same number twice', '3/3/2025 10:00', [], '2025-03-03T09:00:00.000Z'],
  ['dots', '02.03.2025 10:00', [], '2025-03-02T09:00:00.000Z'],
  ['a weekday that reads like a month', 'mar. 4 févr. 2025 à 10:00', ['fr'], '2025-02-04T09:00:00.000Z'],
  ['a weekday like its month', 'mar. 4 mars 2025 à 17h01', ['fr'], '2025-03-04T16:01:00.000Z'],
  ['November in Polish', '1 listopada 2025', ['pl'], '2025-11-01T00:00:00.000Z'],
  ['October in Croatian', '1. listopada 2025.', ['hr'], '2025-10-01T00:00:00.000Z'],
  ['afternoon in Chinese', '2025年12月4日 下午5:01', ['zh-CN'], '2025-12-04T16:01:00.000Z'],
  ['afternoon in Spanish', 'jueves, 4 de diciembre de 2025 5:01 p. m.', ['es'], '2025-12-04T16:01:00.000Z'],
  ['Arabic digits', '٢٠٢٥/١٢/٤ ١٢:٠٠', ['ar'], '2025-12-04T11:00:00.000Z'],
  ['a short month with dots in Thai', 'พฤ. 4 ธ.ค. 2025 เวลา 12:00', ['th'], '2025-12-04T11:00:00.000Z'],
  ['a Buddhist year', '4 ธันวาคม 2568 12:00', ['th'], '2025-12-04T11:00:00.000Z'],
])('%s is read', (_, written, languages, date) => {
  expect(readWrittenDate(written, languages, east)).toBe(date)
})

test.each([
  ['day and month are open', '02/03/2025 10:00'],
  ['the year has two digits', '01.02.25 10:00'],
  ['the month has no such day', '31 Feb 2025 10:00'],
  ['no clock shows it', '4 Dec 2025 25:00'],
  ['there are two days', '4 Dec 2025 to 5 Dec 2025'],
  ['languages disagree about the month', '1 listopada 2025'],
  ['the year is missing', '4 December 10:00'],
  ['it is none', 'yesterday'],
  ['there is nothing', ''],
  ['it is far too long', `4 Dec 2025 ${' '.repeat(300)}`],
])('when %s, there is no date', (_, written) => {
  expect(readWrittenDate(written)).toBeNull()
})

const words = fc.constantFrom(
  '4',
  '12',
  '2025',
  'Dec',
  'mars',
  '10:00',
  '+0200',
  '/',
  '.',
  '-',
  '年',
  '月',
  '日',
  'PM',
  ' ',
  'Z',
)

test('whatever is written, a date is one or none', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(words).map((all) => all.join('')),
      ),
      (written) => {
        const date = readWrittenDate(written)
        if (date !== null) expect(new Date(date).toISOString()).toBe(date)
      },
    ),
    { numRuns: 1000 },
  )
})
