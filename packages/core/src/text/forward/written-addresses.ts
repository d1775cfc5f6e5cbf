// Addresses as mail programs write them for people to read: `Ada <a@b>`, `Ada [mailto:a@b]`, `Ada (a@b)`, `a@b`.
import { isUsableAddress, maxAddressLength, normalAddress } from '../../inbound/addresses.ts'
import type { MailAddress } from '../../inbound/mail-address.ts'

/** Letters of one field that are read. */
const maxRead = 50_000
/** People in one field. */
const maxPeople = 500
/** Letters of a name. */
const maxName = 500
/** Letters between brackets that may be an address with its link. */
const maxBracketed = 2 * maxAddressLength + 20
const brackets: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ['[', ']'],
  ['(', ')'],
  ['＜', '＞'],
  ['《', '》'],
])
const aroundAddress = new Set('"\'`“”„‘’«»,;:<>()[]{}|*_\\ \t\u00a0\u3000、，；：＜＞（）')

interface Found {
  readonly address: string
  readonly bracketed: boolean
  readonly start: number
  readonly end: number
}

/** Who a From line names: one person whose address is sure, or the addresses it may be (possibly none). */
export type WrittenSender =
  | { readonly sure: true; readonly from: MailAddress }
  | { readonly sure: false; readonly candidates: readonly MailAddress[] }

/**
 * The one sender in the value of a From line. An address in brackets goes before one in the name, as in a header
 * (RFC 5322 §3.4); two different ones leave it open.
 */
export function senderIn(value: string): WrittenSender {
  const text = value.slice(0, maxRead)
  const found = addressesIn(text)
  const bracketed = found.filter((one) => one.bracketed)
  const distinct = distinctOf(bracketed.length > 0 ? bracketed : found)
  const [only, ...others] = distinct
  if (only && others.length === 0) {
    return { sure: true, from: { name: nameIn(text, only), address: only.address } }
  }
  return { sure: false, candidates: distinct.map(({ address }) => ({ name: '', address })) }
}

/** The people in the value of a To or Cc line; those without a visible address have address ''. */
export function peopleIn(value: string): MailAddress[] {
  const people: MailAddress[] = []
  for (const piece of piecesOf(value.slice(0, maxRead))) {
    if (people.length === maxPeople) break
    const sender = senderIn(piece)
    if (sender.sure) people.push(sender.from)
    else if (sender.candidates.length > 0) people.push(...sender.candidates)
    else if (cleanName(piece) !== '') people.push({ name: cleanName(piece), address: '' })
  }
  return people
}

function distinctOf(found: readonly Found[]): Found[] {
  const seen = new Set<string>()
  return found.filter(({ address }) => {
    const normal = normalAddress(address)
    return !seen.has(normal) && seen.add(normal)
  })
}

/** Addresses outside of quoted names; when there are none, those inside. */
function addressesIn(text: string): Found[] {
  const found = scan(text, quotedSpans(text))
  return found.length > 0 ? found : scan(text, [])
}

type Span = readonly [start: number, end: number]

/** Names between double quotes, which may hold anything. */
function quotedSpans(text: string): Span[] {
  const spans: Span[] = []
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = text.indexOf('"', start + 1)
    if (end < 0) break
    spans.push([start, end])
    start = text.indexOf('"', end + 1)
  }
  return spans
}

function scan(text: string, quoted: readonly Span[]): Found[] {
  const found: Found[] = []
  let span = 0
  for (let at = 0; at < text.length; at += 1) {
    while (quoted[span] && (quoted[span] as Span)[1] < at) span += 1
    const [start, end] = quoted[span] ?? [Number.POSITIVE_INFINITY, 0]
    if (at >= start) {
      at = end
      continue
    }
    const one = bracketedAt(text, at) ?? bareAt(text, at, found.at(-1)?.end ?? 0)
    if (!one) continue
    found.push(one)
    at = one.end - 1
  }
  return found
}

/** `<a@b>`, `[mailto:a@b]`, `<mailto:a@b>` and `<a@b<mailto:a@b>>`. */
function bracketedAt(text: string, at: number): Found | null {
  const closing = brackets.get(text[at] as string)
  if (!closing) return null
  const inside = text.slice(at + 1, at + maxBracketed)
  const end = inside.indexOf(closing)
  if (end < 0) return null
  const [first = ''] = inside.slice(0, end).split('<')
  const address = bare(first)
  if (!isUsableAddress(address)) return null
  let after = at + 1 + end + 1
  while (text[after] === closing) after += 1
  return { address, bracketed: true, start: at, end: after }
}

/** An address around the `@` at this place, not reaching back before `from`. */
function bareAt(text: string, at: number, from: number): Found | null {
  if (text[at] !== '@') return null
  let start = at
  while (start > from && at - start < maxAddressLength && isPartOfAddress(text[start - 1])) start -= 1
  let end = at + 1
  while (end < text.length && end - at < maxAddressLength && isPartOfAddress(text[end])) end += 1
  while (end > at && text[end - 1] === '.') end -= 1
  // `a@b@c` is none.
  if (text[start - 1] === '@' || text[end] === '@') return null
  const address = bare(text.slice(start, end))
  // A name alone is not a domain: `@team`, `me@work`.
  return isUsableAddress(address) && address.includes('.', address.indexOf('@'))
    ? { address, bracketed: false, start, end }
    : null
}

function isPartOfAddress(letter: string | undefined): boolean {
  return letter !== undefined && letter !== '@' && !aroundAddress.has(letter) && !/\s/.test(letter)
}

function bare(text: string): string {
  const address = trimmed(text)
  return address.toLowerCase().startsWith('mailto:') ? trimmed(address.slice(7)) : address
}

/** What stands around the address; '' when that is only the address again. */
function nameIn(text: string, { start, end, address }: Found): string {
  const before = cleanName(text.slice(0, start))
  const name = before === '' ? cleanName(text.slice(end)) : before
  return normalAddress(address) === normalAddress(name) ? '' : name
}

function cleanName(text: string): string {
  return trimmed(text.slice(0, maxName).replace(/\s+/g, ' ')).replace(/\\(["\\])/g, '$1')
}

function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && aroundAddress.has(text[from] as string)) from += 1
  while (to > from && aroundAddress.has(text[to - 1] as string)) to -= 1
  return text.slice(from, to)
}

/** A list parted at semicolons when it has any, as Outlook writes, else at commas; never within quotes or brackets. */
function piecesOf(list: string): string[] {
  const bySemicolon = partedAt(list, /[;；]/)
  return bySemicolon.length > 1 ? bySemicolon : partedAt(list, /[,，、]/)
}

function partedAt(list: string, separator: RegExp): string[] {
  const pieces: string[] = []
  let start = 0
  let closing = ''
  for (let at = 0; at < list.length; at += 1) {
    const letter = list[at] as string
    if (closing !== '') {
      if (letter === closing) closing = ''
    } else if (letter === '"' || letter === '<' || letter === '[' || letter === '(') {
      closing = letter === '"' ? '"' : (brackets.get(letter) as string)
    } else if (separator.test(letter)) {
      pieces.push(list.slice(start, at))
      start = at + 1
    }
  }
  pieces.push(list.slice(start))
  return pieces.filter((piece) => piece.trim() !== '')
}
