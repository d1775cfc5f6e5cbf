// A mail that somebody sent with another program from one of our addresses joins its ticket as an answer of the desk.
import {
  databaseText,
  type InboundDecision,
  type InboundVerdict,
  normalAddress,
  type ParsedEmail,
  recipientAddresses,
  senderOf,
  type UserId,
} from '@maildesk/core'
import {
  ensureDeskUser,
  findUser,
  type InboundEmailRow,
  recordEvent,
  type Transaction,
  touchTicket,
  type UserRow,
} from '@maildesk/db'
import { type Applied, ended } from './applied.ts'
import { changeTicket } from './change-ticket.ts'
import type { DeskDeps } from './deps.ts'
import { fileMessage, traceOf } from './file-message.ts'
import type { Gathered } from './gather-facts.ts'
import { lockMailTicket } from './mail-ticket.ts'

/** Longest name part, UTF-16 units; as in the schema. */
const maxName = 150

/**
 * Writes it as a message of staff. Public only when the ticket's customer had it; what went to others, such as a
 * question to a colleague, is a note. Nothing is mailed. @throws MaildeskError db.*
 */
export async function appendSentMail(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  gathered: Gathered,
  decision: InboundDecision,
  verdict: Extract<InboundVerdict, { kind: 'append-sent' }>,
): Promise<Applied> {
  const ticket = await lockMailTicket(tx, verdict.ticketId)
  const author = await authorOf(tx, deps, email, gathered)
  const customer = await findUser(tx, ticket.customer_id)
  const had = recipientAddresses(email).map(normalAddress)
  const isInternal = !customer || !had.includes(normalAddress(customer.email))
  const message = await fileMessage(tx, deps, row, email, ticket.id, author, {
    internal: isInternal,
    unverified: false,
    automatic: false,
    flags: [{ code: 'sent-elsewhere', detail: databaseText(senderOf(email)?.address ?? '') }],
    decision: traceOf(decision),
    isFirst: false,
  })
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'message_sent_elsewhere',
    actorId: author.id,
    inboundEmailId: row.id,
    data: { message_id: message.id, is_internal: isInternal },
  })
  // An answer was given: the customer does not wait any more.
  if (!isInternal && ticket.status === 'open')
    await changeTicket(tx, deps, {
      ticketId: ticket.id,
      actorId: author.id,
      changes: { status: 'in_progress' },
    })
  else await touchTicket(tx, ticket.id, { reopen: false })
  return {
    end: ended('filed', isInternal ? 'note_appended' : 'appended', { ticketId: ticket.id }),
    outbound: [],
  }
}

/** Staff by their own address; the mailbox itself, who cannot sign in, for what goes out under its name. */
async function authorOf(
  tx: Transaction,
  deps: DeskDeps,
  email: ParsedEmail,
  { sender, mailbox }: Gathered,
): Promise<UserRow> {
  if (sender && sender.role !== 'customer') return sender
  const address = mailbox?.address ?? senderOf(email)?.address ?? ''
  return ensureDeskUser(tx, {
    id: deps.ids.uuid() as UserId,
    email: address,
    first_name: databaseText(mailbox?.display_name ?? '', maxName),
    last_name: '',
  })
}
