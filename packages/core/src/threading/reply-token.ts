// The signed word that brings an answer back to its ticket: in the Reply-To address, and in our Message-IDs.
//
//   t1.<ticket number>.<role><nonce>.<mac>      role: `p` public, `i` internal; lower-case base32 throughout
//
// A token says which ticket, never who may write to it: the sender is still checked against the ticket.
// A wrong mac is no evidence at all, and never a reason to drop a mail.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

export type TokenRole = 'public' | 'internal'

export interface ReplyToken {
  /** The ticket's human number, as decimal text. */
  readonly ticketNumber: string
  readonly role: TokenRole
  /** Names the one outgoing mail that carried the token. */
  readonly nonce: string
}

/** Characters of base32 in a nonce: 40 random bits. */
export const nonceLength = 8
/** Characters of base32 in the mac: 100 bits. */
const macLength = 20
const base32 = 'abcdefghijklmnopqrstuvwxyz234567'
const roleLetters = { public: 'p', internal: 'i' } as const
const tokenPattern = /^t1\.([1-9][0-9]{0,17})\.([pi])([a-z2-7]{8})\.([a-z2-7]{20})$/
/** Characters of the longest token: `t1.`, 18 digits, a dot, role and nonce, a dot, the mac. */
export const maxTokenLength = 3 + 18 + 1 + 1 + nonceLength + 1 + macLength
/** RFC 5321 §4.5.3.1.1. */
const maxLocalPart = 64
/** RFC 5321 §4.5.3.1: a local part, the @ and a domain. Longer words are not searched, which could take quadratic time. */
const maxAddressLength = maxLocalPart + 1 + 255

/** Writes the token with the first key of the ring. @throws RangeError when the ring is empty. */
export function signReplyToken(token: ReplyToken, keys: readonly string[]): string {
  const [key] = keys
  if (!key) throw new RangeError('no key to sign reply tokens with')
  const word = `t1.${token.ticketNumber}.${roleLetters[token.role]}${token.nonce}`
  return `${word}.${macOf(word, key)}`
}

/** Reads a token, in any letter case; undefined unless one of the keys made it. Constant time over the mac. */
export function verifyReplyToken(text: string, keys: readonly string[]): ReplyToken | undefined {
  const lower = text.toLowerCase()
  const match = tokenPattern.exec(lower)
  if (!match) return undefined
  const [, ticketNumber = '', role, nonce = '', mac = ''] = match
  const word = lower.slice(0, lower.length - mac.length - 1)
  // Every key is tried, so that the time does not tell which one fitted.
  const fits = keys.map((key) => timingSafeEqual(Buffer.from(macOf(word, key)), Buffer.from(mac)))
  return fits.includes(true) ? { ticketNumber, role: role === 'i' ? 'internal' : 'public', nonce } : undefined
}

/** `support+<token>@example.org`, or `<token>@<catchAllDomain>` where there is one; undefined when the local part would grow over 64 octets (RFC 5321 §4.5.3.1.1). */
export function tokenAddress(
  mailboxAddress: string,
  token: string,
  catchAllDomain: string | null = null,
): string | undefined {
  return catchAllDomain === null
    ? wordAddress(mailboxAddress, token)
    : wordAddress(`@${catchAllDomain}`, token)
}

/** The same for any word: `support+word@domain`, or `word@domain` when nothing stands before the @. */
export function wordAddress(mailboxAddress: string, token: string): string | undefined {
  const at = mailboxAddress.lastIndexOf('@')
  const local = at === 0 ? token : `${mailboxAddress.slice(0, at)}+${token}`
  return Buffer.byteLength(local) <= maxLocalPart ? `${local}${mailboxAddress.slice(at)}` : undefined
}

/** A whole local part that has the shape of a token. */
const bareToken = /^(t1\.[1-9][0-9]{0,17}\.[pi][a-z2-7]{8}\.[a-z2-7]{20})@[^@]+$/i

/** The token-like word of a sub-address (`left+word@domain`) or at a domain of its own (`word@domain`), unverified; undefined when there is none. */
export function tokenOfAddress(address: string): string | undefined {
  if (address.length > maxAddressLength) return undefined
  // regex-bounded: at most maxAddressLength characters
  return /\+(t1\.[^@]+)@[^@]+$/i.exec(address)?.[1] ?? bareToken.exec(address)?.[1]
}

/** The token-like word that `text` begins with, unverified; undefined when it begins with something else. */
export function tokenAtStart(text: string): string | undefined {
  return /^t1\.[1-9][0-9]{0,17}\.[pi][a-z2-7]{8}\.[a-z2-7]{20}/.exec(text)?.[0]
}

/** Message-ID left side of an own mail; see `tokenOfMessageId`. */
export function tokenMessageId(token: string, domain: string): string {
  return `${token}@${domain}`
}

/** The token-like word of a Message-ID of ours, unverified; undefined when it has not the shape. */
export function tokenOfMessageId(id: string): string | undefined {
  return /^(t1\.[^@]+)@[^@]+$/i.exec(id)?.[1]
}

function macOf(word: string, key: string): string {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'maildesk reply token v1', 32))
  const digest = createHmac('sha256', derived).update(word).digest()
  return Array.from(toFiveBits(digest), (value) => base32[value])
    .slice(0, macLength)
    .join('')
}

function* toFiveBits(bytes: Uint8Array): Generator<number> {
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      yield (held >> bits) & 31
    }
    held &= (1 << bits) - 1
  }
}
