// A customer's mail that staff forwarded opens the customer's ticket, as if it had come from the customer itself.
import {
  databaseText,
  type ForwardedMail,
  flagsOf,
  type InboundDecision,
  isOwnAddress,
  isUsableAddress,
  type MailAddress,
  type MessageId,
  normalAddress,
  type ParsedEmail,
} from '@maildesk/core'
import {
  addParticipants,
  type InboundEmailRow,
  insertMessage,
  insertWireIds,
  type MessageRow,
  recordEvent,
  type TicketRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import { type Applied, ended } from './applied.ts'
import type { DeskDeps } from './deps.ts'
import { ensurePerson } from './ensure-person.ts'
import { fileMessage, traceOf } from './file-message.ts'
import type { Gathered } from './gather-facts.ts'
import { insertMailTicket } from './mail-ticket.ts'
import { notifyAgents } from './notify-agents.ts'

/** People of the forwarded mail's Cc that are suggested. */
const maxSuggested = 48

/**
 * Opens the ticket: the customer's words first, what the agent wrote above and below them as a note. The agent follows
 * it; those in the forwarded Cc are suggested and get nothing until staff say so. Nothing is acknowledged: the customer
 * wrote to somebody else. @throws MaildeskError db.*
 */
export async function openOnBehalf(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  gathered: Gathered,
  decision: InboundDecision,
  from: MailAddress,
): Promise<Applied> {
  const { forwarded, sender: agent, mailbox } = gathered
  if (!agent || !forwarded || forwarded.ambiguous) throw new RangeError('a mail handed in has one sender')
  const customer = await ensurePerson(tx, deps, { name: from.name, address: from.address.trim() })
  const ticket = await insertMailTicket(tx, deps, forwarded.subject, customer, mailbox)
  await addParticipants(tx, ticket.id, [agent.email], 'follower')
  const suggested = suggestedOf(forwarded, gathered, [customer.email, agent.email])
  await addParticipants(tx, ticket.id, suggested, 'collaborator', { addedBy: agent.email, isActive: false })
  const message = await fileMessage(tx, deps, row, email, ticket.id, customer, {
    internal: false,
    unverified: false,
    automatic: false,
    flags: flagsOf(email, gathered.facts, decision.verdict, gathered).filter(
      ({ code }) => code !== 'name-of-staff' && code !== 'answers-go-elsewhere',
    ),
    decision: traceOf(decision),
    isFirst: true,
    text: forwarded.text,
    writtenAt: writtenAt(forwarded, row),
    rfc822Id: forwarded.messageId,
    answerTo: null,
  })
  const note = await addNote(tx, deps, row, email, ticket, agent, forwarded)
  const eventId = deps.ids.uuid()
  await recordEvent(tx, {
    id: eventId,
    ticketId: ticket.id,
    type: 'ticket_opened',
    actorId: agent.id,
    inboundEmailId: row.id,
    data: {
      message_id: message.id,
      note_id: note?.id ?? null,
      link: null,
      handed_in_by: agent.email,
      forwarded_as: forwarded.how,
      suggested_collaborators: suggested,
    },
  })
  const told = await notifyAgents(tx, deps, {
    event: 'new_ticket',
    eventId,
    ticket,
    author: agent,
    message,
    cause: { row, email, gathered },
  })
  return { end: ended('filed', 'new_ticket', { ticketId: ticket.id }), outbound: told }
}

/** What the agent wrote about it. The forwarding mail's own Message-ID leads here, too: nobody outside knows it. */
async function addNote(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  ticket: TicketRow,
  agent: UserRow,
  { comment, commentBelow }: ForwardedMail,
): Promise<MessageRow | undefined> {
  const text = [comment, commentBelow]
    .map((part) => part.trim())
    .filter(Boolean)
    .join('\n\n')
  if (text === '') return undefined
  const note = await insertMessage(tx, {
    id: deps.ids.uuid() as MessageId,
    ticket_id: ticket.id,
    sender_id: agent.id,
    message_text: databaseText(text),
    created_at: row.received_at,
    is_from_customer: false,
    is_internal: true,
    read_by_staff: true,
    source: 'email',
    rfc822_id: email.messageId,
  })
  await insertWireIds(tx, { id: note.id, ticketId: ticket.id, rfc822Id: email.messageId, references: [] })
  return note
}

/** When the customer wrote it, as the forward says; never later than it came to us. */
function writtenAt({ date }: ForwardedMail, row: InboundEmailRow): Date {
  const said = date === null ? Number.NaN : Date.parse(date)
  return said < row.received_at.getTime() ? new Date(said) : row.received_at
}

function suggestedOf({ cc }: ForwardedMail, { ownAddresses }: Gathered, known: readonly string[]): string[] {
  const taken = new Set(known.map(normalAddress))
  const others = cc
    .map(({ address }) => normalAddress(address))
    .filter(
      (address) => isUsableAddress(address) && !isOwnAddress(address, ownAddresses) && !taken.has(address),
    )
  return [...new Set(others)].slice(0, maxSuggested)
}
