// What parts say that are no text of the body, in words: for mails that say nothing else.

/** Bytes of such a part that are read. */
export const hiddenTextBytes = 64 * 1024

/**
 * One line for an invitation (RFC 5545): what, when, where of its first event; '' when it has none of them.
 * @param text of a text/calendar part.
 */
export function calendarLine(text: string): string {
  const fields = new Map<string, string>()
  let inEvent = false
  for (const line of unfolded(text)) {
    if (line === 'BEGIN:VEVENT') inEvent = true
    if (line === 'END:VEVENT') break
    const match = /^(SUMMARY|DTSTART|DTEND|LOCATION)(;[^:"]{0,200})?:(.*)$/.exec(line)
    if (inEvent && match?.[1] && !fields.has(match[1]))
      fields.set(match[1], shown(match[1], match[2] ?? '', match[3] ?? ''))
  }
  const time = [fields.get('DTSTART'), fields.get('DTEND')].filter(Boolean).join(' – ')
  return [fields.get('SUMMARY'), time, fields.get('LOCATION')].filter(Boolean).join(', ')
}

function unfolded(text: string): string[] {
  return text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/, 2_000)
}

function shown(name: string, parameters: string, value: string): string {
  if (name.startsWith('DT')) return shownTime(parameters, value.trim())
  return value
    .replace(/\\n/gi, ' ')
    .replace(/\\([,;\\])/g, '$1')
    .trim()
    .slice(0, 500)
}

function shownTime(parameters: string, value: string): string {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$/.exec(value)
  if (!match) return value.slice(0, 40)
  const [, year, month, day, hour, minute, utc] = match
  const zone = utc ? ' UTC' : /;TZID=([^;:]{1,80})/i.exec(parameters)?.[1]
  const time = hour === undefined ? '' : ` ${hour}:${minute}${utc ? zone : zone ? ` ${zone}` : ''}`
  return `${year}-${month}-${day}${time}`
}

/** The words of text/enriched (RFC 1896) or text/richtext (RFC 1341). */
export function enrichedText(text: string): string {
  return text
    .replace(/<nl>/gi, '\n')
    .replace(/<param>[^<]{0,200}<\/param>/gi, '')
    .replace(/<<|<[^<>]{0,64}>/g, (tag) => (tag === '<<' ? '<' : ''))
    .trim()
}
