// "On Tue, 3 Mar 2026 at 10:00, Ada Lovelace <ada@example.org> wrote:", in any language, over one line or several.
import { beginsLikeAttribution, wroteWords } from './attribution-words.ts'
import { holdsReplyToken } from './boundary-lines.ts'
import { isBlank, type TextLine } from './text-lines.ts'

export interface Attribution {
  /** Index of its first line. */
  readonly from: number
  /** Index of the line after it. */
  readonly to: number
  readonly evidence: string
  /** Sure by itself; others count only above a quoted line. */
  readonly isSure: boolean
}

/** Lines one attribution is wrapped over at most. */
const maxLines = 6
/** UTF-16 units of all of them. */
const maxLength = 500

/** The attribution that ends in line `at`; null when none does. Reads a bounded number of lines above. */
export function attributionEndingAt(lines: readonly TextLine[], at: number): Attribution | null {
  const last = lines[at]
  if (!last || last.quoteDepth > 0 || !endsLikeAttribution(last.trimmed)) return null
  let text = ''
  let best: Attribution | null = null
  for (let from = at; from >= 0 && at - from < maxLines; from -= 1) {
    const line = lines[from] as TextLine
    // Polymail and others put empty lines inside the address, nowhere else.
    if (isBlank(line) && !opensBracketAbove(lines, from)) break
    if (line.quoteDepth > 0) break
    text = `${line.trimmed} ${text}`.trim()
    if (text.length > maxLength) break
    const sure = judge(text)
    if (sure === undefined) continue
    const begins = beginsLikeAttribution(line.trimmed)
    const found = { from, to: at + 1, evidence: text, isSure: sure && (begins || from === at) }
    if (begins && !goesOnAbove(lines[from - 1])) return found
    best ??= found
  }
  return best
}

/** The line above begins as an attribution and does not end as a sentence. */
function goesOnAbove(above: TextLine | undefined): boolean {
  return (
    above !== undefined &&
    !isBlank(above) &&
    above.quoteDepth === 0 &&
    beginsLikeAttribution(above.trimmed) &&
    !/[.!?:]$/.test(above.trimmed.slice(-1))
  )
}

function endsLikeAttribution(text: string): boolean {
  return (
    /[:：]\s*\**$/.test(text.slice(-4)) ||
    text.endsWith('>') ||
    isFramed(text) ||
    gmailDateLine.test(text.slice(0, 40))
  )
}

/** `2016-03-03 17:21 GMT+01:00 Ada Lovelace`: what Gmail wrote for some years, with or without an address. */
const gmailDateLine = /^\d{4}[-/]\d{1,2}[-/]\d{1,2} \d{1,2}:\d{2} (?:GMT|UTC)[+-]\d{2}:\d{2} \S/

function opensBracketAbove(lines: readonly TextLine[], at: number): boolean {
  const above = lines[at - 1]?.trimmed ?? ''
  const below = lines[at + 1]?.trimmed ?? ''
  return (below.startsWith('<') || above.endsWith('<')) && above !== ''
}

/** True: surely one; false: one when a quote follows; undefined: none. */
function judge(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  const hasColon = /[:：]\s*\**$/.test(text.slice(-4))
  const at = text.indexOf('@')
  const hasAddress = at > 0 && /[^\s<>@"]@[^\s<>@"]/.test(text.slice(at - 1, at + 2))
  const hasDate = looksDated(text)
  const word = wroteWords.find((candidate) => hasWord(lower, candidate))
  if (hasColon && holdsReplyToken(text)) return true
  const isAddressed = bracketed.test(text)
  if (hasColon && word && (hasDate || isAddressed)) return isAddressed || beginsLikeAttribution(text)
  if (hasColon && hasDate && hasAddress) return isAddressed && (beginsWithDate(text) || text.length < 200)
  if (hasColon && word) return false
  if (word && isFramed(text)) return true
  if (gmailDateLine.test(text.slice(0, 40)) && text.length < 150) return true
  // Gmail of some years: date, name, address, and nothing else.
  if (hasDate && hasAddress && text.endsWith('>') && beginsWithDate(text)) return false
  return undefined
}

/** A year, a time of day, or day and month as numbers. Texts are short. */
function looksDated(text: string): boolean {
  return (
    /(?<!\d)(?:19|20)\d\d(?!\d)/.test(text) ||
    /(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)/.test(text) ||
    /(?<!\d)\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{2}|\d{4})(?!\d)/.test(text) ||
    /\d{1,2}月\s?\d{1,2}日|\d{1,2}월\s?\d{1,2}일/.test(text)
  )
}

function beginsWithDate(text: string): boolean {
  return /^\W{0,3}\d/.test(text) || looksDated(text.slice(0, 40))
}

/** An address as programs write it beside a name; in prose it stands bare. */
const bracketed = /[<([][^\s<>()[\]]{1,64}@[^\s<>()[\]]{1,200}[\])>]/

/** `---- Ada wrote ----` of Android programs. */
function isFramed(text: string): boolean {
  return text.length < 120 && text.startsWith('--') && text.endsWith('--') && /\p{L}/u.test(text)
}

/** The word, not inside of another; languages without spaces have no borders to look at. */
function hasWord(lower: string, word: string): boolean {
  const at = lower.indexOf(word)
  if (at < 0) return false
  if (!/^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word)) return true
  for (let found = at; found >= 0; found = lower.indexOf(word, found + 1)) {
    const before = lower[found - 1] ?? ' '
    const after = lower[found + word.length] ?? ' '
    if (!/\p{L}/u.test(before) && !/\p{L}/u.test(after)) return true
  }
  return false
}
