// Recipients in reports that are plain text, line by line.
import type { FoundRecipient } from './bounce-types.ts'
import { type Recogniser, recognisers } from './recognisers.ts'
import { addressIn } from './report-address.ts'

/** Recipients kept of one report. */
export const maxRecipients = 200
/** Lines kept of what is said of one recipient. */
const maxLinesSaid = 25
const maxLine = 1_000

/** What may stand before a recipient: a reply code, indentation, bullets, quotes, what transcripts are marked with. */
const before = /^(?:[45]\d\d[ -])?[\s>*"'<[(-]{0,40}/
/** What may follow a recipient on its line; anything else is a sentence that happens to begin with an address. */
const afterRecipient =
  /^(?:$|[:<(,;"'>)\]]|\s{2}|\t|\s?\.\.|\s{1,4}(?:$|[<(:-]|on\b|invalid\b|error\b|unknown\b))/i
/** Lines about whom to ask are no recipients. */
const aboutOthers =
  /\b(?:contact|assistance|reply to|sender:|from:|sent by|return-path|message sent|write to|e-mail to|send mail)/i

/** What a report above its returned mail says of the recipients, by the first row that is recognised and finds any. */
export function readFreeText(
  lines: readonly string[],
  looksLikeReport: boolean,
): { recogniser: Recogniser; recipients: FoundRecipient[] } | undefined {
  const text = `\n${lines.join('\n')}`.toLowerCase()
  for (const recogniser of recognisers) {
    if (!recogniser.alone && !looksLikeReport) continue
    if (!recogniser.signs.some((sign) => text.includes(sign))) continue
    const recipients = recipientsAfter(lines, recogniser, text)
    if (recipients.length > 0) return { recogniser, recipients }
  }
  return undefined
}

function recipientsAfter(lines: readonly string[], recogniser: Recogniser, text: string): FoundRecipient[] {
  const action = recogniser.delayed?.some((phrase) => text.includes(phrase)) ? 'delayed' : undefined
  const found = new Map<string, { address: string; said: string[] }>()
  let listed = recogniser.after.includes('')
  let open: { address: string; said: string[] } | undefined
  for (const whole of lines) {
    const line = whole.slice(0, maxLine)
    const phrase = phraseIn(line, recogniser.after)
    const address = phrase === undefined ? undefined : addressIn(line.slice(phrase))
    if (phrase !== undefined) listed = true
    const named = address ?? (listed && !recogniser.sameLine ? addressOfLine(line) : undefined)
    if (named && !aboutOthers.test(line.slice(0, line.indexOf(named)))) {
      const key = named.toLowerCase()
      open = found.get(key) ?? { address: named, said: [] }
      if (found.size < maxRecipients) found.set(key, open)
    }
    if (open && open.said.length < maxLinesSaid) open.said.push(line.trim())
  }
  const rest = found.size === 1 ? lines.slice(0, 200).join('\n').slice(0, 4_000) : ''
  return [...found.values()].map(({ address, said }) => ({
    address,
    action,
    status: undefined,
    diagnostic: said.join('\n'),
    context: rest,
  }))
}

/** Where the words after the first of the phrases begin. */
function phraseIn(line: string, phrases: readonly string[]): number | undefined {
  const lower = line.toLowerCase()
  for (const phrase of phrases) {
    const at = phrase === '' ? -1 : lower.indexOf(phrase)
    if (at >= 0) return at + phrase.length
  }
  return undefined
}

/** The address that a line begins with; what follows must not read as a sentence about something else. */
function addressOfLine(line: string): string | undefined {
  const rest = line.slice(before.exec(line)?.[0].length ?? 0)
  const address = addressIn(rest)
  return address && rest.startsWith(address) && afterRecipient.test(rest.slice(address.length))
    ? address
    : undefined
}

/** What the text above the returned mail says of one address: the paragraph it stands in. */
export function saidOf(address: string, lines: readonly string[]): string {
  const wanted = address.toLowerCase()
  const at = lines.findIndex((line) => line.toLowerCase().includes(wanted))
  if (at < 0) return ''
  const said: string[] = []
  for (const line of lines.slice(at, at + maxLinesSaid)) {
    if (said.length > 0 && line.trim() !== '' && isAnother(line, wanted)) break
    said.push(line.slice(0, maxLine).trim())
  }
  return said.join('\n')
}

function isAnother(line: string, wanted: string): boolean {
  const other = addressOfLine(line)
  return other !== undefined && other.toLowerCase() !== wanted
}
