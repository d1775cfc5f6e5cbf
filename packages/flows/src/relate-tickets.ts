// Merging two tickets, taking that back, and splitting messages off. Mails that come later follow: evidence is resolved
// to the surviving ticket, and to the ticket where the answered message is now.
import { invalidFields, MaildeskError, type MessageId, type TicketId, type UserId } from '@maildesk/core'
import {
  addParticipants,
  copyCollaborators,
  findUser,
  insertTicket,
  linkTickets,
  lockTicket,
  lockTickets,
  type MessageRow,
  moveMessages,
  recordEvent,
  returnMergedMessages,
  type TicketRow,
  type Transaction,
  touchTicket,
  updateTicket,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'

export interface Merge {
  readonly fromId: TicketId
  readonly intoId: TicketId
  readonly actorId: UserId
}

/**
 * Puts all messages of one ticket into another and closes it; its people join as collaborators. Later answers to it go
 * to the other. Merging what is merged already is refused, so that each merge can be taken back.
 * @throws MaildeskError request.not-found, request.conflict (merged already, or into itself).
 */
export async function mergeTickets(tx: Transaction, deps: DeskDeps, merge: Merge): Promise<TicketRow> {
  const [from, into] = await lockBoth(tx, merge.fromId, merge.intoId)
  if (from.id === into.id) throw conflict(`ticket ${from.number} cannot be merged into itself`)
  if (from.merged_into_id) throw conflict(`ticket ${from.number} is merged already; unmerge it first`)
  if (into.merged_into_id)
    throw conflict(`ticket ${into.number} is merged into another itself; merge into that one`)
  const moved = await moveMessages(tx, deps.ids.uuid, {
    from: from.id,
    to: into.id,
    cause: 'merge',
    actorId: merge.actorId,
  })
  await copyCollaborators(tx, from.id, into.id)
  await updateTicket(tx, from.id, {
    status: 'closed',
    closed_at: 'now',
    merged_into_id: into.id,
    merged_at: 'now',
  })
  await touchTicket(tx, into.id)
  const both = [
    [from.id, 'ticket_merged_into', into.number],
    [into.id, 'ticket_absorbed', from.number],
  ] as const
  for (const [ticketId, type, other] of both) {
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId,
      type,
      actorId: merge.actorId,
      data: { number: Number(other), messages: moved },
    })
  }
  return (await lockTicket(tx, into.id)) as TicketRow
}

/**
 * Takes a merge back: the messages it moved return, those that came since stay where they are.
 * @throws MaildeskError request.not-found, request.conflict (it is not merged).
 */
export async function unmergeTicket(
  tx: Transaction,
  deps: DeskDeps,
  { id, actorId }: { readonly id: TicketId; readonly actorId: UserId },
): Promise<TicketRow> {
  const ticket = await lockTicket(tx, id)
  if (!ticket) throw notFound(id)
  if (!ticket.merged_into_id) throw conflict(`ticket ${ticket.number} is not merged into another`)
  const returned = await returnMergedMessages(tx, id)
  const after = await updateTicket(tx, id, {
    status: 'open',
    closed_at: null,
    merged_into_id: null,
    merged_at: null,
  })
  await touchTicket(tx, ticket.merged_into_id)
  for (const ticketId of [id, ticket.merged_into_id]) {
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId,
      type: 'ticket_unmerged',
      actorId,
      data: { number: Number(ticket.number), messages: returned },
    })
  }
  return after
}

export interface Split {
  readonly ticketId: TicketId
  readonly messageIds: readonly MessageId[]
  /** Of the new ticket; the old one's when absent. */
  readonly title: string | undefined
  readonly actorId: UserId
}

/**
 * Moves messages into a ticket of their own, whose requester is the customer who wrote the first of them. Answers to
 * them follow.
 * @throws MaildeskError request.not-found, request.invalid (message_ids), request.conflict (nothing would be left).
 */
export async function splitTicket(tx: Transaction, deps: DeskDeps, split: Split): Promise<TicketRow> {
  const ticket = await lockTicket(tx, split.ticketId)
  if (!ticket) throw notFound(split.ticketId)
  const messages = await tx<MessageRow>('messages')
    .where({ ticket_id: ticket.id })
    .orderBy(['created_at', 'id'])
  const chosen = messages.filter(({ id }) => split.messageIds.includes(id))
  const missing = split.messageIds.flatMap((id, index) =>
    chosen.some((message) => message.id === id)
      ? []
      : [{ field: `message_ids.${index}`, message: 'is no message of this ticket' }],
  )
  if (missing.length > 0) throw invalidFields(...missing)
  if (chosen.length === messages.length)
    throw conflict(`ticket ${ticket.number} would be left without a message; leave one in it`)
  const first = chosen.find(({ is_from_customer }) => is_from_customer)
  const customer = await findUser(tx, first?.sender_id ?? ticket.customer_id)
  if (!customer) throw notFound(ticket.id)
  const opened = await insertTicket(tx, {
    id: deps.ids.uuid() as TicketId,
    title: split.title ?? ticket.title,
    customer_id: customer.id,
    category: ticket.category,
    priority: ticket.priority,
    source: ticket.source,
    mailbox_id: ticket.mailbox_id,
    tags: ticket.tags,
  })
  await addParticipants(tx, opened.id, [customer.email], 'requester')
  const ids = chosen.map(({ id }) => id)
  await moveMessages(tx, deps.ids.uuid, {
    from: ticket.id,
    to: opened.id,
    cause: 'split',
    actorId: split.actorId,
    only: ids,
  })
  await linkTickets(tx, { from_ticket_id: opened.id, to_ticket_id: ticket.id, relation: 'split_from' })
  await touchTicket(tx, ticket.id)
  const both = [
    [opened.id, 'ticket_split_off', ticket.number],
    [ticket.id, 'messages_split_off', opened.number],
  ] as const
  for (const [ticketId, type, other] of both) {
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId,
      type,
      actorId: split.actorId,
      data: { number: Number(other), message_ids: ids },
    })
  }
  return opened
}

async function lockBoth(tx: Transaction, a: TicketId, b: TicketId): Promise<[TicketRow, TicketRow]> {
  const locked = await lockTickets(tx, [a, b])
  return [locked.get(a) ?? raise(notFound(a)), locked.get(b) ?? raise(notFound(b))]
}

function raise(error: Error): never {
  throw error
}

function notFound(id: TicketId): MaildeskError {
  return new MaildeskError('request.not-found', `there is no ticket ${id}`, { id })
}

function conflict(message: string): MaildeskError {
  return new MaildeskError('request.conflict', message, {})
}
