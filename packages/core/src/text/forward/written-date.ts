// Dates as mail programs write them for people to read, in any of our languages. What could mean two days means none.
import { foldWord, isDayLikeMonth, monthOf, withThaiMonths } from './month-names.ts'
import { type TimeOfDay, timeIn } from './written-time.ts'

/** Letters of a date that are read; longer is no date. */
const maxDate = 160

interface Day {
  readonly year: number
  /** 1–12 */
  readonly month: number
  readonly day: number
}

/**
 * A date as ISO 8601 UTC; null when it is none, says no year or leaves day and month open (`02/03/2026`).
 *
 * @param languages of the labels around it: they decide between months of the same name
 * @param zoneMinutes offset east of UTC for a date that names no zone: that of the forwarding mail
 */
export function readWrittenDate(
  written: string,
  languages: readonly string[] = [],
  zoneMinutes = 0,
): string | null {
  if (written.length > maxDate) return null
  const found = timeIn(simplified(written), languages)
  const day = found && dayIn(found.rest, languages)
  return day ? isoOf(day, found.time, found.zoneMinutes ?? zoneMinutes) : null
}

function isoOf({ year, month, day }: Day, time: TimeOfDay | undefined, zoneMinutes: number): string | null {
  const midnight = new Date(Date.UTC(year, month - 1, day))
  if (midnight.getUTCMonth() !== month - 1) return null
  // A day without a time stays that day, wherever its writer was.
  if (!time) return midnight.toISOString()
  const seconds = (time.hours * 60 + time.minutes - zoneMinutes) * 60 + time.seconds
  return new Date(midnight.getTime() + seconds * 1000).toISOString()
}

/** Zeros of the Arabic, Persian, Hindi, Bengali and Thai digits. */
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50]

/** Lower case, Latin digits, no marks of direction, commas as spaces. */
function simplified(written: string): string {
  return foldWord(
    written.replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59]/g, latinDigit),
  )
    .replace(/[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff*_;"]/g, '')
    .replace(/[,،\s]/g, ' ')
    .replace(/(?<=\d)t(?=\d)/, ' ')
    .trim()
}

function latinDigit(digit: string): string {
  const code = digit.charCodeAt(0)
  return String(code - (zeros.findLast((zero) => zero <= code) ?? code))
}

function dayIn(text: string, languages: readonly string[]): Day | null {
  return eastAsianDay(text) ?? vietnameseDay(text) ?? numericDay(text) ?? namedDay(text, languages)
}

/** `2026年5月1日`, `2026년 5월 1일`. */
function eastAsianDay(text: string): Day | null {
  const match = /(?<!\d)(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일号號]/.exec(text)
  return match ? dayOf(match[1], match[2], match[3]) : null
}

/** `1 tháng 5, 2026`, `1 thg 5 năm 2026`. */
function vietnameseDay(text: string): Day | null {
  const match = /(?<!\d)(\d{1,2}) (?:thang|thg) ?(\d{1,2}) {1,2}(?:nam )?(\d{4})/.exec(text)
  return match ? dayOf(match[3], match[2], match[1]) : null
}

/** `2026-05-01`, `2026. 5. 1.`, `1.5.2026`; `13/5/2026` because there is no 13th month. */
function numericDay(text: string): Day | null {
  const yearFirst = /(?<![\d.])(\d{4})([-/.]) ?(\d{1,2})\2 ?(\d{1,2})(?!\d)/.exec(text)
  if (yearFirst) return dayOf(yearFirst[1], yearFirst[3], yearFirst[4])
  const yearLast = /(?<![\d.])(\d{1,2})([-/.]) ?(\d{1,2})\2 ?(\d{4})(?!\d)/.exec(text)
  if (!yearLast) return null
  const [, one, separator, two, year] = yearLast
  // Who writes dots writes the day first.
  if (separator === '.' || Number(one) > 12) return dayOf(year, two, one)
  return Number(two) > 12 || Number(one) === Number(two) ? dayOf(year, one, two) : null
}

/** A month's name, a year and a day beside it. */
function namedDay(text: string, languages: readonly string[]): Day | null {
  const words = withThaiMonths(text).match(/[\p{L}\p{M}]+|\d+/gu) ?? []
  const numbers = words.filter((word) => /^\d/.test(word))
  const [year, anotherYear] = numbers.filter((word) => word.length === 4)
  const [day, anotherDay] = numbers.filter((word) => word.length <= 2)
  if (year === undefined || day === undefined || anotherYear !== undefined || anotherDay !== undefined)
    return null
  const month = monthIn(words, languages)
  return month === undefined ? null : dayOf(christianYear(year, text), String(month), day)
}

function christianYear(year: string, text: string): string {
  const buddhist = Number(year) > 2400 && /[\u0e00-\u0e7f]/.test(text)
  return buddhist ? String(Number(year) - 543) : year
}

/** The one month the words name; days of the week that read like one count only when nothing else does. */
function monthIn(words: readonly string[], languages: readonly string[]): number | undefined {
  const named = words.flatMap((word) => {
    const month = monthOf(word, languages)
    return month === undefined ? [] : [{ month, maybeDay: isDayLikeMonth(word) }]
  })
  const sure = named.filter(({ maybeDay }) => !maybeDay)
  // The day of the week goes before the month.
  const found = new Set((sure.length > 0 ? sure : named.slice(-1)).map(({ month }) => month))
  return found.size === 1 ? [...found][0] : undefined
}

/** Outside of these years nobody forwards mail. */
function dayOf(year = '', month = '', day = ''): Day | null {
  const made = { year: Number(year), month: Number(month), day: Number(day) }
  const possible = made.year > 1970 && made.year <= 2100 && made.month >= 1 && made.month <= 12
  return possible && made.day >= 1 && made.day <= 31 ? made : null
}
