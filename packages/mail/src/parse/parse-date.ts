// The Date field (RFC 5322 §3.3 and §4.3), read the same whatever the time zone of this machine.

/** Beginnings of the names of months, without accents, in the languages of programs that translate what they must not. */
const monthNames: readonly string[] = [
  'jan ene gen sty led',
  'feb fev lut uno',
  'mar mae maa mrt mrz bre',
  'apr abr avr kwi dub',
  'may mai maj mei mag kve',
  'jun juin giu cze cer',
  'jul juil lug lip cvc',
  'aug ago aou sie srp',
  'sep set wrz zar',
  'oct okt ott out paz rij',
  'nov noe lis',
  'dec dez dic des gru pro',
]
const months = new Map(monthNames.flatMap((names, month) => names.split(' ').map((name) => [name, month])))

/**
 * Minutes east of UTC of zone names: those of RFC 5322 §4.3, and others that mean one thing in mail. All others, the
 * letters of the military among them, mean nothing certain and count as UTC.
 */
const zones: Readonly<Record<string, number>> = {
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  BST: 60,
  CET: 60,
  MET: 60,
  MEZ: 60,
  WEST: 60,
  CEST: 120,
  MEST: 120,
  MESZ: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  JST: 540,
  KST: 540,
}

const time = String.raw`(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:[.,]\d{1,9})?)?(?: ?([AaPp])\.?[Mm]\b\.?)?`
const zone = String.raw`(?: ?((?:GMT|UTC|UT)?[+-] ?\d{1,2}:?\d{2}|[A-Za-z]{1,5}))?`
/** 1 Jul 2003 10:52:37 +0200, also with hyphens, dots and whole names of months. */
const dayFirst = new RegExp(
  String.raw`(\d{1,2})[ .-]{1,3}(\p{L}{3,12})[ .,-]{1,3}(\d{2,6}),? ${time}${zone}`,
  'u',
)
/** Jul 1, 2003 10:52:37. */
const monthFirst = new RegExp(String.raw`(\p{L}{3,12})\.? (\d{1,2}),? (\d{4}),? ${time}${zone}`, 'u')
/** Tue Jul 1 10:52:37 MET DST 2003: C's asctime. */
const yearLast = new RegExp(String.raw`(\p{L}{3,12}) (\d{1,2}) ${time}${zone}(?: DST)? (\d{4})${zone}`, 'u')
/** ISO 8601, and with slashes. */
const yearFirst = new RegExp(String.raw`^(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:T| |, )${time}${zone}`, 'u')
/** 29-04-2003 and 29.04.2003, which are days first wherever they are written; with slashes that is not sure. */
const numeric = new RegExp(String.raw`(?<!\d)(\d{1,2})([.-])(\d{1,2})\2(\d{4}),? ${time}${zone}`, 'u')

/** ISO 8601 UTC, or null for what is no date or lies outside 1970–2100. */
export function parseDate(value: string): string | null {
  const read = tidied(value.slice(0, 300))
  const milliseconds = timeOf(read)
  if (milliseconds === undefined) return null
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  return year >= 1970 && year <= 2100 ? date.toISOString() : null
}

/** Without comments, accents and white space that means nothing. */
function tidied(value: string): string {
  let depth = 0
  let text = ''
  for (const character of value) {
    if (character === '(') depth += 1
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (depth === 0) text += character
  }
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/\s+/gu, ' ').replace(/ ?: ?/g, ':').trim()
}

function timeOf(text: string): number | undefined {
  const day = dayFirst.exec(text)
  if (day) return utc(fullYear(day[3]), monthOf(day[2]), day[1], day.slice(4, 8), day[8])
  const iso = yearFirst.exec(text)
  if (iso) return utc(Number(iso[1]), Number(iso[2]) - 1, iso[3], iso.slice(4, 8), iso[8])
  const last = yearLast.exec(text)
  if (last) return utc(Number(last[8]), monthOf(last[1]), last[2], last.slice(3, 7), last[9] ?? last[7])
  const digits = numeric.exec(text)
  if (digits) return utc(Number(digits[4]), Number(digits[3]) - 1, digits[1], digits.slice(5, 9), digits[9])
  const month = monthFirst.exec(text)
  if (month) return utc(Number(month[3]), monthOf(month[1]), month[2], month.slice(4, 8), month[8])
  return undefined
}

function utc(
  year: number,
  month: number | undefined,
  dayText: string | undefined,
  [hourText, minuteText, secondText = '0', half]: readonly (string | undefined)[],
  zoneText: string | undefined,
): number | undefined {
  const day = Number(dayText)
  const hour = hourOf(Number(hourText), half)
  const minute = Number(minuteText)
  const second = Number(secondText)
  if (month === undefined || month > 11 || hour > 24 || minute > 59 || second > 60) return undefined
  if (day < 1 || day > new Date(Date.UTC(year, month + 1, 0)).getUTCDate()) return undefined
  return Date.UTC(year, month, day, hour, minute, second) - zoneMinutes(zoneText ?? '') * 60_000
}

function monthOf(name = ''): number | undefined {
  const lower = name.toLowerCase()
  return months.get(lower.slice(0, 4)) ?? months.get(lower.slice(0, 3))
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined || hour > 12) return hour
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}

/** Two and three digits as RFC 5322 §4.3 says. */
function fullYear(text = ''): number {
  const year = Number(text)
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return text.length === 3 ? 1900 + year : year
}

function zoneMinutes(text: string): number {
  const offset = /^(?:GMT|UTC|UT)?([+-]) ?(\d{1,2}):?(\d{2})$/i.exec(text)
  if (!offset) return zones[text.toUpperCase()] ?? 0
  const [, sign, hours, rest] = offset
  if (Number(hours) > 23 || Number(rest) > 59) return 0
  const minutes = Number(hours) * 60 + Number(rest)
  return sign === '-' ? -minutes : minutes
}
