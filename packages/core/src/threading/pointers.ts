// What in a mail points to a ticket, before anything is looked up. Strongest first.
// Never used: Thread-Index and Thread-Topic, numbers in the body.

import type { Rfc822Id } from '../ids.ts'
import { headerValues, type ParsedEmail } from '../inbound/parsed-email.ts'
import { databaseText } from '../text/database-text.ts'
import { baseSubject, ticketNumberIn } from '../text/subject.ts'
import type { EvidenceRank } from './evidence-rank.ts'
import {
  maxTokenLength,
  tokenAtStart,
  tokenOfAddress,
  tokenOfMessageId,
  verifyReplyToken,
} from './reply-token.ts'

/** One thing to look up: a ticket by its number, or a stored mail by its Message-ID. */
export type Pointer = { readonly rank: EvidenceRank; readonly matched: string } & (
  | {
      readonly by: 'token'
      readonly ticketNumber: string
      readonly nonce: string
      readonly internal: boolean
    }
  | { readonly by: 'message-id'; readonly rfc822Id: Rfc822Id }
  /** A mail that messages of ours refer to as well, seen or not. */
  | { readonly by: 'ancestor'; readonly rfc822Id: Rfc822Id }
  /** The mail itself, which messages of ours refer to: it comes after its answers. */
  | { readonly by: 'answered'; readonly rfc822Id: Rfc822Id }
  | { readonly by: 'number'; readonly ticketNumber: string }
  /** The subject without prefixes, to be found among the sender's own late tickets. */
  | { readonly by: 'subject'; readonly subject: string }
)

/** Fields in which servers note whom a mail was really for. */
const deliveryFields = [
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-envelope-to',
  'x-forwarded-to',
  'bcc',
  'resent-to',
  'resent-cc',
]
/** UTF-16 units kept of a subject that matched. */
const maxMatched = 100
/** Pointers looked up for one mail. */
const maxPointers = 60
/** Of them, mails that others of ours may refer to as well. */
const maxAncestors = 20
/** Places in a body that are looked at for a token. */
const maxBodyTokens = 200
/** UTF-16 units of one delivery field that are read. */
const maxFieldLength = 10_000
/** Recipient addresses read for tokens. */
const maxRecipients = 200

/** Every address the mail was for, by its visible and its delivery fields; as written, bounded. */
export function recipientAddresses(email: ParsedEmail): string[] {
  const visible = [...email.to, ...email.cc].map(({ address }) => address)
  const delivered = deliveryFields.flatMap((name) => headerValues(email, name)).flatMap(addressesIn)
  return [...new Set([...delivered, ...visible])].filter(Boolean).slice(0, maxRecipients)
}

/** Words with an @ inside. Split, not matched: an expression for whole addresses takes quadratic time on a hostile field. */
function addressesIn(value: string): string[] {
  return value
    .slice(0, maxFieldLength)
    .split(/[\s<>,;:"()]/)
    .filter((word) => /.@./.test(word))
}

/** The pointers of one mail. A token that no key verifies is no pointer. */
export function pointersOf(email: ParsedEmail, tokenKeys: readonly string[]): Pointer[] {
  const pointers: Pointer[] = []
  const addToken = (rank: EvidenceRank, text: string | undefined, matched: string) => {
    const token = text === undefined ? undefined : verifyReplyToken(text, tokenKeys)
    if (token)
      pointers.push({
        rank,
        matched,
        by: 'token',
        ticketNumber: token.ticketNumber,
        nonce: token.nonce,
        internal: token.role === 'internal',
      })
  }
  for (const address of recipientAddresses(email)) addToken('E1', tokenOfAddress(address), address)
  const nearestFirst = [...email.references].reverse()
  for (const id of [...email.inReplyTo, ...nearestFirst]) addToken('E2', tokenOfMessageId(id), id)
  for (const token of tokensIn([email.text, email.html ?? ''])) addToken('E3', token, 'body')
  for (const id of email.inReplyTo) pointers.push({ rank: 'E4', matched: id, by: 'message-id', rfc822Id: id })
  for (const id of nearestFirst) {
    if (!email.inReplyTo.includes(id))
      pointers.push({ rank: 'E5', matched: id, by: 'message-id', rfc822Id: id })
  }
  const ancestors = [...new Set([...email.inReplyTo, ...nearestFirst])].slice(0, maxAncestors)
  for (const id of ancestors) pointers.push({ rank: 'E6', matched: id, by: 'ancestor', rfc822Id: id })
  const own = email.messageId
  if (own) pointers.push({ rank: 'E6', matched: own, by: 'answered', rfc822Id: own })
  const strong = pointers.slice(0, maxPointers - 2)
  const number = ticketNumberIn(email.subject)
  if (number) strong.push({ rank: 'E7', matched: `[#${number}]`, by: 'number', ticketNumber: number })
  const subject = baseSubject(email.subject)
  if (subject) strong.push({ rank: 'E8', matched: databaseText(subject, maxMatched), by: 'subject', subject })
  return strong
}

/** How many words stand where our tokens stand and look like one, but no key of ours made them: guesses, or damage. */
export function countBadTokens(email: ParsedEmail, tokenKeys: readonly string[]): number {
  const words = [
    ...recipientAddresses(email).map(tokenOfAddress),
    ...[...email.inReplyTo, ...email.references].slice(0, maxPointers).map(tokenOfMessageId),
  ]
  const bad = words.filter((word) => word !== undefined && !verifyReplyToken(word, tokenKeys))
  return new Set(bad).size
}

/** Words of the bodies that have the shape of a token, each once; as many as an answer to an answer may hold. */
function tokensIn(bodies: readonly string[]): string[] {
  const found = new Set<string>()
  let looked = 0
  for (const body of bodies) {
    for (let at = body.indexOf('t1.'); at >= 0 && looked < maxBodyTokens; at = body.indexOf('t1.', at + 1)) {
      const word = tokenAtStart(body.slice(at, at + maxTokenLength))
      if (word) found.add(word)
      looked += 1
    }
  }
  return [...found]
}
