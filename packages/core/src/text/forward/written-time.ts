// The time of day and the zone in a date written for people. Texts are in the form of `simplified` in written-date.ts.

export interface TimeOfDay {
  readonly hours: number
  readonly minutes: number
  readonly seconds: number
}

export interface TimeFound {
  /** undefined when the text has none. */
  readonly time: TimeOfDay | undefined
  /** Minutes east of UTC; undefined when the text names no zone, or one that two countries use. */
  readonly zoneMinutes: number | undefined
  /** The text without both. */
  readonly rest: string
}

const ways = [
  /(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?!\d)/,
  /(?<!\d)(\d{1,2}) ?(?:h|点|點|时|時|시) ?(\d{2})(?!\d)/,
  // Danes, Finns and Indonesians; a third number of four digits would make it a date.
  /(?<![\d.])(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.])/,
]

/** The time in a text; null when it names one that no clock shows. */
export function timeIn(text: string, languages: readonly string[]): TimeFound | null {
  const match = ways.map((way) => way.exec(text)).find((found) => found)
  if (!match) return { time: undefined, zoneMinutes: undefined, rest: text }
  const [found, hours = '', minutes = '', seconds = '0'] = match
  const before = text.slice(0, match.index)
  const after = text.slice(match.index + found.length)
  const time = {
    hours: hourOf(Number(hours), halfOf(before, after, languages)),
    minutes: Number(minutes),
    seconds: Number(seconds),
  }
  if (time.hours > 23 || time.minutes > 59 || time.seconds > 60) return null
  const zone = zoneAfter(after)
  return { time, zoneMinutes: zone.minutes, rest: `${before} ${zone.rest}` }
}

/** `13:00 PM` is written by programs that put the marks of a day of 12 hours on one of 24. */
function hourOf(hours: number, half: 'am' | 'pm' | undefined): number {
  if (!half || hours > 12) return hours
  return (hours % 12) + (half === 'pm' ? 12 : 0)
}

const amWords = new Set('am πμ ص صباحا oo pg пр пред'.split(' '))
const pmWords = new Set('pm μμ م مساء os ptg сл след'.split(' '))
/** Two letters that are common words elsewhere. */
const localWords: Readonly<Record<string, { readonly am: string; readonly pm: string }>> = {
  vi: { am: 'sa', pm: 'ch' },
  hu: { am: 'de', pm: 'du' },
  cs: { am: 'dop', pm: 'odp' },
  sq: { am: 'pd', pm: 'md' },
}
const amSigns = ['上午', '午前', '오전', '凌晨', '早上', '清晨']
const pmSigns = ['下午', '午後', '오후', '中午', '晚上', '傍晚']

function halfOf(before: string, after: string, languages: readonly string[]): 'am' | 'pm' | undefined {
  const near = before.trimEnd()
  if (amSigns.some((sign) => near.endsWith(sign))) return 'am'
  if (pmSigns.some((sign) => near.endsWith(sign))) return 'pm'
  const words = [...wordsOf(after).slice(0, 1), ...wordsOf(before).slice(-1)]
  const local = languages.flatMap((language) => localWords[language] ?? [])
  if (words.some((word) => amWords.has(word) || local.some(({ am }) => am === word))) return 'am'
  if (words.some((word) => pmWords.has(word) || local.some(({ pm }) => pm === word))) return 'pm'
  return undefined
}

/** Words, those of letters with dots or spaces between (`p. m.`) as one. */
function wordsOf(text: string): string[] {
  const joined = text
    .replace(/(?<!\p{L})(\p{L})\. ?(\p{L})\.?(?!\p{L})/gu, '$1$2')
    .replace(/\b([ap]) m\b/g, '$1m')
  return joined.match(/[\p{L}\p{M}]+|\d+/gu) ?? []
}

/** Offsets in hours of the names that RFC 5322 §4.3 and Apple Mail write, except those that two countries use. */
const zones: Readonly<Record<string, number>> = {
  utc: 0,
  gmt: 0,
  z: 0,
  est: -5,
  edt: -4,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  wet: 0,
  west: 1,
  cet: 1,
  cest: 2,
  mez: 1,
  mesz: 2,
  eet: 2,
  eest: 3,
  msk: 3,
  jst: 9,
  kst: 9,
  hkt: 8,
  aest: 10,
  aedt: 11,
  nzst: 12,
  nzdt: 13,
}
const maxOffsetHours = 14
/** Letters between a time and its zone: `pm (UTC`. */
const offset = /^([^\d+\u2212-]{0,16})([+\u2212-])(\d{1,2}):?(\d{2})?(?![\d./-])/

function zoneAfter(text: string): { readonly minutes: number | undefined; readonly rest: string } {
  const [found = '', , sign, hours = '', minutes = '0'] = offset.exec(text) ?? []
  if (found && Number(hours) <= maxOffsetHours && Number(minutes) < 60) {
    const total = Number(hours) * 60 + Number(minutes)
    return { minutes: sign === '+' ? total : -total, rest: text.slice(found.length) }
  }
  const name = (text.slice(0, 24).match(/\p{L}+/gu) ?? [])
    .slice(0, 3)
    .find((word) => zones[word] !== undefined)
  return { minutes: name === undefined ? undefined : (zones[name] as number) * 60, rest: text }
}
