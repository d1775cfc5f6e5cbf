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
  const read = lines.map(lineRead)
  for (const recogniser of recognisers) {
    if (!recogniser.alone && !looksLikeReport) continue
    if (!recogniser.signs.some((sign) => text.includes(sign))) continue
    const recipients = recipientsAfter(read, recogniser, text)
    if (recipients.length > 0) return { recogniser, recipients }
  }
  return undefined
}

/** True when the text has the words of a program that reports, other than those that people use as well. */
export function namesProgram(lines: readonly string[]): boolean {
  const text = `\n${lines.join('\n')}`.toLowerCase()
  return recognisers.some(({ name, signs }) => name !== 'any' && signs.some((sign) => text.includes(sign)))
}

/** A line, read once for all rows of the table. */
interface Line {
  readonly text: string
  readonly lower: string
  /** The address that it begins with. */
  readonly address: string | undefined
}

function lineRead(whole: string): Line {
  const text = withFirstRecipient(whole.slice(0, maxLine))
  return { text, lower: text.toLowerCase(), address: text.includes('@') ? addressOfLine(text) : undefined }
}

/** `<final> (expanded from <first>): …` of Postfix: whom we wrote to stands in the brackets, and is put in front. */
function withFirstRecipient(line: string): string {
  const at = line.indexOf('(expanded from')
  const first = at < 0 ? undefined : addressIn(line.slice(at))
  const end = first ? line.indexOf(')', at) : -1
  return first && end > 0 && addressOfLine(line) ? `<${first}>${line.slice(end + 1)}` : line
}

function recipientsAfter(lines: readonly Line[], recogniser: Recogniser, text: string): FoundRecipient[] {
  const action = recogniser.delayed?.some((phrase) => text.includes(phrase)) ? 'delayed' : undefined
  const found = new Map<string, { address: string; said: string[] }>()
  let listed = recogniser.after.includes('')
  let open: { address: string; said: string[] } | undefined
  for (const line of lines) {
    const phrase = phraseIn(line.lower, recogniser.after)
    const address = phrase === undefined ? undefined : addressIn(line.text.slice(phrase))
    if (phrase !== undefined) listed = true
    const named = address ?? (listed && !recogniser.sameLine ? line.address : undefined)
    if (named && !aboutOthers.test(line.text.slice(0, line.text.indexOf(named)))) {
      const key = named.toLowerCase()
      open = found.get(key) ?? { address: named, said: [] }
      if (found.size < maxRecipients) found.set(key, open)
    }
    if (open && open.said.length < maxLinesSaid) open.said.push(line.text.trim())
  }
  const rest =
    found.size === 1
      ? lines
          .slice(0, 200)
          .map(({ text: one }) => one)
          .join('\n')
          .slice(0, 4_000)
      : ''
  return [...found.values()].map(({ address, said }) => ({
    address,
    action,
    status: undefined,
    diagnostic: reasonGiven(said) ?? said.join('\n'),
    context: reasonGiven(said) === undefined ? rest : `${said.join('\n')}\n${rest}`,
  }))
}

/** Lines of a reason that sendmail gives in brackets: `(reason: 553 …)`. */
const maxReasonLines = 4

/** The answer itself, where a report sets it apart from what it makes of it (sendmail adds `User unknown` of its own). */
function reasonGiven(said: readonly string[]): string | undefined {
  const at = said.findIndex((line) => line.startsWith('(reason: '))
  if (at < 0) return undefined
  const lines = said.slice(at, at + maxReasonLines)
  const end = lines.findIndex((line) => line.endsWith(')'))
  return end < 0
    ? undefined
    : lines
        .slice(0, end + 1)
        .join('\n')
        .slice('(reason: '.length, -1)
}

/** Where the words after the first of the phrases begin. */
function phraseIn(lower: string, phrases: readonly string[]): number | undefined {
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

/** UTF-16 units in which what is said of an address is looked for. */
const maxLookedAt = 64 * 1024

/** Tells what the text above the returned mail says of an address: the paragraph it stands in; '' when it is not named. */
export function paragraphsOf(lines: readonly string[]): (address: string) => string {
  let length = 0
  const lower: string[] = []
  for (const line of lines) {
    length += line.length
    if (length > maxLookedAt) break
    lower.push(line.toLowerCase())
  }
  return (address) => {
    const wanted = address.toLowerCase()
    const at = lower.findIndex((line) => line.includes(wanted))
    return at < 0 ? '' : paragraphAt(lines, at, wanted)
  }
}

function paragraphAt(lines: readonly string[], at: number, wanted: string): string {
  const said: string[] = []
  for (const line of lines.slice(at, at + maxLinesSaid)) {
    if (said.length > 0 && line.trim() !== '' && isAnother(line.slice(0, maxLine), wanted)) break
    said.push(line.slice(0, maxLine).trim())
  }
  return said.join('\n')
}

function isAnother(line: string, wanted: string): boolean {
  const other = addressOfLine(line)
  return other !== undefined && other.toLowerCase() !== wanted
}
