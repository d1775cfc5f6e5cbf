// The Date field (RFC 5322 §3.3 and §4.3), read the same whatever the time zone of this machine.

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** Hours east of UTC of the obsolete zone names; all others mean nothing certain and count as UTC (§4.3). */
const zoneHours: Readonly<Record<string, number>> = {
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
}
const rfcDate =
  /(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*\.?,?[\s-]+(\d{2,4})\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([+-]\s?\d{4}|[A-Za-z]{1,5})?/
const isoDate = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?/

/** ISO 8601 UTC, or null for what is no date or lies outside 1970–2100. */
export function parseDate(value: string): string | null {
  const read = value.slice(0, 200)
  const time = timeOfRfcDate(read) ?? timeOfIsoDate(read) ?? Number.NaN
  if (Number.isNaN(time)) return null
  const date = new Date(time)
  const year = date.getUTCFullYear()
  return year >= 1970 && year <= 2100 ? date.toISOString() : null
}

function timeOfRfcDate(value: string): number | undefined {
  const match = rfcDate.exec(value)
  if (!match) return undefined
  const [, day, monthName = '', yearText = '', hour, minute, second = '0', zone = ''] = match
  const month = months.indexOf(monthName.toLowerCase())
  if (month < 0 || Number(day) > 31 || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60)
    return undefined
  const local = Date.UTC(fullYear(yearText), month, Number(day), Number(hour), Number(minute), Number(second))
  return local - zoneMinutes(zone) * 60_000
}

/** Two and three digits as RFC 5322 §4.3 says. */
function fullYear(text: string): number {
  const year = Number(text)
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return text.length === 3 ? 1900 + year : year
}

function zoneMinutes(zone: string): number {
  const offset = /^([+-])\s?(\d{2})(\d{2})$/.exec(zone)
  if (!offset) return (zoneHours[zone.toUpperCase()] ?? 0) * 60
  const minutes = Number(offset[2]) * 60 + Number(offset[3])
  return offset[1] === '-' ? -minutes : minutes
}

function timeOfIsoDate(value: string): number | undefined {
  const match = isoDate.exec(value.trim())
  return match ? Date.parse(`${match[1]}T${match[2]}${match[3] ?? 'Z'}`) : undefined
}
