/* Dates as IMAP spells them (RFC 9051 section 9, date and date-time). */

import { SyntaxProblem } from './refusals.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DATE_TIME = /^[ \d]?\d-[A-Za-z]{3}-\d{4} \d\d:\d\d:\d\d [+-]\d{4}$/
const DATE = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/

/** ` 1-Feb-2026 10:00:00 +0000`, without quotes. */
export function formatDateTime(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const time = date.toISOString().slice(11, 19)
  return `${day}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${time} +0000`
}

/** @throws SyntaxProblem */
export function parseDateTime(text: string): Date {
  const date = new Date(text.replace(/^\s*(\d+)-(\w+)-/, '$1 $2 '))
  if (!DATE_TIME.test(text) || Number.isNaN(date.getTime()))
    throw new SyntaxProblem(`Not a date and time: ${text}`)
  return date
}

/** Midnight UTC of a day like `1-Feb-2026`, in milliseconds. @throws SyntaxProblem */
export function parseDay(text: string): number {
  const [, day, month = '', year] = DATE.exec(text) ?? []
  const index = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase())
  if (index < 0) throw new SyntaxProblem(`Not a date: ${text}`)
  return Date.UTC(Number(year), index, Number(day))
}
