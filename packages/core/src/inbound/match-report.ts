// Which mail of ours a report is about, and which of its recipients. Only what nobody else can make up counts: a signed
// token, or a Message-ID of ours whose token a former key made.
import type { OutboundEmailId, Rfc822Id, TicketId } from '../ids.ts'
import { recipientAddresses } from '../threading/pointers.ts'
import { tokenOfAddress, tokenOfMessageId, verifyReplyToken } from '../threading/reply-token.ts'
import { normalAddress } from './addresses.ts'
import type { ParsedEmail } from './parsed-email.ts'
import { readBounce } from './report/bounce.ts'
import { readComplaint } from './report/complaint.ts'
import { readBlocks } from './report/field-blocks.ts'
import { addressIn } from './report/report-address.ts'

export const reportProofs = ['envelope-token', 'signed-id', 'stored-id', 'header-token'] as const
/**
 * What shows that a report is about a mail of ours, the strongest first: the signed address it was sent to, the signed
 * Message-ID of the mail it returns or answers, such an id that no key of today made but which we sent, a signed address
 * in the returned header.
 */
export type ReportProof = (typeof reportProofs)[number]

export type ReportPointer = { readonly matched: string } & (
  | {
      readonly by: Exclude<ReportProof, 'stored-id'>
      readonly nonce: string
      readonly ticketNumber: string
    }
  | { readonly by: 'stored-id'; readonly rfc822Id: Rfc822Id }
)

/** The mail of ours that a report is about. */
export interface ReportedMail {
  readonly by: ReportProof
  readonly matched: string
  readonly outboundEmailId: OutboundEmailId
  /** Where the conversation is now. */
  readonly ticketId: TicketId
  readonly ticketNumber: string
}

/** Pointers looked up for one report. */
const maxPointers = 20
/** UTF-16 units of a returned mail in which its header is looked for. */
const maxHeader = 65_536

/** What in a report points to a mail of ours, the strongest first; empty when nothing proves that we sent it. Pure. */
export function reportPointersOf(email: ParsedEmail, tokenKeys: readonly string[]): ReportPointer[] {
  const pointers: ReportPointer[] = []
  const addToken = (by: Exclude<ReportProof, 'stored-id'>, word: string | undefined, matched: string) => {
    const token = word === undefined ? undefined : verifyReplyToken(word, tokenKeys)
    if (token) pointers.push({ by, matched, nonce: token.nonce, ticketNumber: token.ticketNumber })
  }
  for (const address of recipientAddresses(email))
    addToken('envelope-token', tokenOfAddress(address), address)
  const ids = reportedIds(email)
  for (const id of ids) addToken('signed-id', tokenOfMessageId(id), id)
  for (const id of ids)
    if (tokenOfMessageId(id)) pointers.push({ by: 'stored-id', matched: id, rfc822Id: id as Rfc822Id })
  for (const address of returnedReplyTo(email)) addToken('header-token', tokenOfAddress(address), address)
  return pointers.slice(0, maxPointers)
}

/** Of the returned mail, then those that the report itself answers. Never the References of the returned mail. */
function reportedIds(email: ParsedEmail): string[] {
  const returned = [readBounce(email)?.originalMessageId, readComplaint(email)?.originalMessageId]
  const own = [...email.inReplyTo, ...[...email.references].reverse()]
  return [...new Set([...returned, ...own].filter((id) => typeof id === 'string'))].slice(0, maxPointers)
}

/** Some providers give a mail an id of their own; where answers go they leave alone. */
function returnedReplyTo(email: ParsedEmail): string[] {
  return email.reportParts
    .filter(({ contentType }) => /rfc822|global/.test(contentType))
    .flatMap(({ text }) => readBlocks(text.slice(0, maxHeader))[0]?.get('reply-to') ?? [])
    .flatMap((value) => addressIn(value) ?? [])
    .slice(0, maxPointers)
}

/** Whom one of our mails was sent to. */
export interface ReportedDelivery {
  readonly id: string
  readonly address: string
}

export interface RecipientMatch<Told> {
  readonly delivery: ReportedDelivery
  /** What the report calls the recipient, where that is another address: mail that was forwarded on. */
  readonly reportedAs: string | null
  readonly told: Told
}

/**
 * Finds each reported recipient among those we sent to. A mail with a single recipient can only have failed there, so it
 * matches under any name; among several a name that is none of theirs matches nobody.
 */
export function matchRecipients<Told extends { readonly address: string }>(
  reported: readonly Told[],
  deliveries: readonly ReportedDelivery[],
): { readonly matches: RecipientMatch<Told>[]; readonly strangers: string[] } {
  const matches: RecipientMatch<Told>[] = []
  const strangers: string[] = []
  const single = deliveries.length === 1 ? deliveries[0] : undefined
  for (const told of reported) {
    const names = namesOf(told.address)
    const same = deliveries.find(({ address }) => names.includes(normalAddress(address)))
    const delivery = same ?? single
    if (delivery) matches.push({ delivery, reportedAs: same ? null : told.address, told })
    else strangers.push(told.address)
  }
  return { matches, strangers }
}

/** As written, and with the escapes of ORCPT undone (RFC 3461 §4: xtext, `+2B` for a plus), which some servers leave in. */
function namesOf(reported: string): string[] {
  const bare = reported
    .replace(/^\s{0,9}(?:rfc822|utf-8)\s{0,9};/i, '')
    .replace(/^[\s<]{1,9}|[\s>]{1,9}$/g, '')
  const plain = bare.replace(/\+([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  )
  return [normalAddress(bare), normalAddress(plain)]
}
