// Address lists of header fields (RFC 5322 §3.4), as sent: malformed ones are kept as far as they say anything. What an
// address is never depends on what an encoded word or a quoted name says beside it.
import { isAscii } from 'node:buffer'
import { domainToASCII } from 'node:url'
import type { MailAddress, MailWarning } from '@maildesk/core'
import { type AddressToken, addressTokens } from './address-tokens.ts'
import { decodeWords } from './decode-words.ts'

/** UTF-16 units of one field that are looked at. */
const maxFieldLength = 256 * 1024
/** UTF-16 units of a domain that is looked at (RFC 1035 §2.3.4). */
const maxDomainLength = 255

export interface AddressList {
  readonly addresses: MailAddress[]
  /** True when the field held more than was kept. */
  readonly truncated: boolean
}

interface Mailbox extends MailAddress {
  /** Whether it stood in angle brackets. */
  readonly bracketed: boolean
}

/**
 * The addresses of one field, groups flattened, at most `limit`; commas and semicolons separate. A name without an
 * address is kept when the field has no address at all. Never throws; linear in the length.
 * @param warn hears of names whose character set is not what it says.
 */
export function parseAddresses(
  value: string,
  limit: number,
  warn?: (warning: MailWarning) => void,
): AddressList {
  const read = value.slice(0, maxFieldLength)
  const found: Mailbox[] = []
  let truncated = read.length < value.length
  // Names alone may be parts of names with a comma inside; they are given up below.
  const most = limit * 4
  for (const mailbox of mailboxesOf(read, warn)) {
    if (found.length === most) {
      truncated = true
      break
    }
    found.push(mailbox)
  }
  const joined = withCommasInNames(found)
  const withAddress = joined.filter(({ address }) => address !== '')
  const kept = (withAddress.length > 0 ? withAddress : joined).map(({ name, address }) => ({
    name,
    address: withAsciiDomain(address),
  }))
  return { addresses: kept.slice(0, limit), truncated: truncated || kept.length > limit }
}

/**
 * The domain as DNS knows it (RFC 5891 §5): a name in other letters is the same domain as its A-label, and one that only
 * looks alike is another. A domain that is none stays as sent.
 */
function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  if (at < 0 || domain.length > maxDomainLength || isAscii(Buffer.from(domain))) return address
  const ascii = domainToASCII(domain)
  return ascii.split('.').includes('') ? address : address.slice(0, at + 1) + ascii
}

/** `Doe, Jane <jane@…>`: a name without an address before one in brackets is the beginning of its name. */
function withCommasInNames(mailboxes: readonly Mailbox[]): Mailbox[] {
  const joined: Mailbox[] = []
  let names: string[] = []
  for (const mailbox of mailboxes) {
    if (mailbox.address === '' && !mailbox.bracketed) {
      names.push(mailbox.name)
      continue
    }
    if (mailbox.bracketed && mailbox.name !== '') names.push(mailbox.name)
    else joined.push(...names.map(nameAlone))
    const name = mailbox.bracketed && mailbox.name !== '' ? names.join(', ') : mailbox.name
    joined.push({ ...mailbox, name })
    names = []
  }
  return [...joined, ...names.map(nameAlone)]
}

function nameAlone(name: string): Mailbox {
  return { name, address: '', bracketed: false }
}

function* mailboxesOf(value: string, warn?: (warning: MailWarning) => void): Generator<Mailbox> {
  let parts: AddressToken[] = []
  for (const token of addressTokens(value)) {
    // A second address in brackets lacks the comma before it.
    const isSecond = token.kind === 'angle' && parts.some(({ kind }) => kind === 'angle')
    const ends = token.kind === 'separator' || token.kind === 'group-end'
    if (ends || isSecond) {
      yield* mailboxOf(parts, warn)
      parts = []
    }
    if (token.kind === 'colon') parts = []
    else if (!ends) parts.push(token)
  }
  yield* mailboxOf(parts, warn)
}

type Word = Extract<AddressToken, { kind: 'word' }>

function mailboxOf(parts: readonly AddressToken[], warn?: (warning: MailWarning) => void): Mailbox[] {
  const angle = parts.find((part) => part.kind === 'angle')
  const comments = parts.flatMap((part) => (part.kind === 'comment' ? [part.text] : []))
  const words = joinedAtSigns(parts.flatMap((part) => (part.kind === 'word' ? [part] : [])))
  const bare = angle ? undefined : bareAddress(words)
  const nameWords = bare ? words.filter((word) => word !== bare) : words
  const said = nameWords.map(({ text }) => text).join(' ')
  const address = angle ? addressIn(angle.content) : bare ? plainAddress(bare.raw) : ''
  const name = nameOf(said === '' && address !== '' ? comments.join(' ') : said, warn)
  if (address === '' && !angle) {
    // `Jane (jane@example.org)`: old programs wrote name and address the wrong way round.
    const swapped = comments.map((comment) => comment.trim()).find(isPlain)
    if (swapped !== undefined) return [{ name: nameOf(said, warn), address: swapped, bracketed: true }]
  }
  return name === '' && address === '' ? [] : [{ name, address, bracketed: angle !== undefined }]
}

/** `jane @ example.org`, also with comments between, is one word. */
function joinedAtSigns(words: readonly Word[]): Word[] {
  const joined: Word[] = []
  for (const word of words) {
    const last = joined.at(-1)
    const belongs =
      last && (word.raw.startsWith('@') || last.raw.endsWith('@')) && !last.raw.slice(0, -1).includes('@')
    if (last && belongs) {
      joined[joined.length - 1] = { ...last, text: last.text + word.text, raw: last.raw + word.raw }
    } else joined.push(word)
  }
  return joined
}

/** Of words without brackets the last that can be an address; a quoted one when it is nothing else. */
function bareAddress(words: readonly Word[]): Word | undefined {
  return words.findLast(({ raw, quoted, text }) =>
    quoted && raw.endsWith('"')
      ? words.length === 1 && isPlain(text)
      : raw.includes('@') || isEncodedAddress(raw),
  )
}

function isEncodedAddress(raw: string): boolean {
  return hasEncodedWord(raw) && isPlain(decodeWords(raw))
}

function isPlain(text: string): boolean {
  return text.length <= 1_000 && /^[^\s@<>"(),;:]+@[^\s@<>"(),;:]+$/.test(text)
}

function hasEncodedWord(text: string): boolean {
  return /=\?[^?]{1,64}\?[bq]\?[^?]{0,1000}\?=/i.test(text)
}

/** What stands in brackets, without comments, route (RFC 5322 §4.4) and white space around dots and @. */
function addressIn(content: string): string {
  const route = content.trimStart().startsWith('@') ? content.indexOf(':') : -1
  const spec = content.slice(route + 1)
  const words: string[] = []
  for (const token of addressTokens(spec)) if (token.kind === 'word') words.push(token.raw)
  return plainAddress(words.join(' ').replace(/ ?([@.]) ?/g, '$1'))
}

/** RFC 2047 §5 forbids encoded words in an address; one that decodes to a plain address is understood, others are not. */
function plainAddress(raw: string): string {
  if (hasEncodedWord(raw)) {
    const decoded = decodeWords(raw)
    return isPlain(decoded) ? decoded : ''
  }
  const bare = raw.trim().replace(/^mailto:/i, '')
  const unquoted = /^(['"])(.{0,1000})\1$/s.exec(bare)?.[2]
  return unquoted !== undefined && isPlain(unquoted) ? unquoted : bare
}

function nameOf(text: string, warn?: (warning: MailWarning) => void): string {
  const decoded = decodeWords(text, warn).replace(/\s+/g, ' ')
  const name = decoded.replace(/\p{Cc}/gu, '').trim()
  const unquoted = /^(["'])(.*)\1$/s.exec(name)?.[2]
  return unquoted === undefined || unquoted.trim() === '' ? name : unquoted.trim()
}
