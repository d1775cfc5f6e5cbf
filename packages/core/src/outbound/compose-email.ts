// Draft and thread → exact headers and bodies, fixed once. What is stored here is what leaves, however often it is tried.

import type { Rfc822Id } from '../ids.ts'
import { domainOf } from '../inbound/addresses.ts'
import { signReplyToken, tokenAddress, tokenMessageId } from '../threading/reply-token.ts'

/** The mail that is answered. */
export interface AnsweredMail {
  readonly messageId: Rfc822Id | null
  /** Its own References, oldest first. */
  readonly references: readonly Rfc822Id[]
  readonly subject: string
  /** Thread-Index and Thread-Topic of it; attacker's text. */
  readonly threadIndex?: string | null
  readonly threadTopic?: string | null
}

export interface SendingMailbox {
  readonly address: string
  readonly displayName: string
  /** Sub-addresses (`support+word@`) reach this mailbox. */
  readonly subAddressing: boolean
  /** A domain of which every address reaches this mailbox; then sub-addresses are not needed. */
  readonly replyDomain?: string | null
  readonly signature: string
}

export interface Thread {
  readonly ticketNumber: string
  readonly answered: AnsweredMail | null
  /** The ticket's title, for when nothing is answered. */
  readonly title: string
}

/** What makes this one mail unique. */
export interface Stamp {
  readonly nonce: string
  readonly now: Date
  readonly tokenKeys: readonly string[]
}

/** References beyond this many octets are cut from the middle (RFC 5322 §2.1.1 allows 998 a line; receivers choke earlier). */
const maxReferencesOctets = 1500
/** Newest references kept beside the root. */
const maxNewestReferences = 10

/** RFC 5322 §3.6.4: the answered mail's references and its own id; root and newest kept, bounded. */
export function referencesFor(answered: AnsweredMail | null): Rfc822Id[] {
  if (!answered) return []
  const all = [...answered.references, ...(answered.messageId ? [answered.messageId] : [])].filter(
    (id) => octetsOf(id) <= maxReferencesOctets,
  )
  const [root, ...rest] = all.filter((id, index) => all.lastIndexOf(id) === index)
  if (!root) return []
  const kept: Rfc822Id[] = []
  let octets = octetsOf(root)
  for (const id of rest.slice(-maxNewestReferences).reverse()) {
    octets += octetsOf(id)
    if (octets > maxReferencesOctets) break
    kept.unshift(id)
  }
  return [root, ...kept]
}

/** What an id takes in the field: its octets, two brackets and a space. */
function octetsOf(id: Rfc822Id): number {
  return Buffer.byteLength(id) + 3
}

/** The token that brings an answer back to the ticket. */
export function tokenOf(thread: Thread, stamp: Stamp): string {
  return signReplyToken(
    { ticketNumber: thread.ticketNumber, role: 'public', nonce: stamp.nonce },
    stamp.tokenKeys,
  )
}

/** What places the mail in its thread. */
export function threaded(thread: Thread, mailbox: SendingMailbox, stamp: Stamp) {
  const token = tokenOf(thread, stamp)
  const replyTo = mailbox.subAddressing
    ? tokenAddress(mailbox.address, token, mailbox.replyDomain)
    : undefined
  return {
    messageId: tokenMessageId(token, domainOf(mailbox.address)) as Rfc822Id,
    date: stamp.now.toISOString(),
    replyTo: replyTo ? { name: mailbox.displayName, address: replyTo } : null,
    inReplyTo: thread.answered?.messageId ?? null,
    references: referencesFor(thread.answered),
  }
}
