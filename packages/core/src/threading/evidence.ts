// From what was looked up to evidence: merges followed to the end, strongest first, who the sender is to each ticket.
import type { MailboxId, MessageId, Rfc822Id, TicketId } from '../ids.ts'
import { domainOf, isProviderDomain } from '../inbound/addresses.ts'
import { evidenceRanks, type TicketEvidence } from '../inbound/decision.ts'
import { baseSubject } from '../text/subject.ts'
import type { TicketStatus } from '../tickets/types.ts'
import type { Pointer } from './pointers.ts'
import type { TokenRole } from './reply-token.ts'

/** A ticket as threading sees it. */
export interface ThreadTicket {
  readonly id: TicketId
  readonly number: string
  readonly title: string
  readonly status: TicketStatus
  readonly closedForMs: number | null
  readonly mailboxId: MailboxId | null
  readonly mergedIntoId: TicketId | null
  /** Normal form. */
  readonly requesterAddress: string
  /** The sender is the requester, a collaborator, or one whom those wrote to. */
  readonly senderIsParticipant: boolean
  readonly senderIsRequester: boolean
  /** Texts of its newest messages and automatic mails, cut. */
  readonly texts: readonly string[]
}

/** What one pointer led to. */
export interface FoundTicket {
  readonly pointer: Pointer
  readonly ticketId: TicketId
  readonly messageId: MessageId | null
  readonly messageIsInternal: boolean
  /** Milliseconds since the epoch; null without a message. */
  readonly messageAt: number | null
}

/** Which ticket's notification carried a token. */
export interface OwnToken {
  readonly nonce: string
  readonly ticketNumber: string
  /** What the notification was made for; a token in it may say internal besides. */
  readonly role: TokenRole
}

export interface MailForEvidence {
  /** Normal form; '' when nobody is named. */
  readonly senderAddress: string
  readonly senderIsStaff: boolean
  readonly mailboxId: MailboxId | null
  /** Another mail had its Message-ID: what refers to that one is no answer to this one. */
  readonly messageIdReused: boolean
  /** The mail's whole text, quotes and all. */
  readonly text: string
  /** Tokens of notifications that were sent to this very sender. */
  readonly ownTokens: readonly OwnToken[]
}

/** Merges followed at most; a longer chain is a mistake, and a circle ends here too. */
const maxMerges = 20
/** Characters a line must have to be recognised when it is repeated. */
const minQuotedLine = 16
/** UTF-16 units of the mail in which repeated lines are looked for. */
const maxQuotedText = 200_000

/**
 * All evidence, strongest first. At the same rank the nearest ancestor comes first; among recipient addresses, which
 * have no nearness, the addressed mailbox's ticket, then the newest message. An ancestor that several tickets share
 * points to none.
 */
export function evidenceOf(
  found: readonly FoundTicket[],
  tickets: ReadonlyMap<TicketId, ThreadTicket>,
  mail: MailForEvidence,
): TicketEvidence[] {
  if (found.length === 0) return []
  const quoted = quotedLines(mail.text)
  const pointers = [...new Set(found.map(({ pointer }) => pointer))]
  const usable = found.filter(({ pointer }) => pointer.by !== 'answered' || !mail.messageIdReused)
  const resolved = usable.flatMap((one) => {
    const end = survivorOf(one.ticketId, tickets)
    return end ? [{ ...one, order: pointers.indexOf(one.pointer), ...end }] : []
  })
  const ofAncestors = new Set(
    resolved.filter(({ pointer }) => pointer.rank === 'E6').map(({ ticket }) => ticket.id),
  )
  type Resolved = (typeof resolved)[number]
  const rankOf = ({ pointer }: Resolved) => evidenceRanks.indexOf(pointer.rank)
  const nearness = ({ pointer, order }: Resolved) => (pointer.rank === 'E1' ? 0 : order)
  const elsewhere = ({ ticket }: Resolved) => Number(ticket.mailboxId !== mail.mailboxId)
  const age = ({ messageAt }: Resolved) => -(messageAt ?? 0)
  return resolved
    .filter(({ pointer }) => pointer.rank !== 'E6' || ofAncestors.size === 1)
    .sort(
      (a, b) =>
        rankOf(a) - rankOf(b) ||
        nearness(a) - nearness(b) ||
        elsewhere(a) - elsewhere(b) ||
        age(a) - age(b) ||
        a.order - b.order,
    )
    .map(({ pointer, ticket, mergedFrom, messageId, messageIsInternal }) => ({
      rank: pointer.rank,
      matched: pointer.matched,
      ticketId: ticket.id,
      ticketNumber: ticket.number,
      ticketTitle: ticket.title,
      ticketStatus: ticket.status,
      closedForMs: ticket.closedForMs,
      mailboxId: ticket.mailboxId,
      mergedFrom,
      messageId,
      isInternal: messageIsInternal || (pointer.by === 'token' && pointer.internal),
      senderMayWrite: mail.senderIsStaff || ticket.senderIsParticipant,
      sharesRequesterDomain: shareDomain(mail.senderAddress, ticket.requesterAddress),
      senderIsRequester: ticket.senderIsRequester,
      notificationRole: notificationRole(pointer, mail.ownTokens),
      quotesTicket: ticket.texts.some((text) => linesOf(text).some((line) => quoted.has(line))),
    }))
}

/** The number of a ticket that a token of ours names and that is no more; null when there is none such. */
export function goneTicketOf(pointers: readonly Pointer[], found: readonly FoundTicket[]): string | null {
  const gone = pointers.find(
    (pointer) => pointer.by === 'token' && !found.some((one) => one.pointer === pointer),
  )
  return gone?.by === 'token' ? gone.ticketNumber : null
}

function survivorOf(
  id: TicketId,
  tickets: ReadonlyMap<TicketId, ThreadTicket>,
): { ticket: ThreadTicket; mergedFrom: string[] } | undefined {
  const mergedFrom: string[] = []
  let ticket = tickets.get(id)
  while (ticket?.mergedIntoId && mergedFrom.length < maxMerges) {
    const next = tickets.get(ticket.mergedIntoId)
    if (!next) break
    mergedFrom.push(ticket.number)
    ticket = next
  }
  return ticket && { ticket, mergedFrom }
}

function shareDomain(one: string, other: string): boolean {
  const domain = domainOf(one)
  return domain !== '' && domain === domainOf(other) && !isProviderDomain(domain)
}

/** True when a ticket's title and a mail's subject are the same but for prefixes, numbers and letter case. */
export function isSameSubject(title: string, subject: string): boolean {
  const base = baseSubject(subject).toLowerCase()
  return base !== '' && base === baseSubject(title).toLowerCase()
}

/** Ids of mails that the pointers name, each once. */
export function idsOf(
  pointers: readonly Pointer[],
  ...by: ('message-id' | 'ancestor' | 'answered')[]
): Rfc822Id[] {
  return [
    ...new Set(
      pointers.flatMap((pointer) =>
        'rfc822Id' in pointer && by.includes(pointer.by) ? [pointer.rfc822Id] : [],
      ),
    ),
  ]
}

function notificationRole(pointer: Pointer, own: readonly OwnToken[]): TokenRole | null {
  if (pointer.by !== 'token' || (pointer.rank !== 'E1' && pointer.rank !== 'E2')) return null
  const token = own.find(
    ({ nonce, ticketNumber }) => nonce === pointer.nonce && ticketNumber === pointer.ticketNumber,
  )
  if (!token) return null
  return token.role === 'internal' || pointer.internal ? 'internal' : 'public'
}

function quotedLines(text: string): Set<string> {
  return new Set(linesOf(text.slice(0, maxQuotedText)))
}

/** Lines worth comparing, without quote marks and white space, which mail programs change. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/[\s>|*_]/g, '').toLowerCase())
    .filter((line) => line.length >= minQuotedLine)
}
