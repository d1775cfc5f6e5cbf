// How a forwarded mail opens in a text: with a header block, with the one line of Yandex, with the table of Lotus Notes.
import type { MailAddress } from '../../inbound/mail-address.ts'
import type { HeaderBlock } from '../header-block.ts'
import { lineText } from '../header-block-line.ts'
import { type HeaderBlockField, meaningsOfLabel } from '../header-labels.ts'
import { isDrawn, readMarker } from './forward-markers.ts'
import { peopleIn, senderIn, type WrittenSender } from './written-addresses.ts'
import { readWrittenDate } from './written-date.ts'

/** What stands above the text of a forwarded mail. */
export interface Opening {
  /** The first line of its text. */
  readonly end: number
  readonly sender: WrittenSender
  readonly date: string | null
  readonly dateText: string
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  /** undefined when the opening has no place for it. */
  readonly subject: string | undefined
}

/** Lines after a mark in which the opening has to be over. */
const maxOpening = 24
/** Lines an attribution may be folded over. */
const maxAttribution = 3
/** Lines a program may draw below its header block. */
const maxDrawn = 3

/** The opening that a header block is. `zoneMinutes` as in readWrittenDate. */
export function openingOfBlock(lines: readonly string[], block: HeaderBlock, zoneMinutes: number): Opening {
  const values = new Map<HeaderBlockField, string>(block.fields.map(({ field, value }) => [field, value]))
  const value = (field: HeaderBlockField): string => withoutSemicolon(values.get(field) ?? '')
  return {
    end: afterDrawn(lines, block.end),
    sender: senderIn(value('from')),
    date: readWrittenDate(value('date'), block.languages, zoneMinutes),
    dateText: value('date'),
    to: peopleIn(value('to')),
    cc: peopleIn(value('cc')),
    subject: value('subject'),
  }
}

/** QQ ends its fields with semicolons. */
function withoutSemicolon(value: string): string {
  return value.endsWith(';') ? value.slice(0, -1).trimEnd() : value
}

/** Zoho draws its line a second time below the block. */
function afterDrawn(lines: readonly string[], end: number): number {
  for (let at = end; at < Math.min(lines.length, end + maxDrawn); at += 1) {
    const line = lines[at] ?? ''
    if (
      readMarker(line)?.kind === 'forward' ||
      (isDrawn(line) && lineText(line).replace(/[-=_]/g, '') === '')
    ) {
      return at + 1
    }
    if (lineText(line) !== '') break
  }
  return end
}

/** What follows a mark in the line before `at` without a header block; null when it is none of the known ways. */
export function openingWithoutBlock(
  lines: readonly string[],
  at: number,
  zoneMinutes: number,
): Opening | null {
  const first = skipEmpty(lines, at)
  return attribution(lines, first, zoneMinutes) ?? notesTable(lines, first, zoneMinutes)
}

/** `01.05.2026, 10:00, "Ada" <ada@customer.example>:` */
function attribution(lines: readonly string[], at: number, zoneMinutes: number): Opening | null {
  let text = ''
  for (let count = 0; count < maxAttribution; count += 1) {
    const line = lineText(lines[at + count] ?? '')
    if (line === '') return null
    text = `${text} ${line}`.trim()
    if (!line.endsWith(':')) continue
    return openingOfAttribution(text, at + count + 1, zoneMinutes)
  }
  return null
}

/** The date ends with its time; the name follows. */
function openingOfAttribution(text: string, end: number, zoneMinutes: number): Opening | null {
  const [dateText = ''] = /^.{0,60}?\d{1,2}[:.]\d{2}(?![\d.])/.exec(text) ?? []
  const sender = senderIn(text.slice(dateText.length))
  const date = readWrittenDate(dateText, [], zoneMinutes)
  if (!sender.sure || date === null) return null
  return { end, sender, date, dateText, to: [], cc: [], subject: undefined }
}

/** Name and address, the date below, then `To`, `cc` and `Subject` each above its value. */
function notesTable(lines: readonly string[], at: number, zoneMinutes: number): Opening | null {
  const sender = senderIn(lineText(lines[at] ?? ''))
  if (!sender.sure) return null
  const values = new Map<HeaderBlockField, string>()
  let field: HeaderBlockField = 'date'
  for (let next = at + 1; next < Math.min(lines.length, at + maxOpening); next += 1) {
    const text = lineText(lines[next] ?? '')
    const label = meaningsOfLabel(text)[0]?.field
    if (label) field = label
    else if (text !== '' && !values.has(field)) values.set(field, text)
    if (values.has('subject')) return fromTable(sender, values, next + 1, zoneMinutes)
  }
  return null
}

function fromTable(
  sender: WrittenSender,
  values: ReadonlyMap<HeaderBlockField, string>,
  end: number,
  zoneMinutes: number,
): Opening {
  const dateText = values.get('date') ?? ''
  return {
    end,
    sender,
    date: readWrittenDate(dateText, [], zoneMinutes),
    dateText,
    to: peopleIn(values.get('to') ?? ''),
    cc: peopleIn(values.get('cc') ?? ''),
    subject: values.get('subject'),
  }
}

function skipEmpty(lines: readonly string[], from: number): number {
  let at = from
  while (at < lines.length && at < from + maxOpening && lineText(lines[at] ?? '') === '') at += 1
  return at
}
