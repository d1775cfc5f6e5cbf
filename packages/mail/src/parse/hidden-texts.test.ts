import { describe, expect, it } from 'vitest'
import { calendarLine, enrichedText } from './hidden-texts.ts'
import { crlf, multipart, parsed } from './testing/parse-mail.ts'

const event = (...lines: string[]) =>
  crlf(
    'BEGIN:VCALENDAR',
    'BEGIN:VTIMEZONE',
    'DTSTART:19700101T000000',
    'END:VTIMEZONE',
    'BEGIN:VEVENT',
    ...lines,
    'END:VEVENT',
  )

describe('calendarLine', () => {
  it.each([
    [
      'SUMMARY:Review\\, second',
      'DTSTART:20261124T090000Z',
      'DTEND:20261124T100000Z',
      'LOCATION:Room 4',
      'Review, second, 2026-11-24 09:00 UTC – 2026-11-24 10:00 UTC, Room 4',
    ],
    [
      'SUMMARY;LANGUAGE=en:Rev',
      ' iew',
      'DTSTART;TZID=Europe/Berlin:20261124T090000',
      'X:1',
      'Review, 2026-11-24 09:00 Europe/Berlin',
    ],
    ['SUMMARY:Holiday', 'DTSTART;VALUE=DATE:20261224', 'X:1', 'X:1', 'Holiday, 2026-12-24'],
    ['X:1', 'X:1', 'X:1', 'X:1', ''],
  ])('says what, when and where: %s %s', (a, b, c, d, line) => {
    expect(calendarLine(event(a, b, c, d))).toBe(line)
  })
})

it('enrichedText keeps the words', () => {
  expect(enrichedText('A <bold>b</bold><nl>c <<d> <color><param>red</param>e</color>')).toBe('A b\nc <d> e')
})

describe('parseEmail on parts that are no text', () => {
  const ics = `Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n${event('SUMMARY:Review', 'DTSTART:20261124T090000Z')}`

  it('keeps an invitation as a file, and says what it is when the mail says nothing', async () => {
    const email = await parsed(multipart('mixed', ics))
    expect(email.text).toBe('Review, 2026-11-24 09:00 UTC')
    expect(email.parts.map(({ filename, contentType }) => [filename, contentType])).toEqual([
      ['part-1.ics', 'text/calendar'],
    ])
  })

  it('keeps an invitation that is an alternative, and the words of the mail', async () => {
    const email = await parsed(multipart('alternative', 'Content-Type: text/plain\r\n\r\nPlease come.', ics))
    expect(email.text).toBe('Please come.')
    expect(email.parts.map(({ filename }) => filename)).toEqual(['part-2.ics'])
  })
})
