// Opens a ticket by hand: a customer's own, or one that staff write down for somebody.
import {
  databaseText,
  invalidFields,
  type Job,
  type MailboxId,
  type MessageId,
  type Source,
  type TicketCategory,
  type TicketId,
  type TicketPriority,
  type UserId,
} from '@maildesk/core'
import {
  addParticipants,
  ensureCustomer,
  findMailbox,
  findUser,
  insertMessage,
  insertTicket,
  type MessageRow,
  recordEvent,
  type TicketRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import { notifyAgents } from './notify-agents.ts'

export interface TicketToOpen {
  /** Who writes it down; also the customer when `customer` says so. */
  readonly author: UserRow
  readonly customer:
    | { readonly kind: 'author' }
    | { readonly kind: 'id'; readonly id: UserId }
    | { readonly kind: 'email'; readonly email: string }
  readonly title: string
  readonly text: string
  readonly category: TicketCategory
  readonly priority: TicketPriority
  readonly tags: readonly string[]
  readonly source: Exclude<Source, 'email'>
  readonly mailboxId: MailboxId | null
}

export interface OpenedTicket {
  readonly ticket: TicketRow
  readonly message: MessageRow
  /** To ring for after the commit. */
  readonly rings: readonly Job[]
}

/**
 * Writes the ticket with its first message. That message is the author's and is not mailed to anybody.
 * @throws MaildeskError request.invalid when the customer or the mailbox does not exist or is not active.
 */
export async function openTicket(
  tx: Transaction,
  deps: DeskDeps,
  draft: TicketToOpen,
): Promise<OpenedTicket> {
  const customer = await customerOf(tx, deps, draft)
  await checkMailbox(tx, draft.mailboxId)
  const ticket = await insertTicket(tx, {
    id: deps.ids.uuid() as TicketId,
    title: draft.title,
    customer_id: customer.id,
    category: draft.category,
    priority: draft.priority,
    source: draft.source,
    mailbox_id: draft.mailboxId,
    tags: draft.tags,
  })
  await addParticipants(tx, ticket.id, [customer.email], 'requester')
  const byCustomer = draft.author.role === 'customer'
  const message = await insertMessage(tx, {
    id: deps.ids.uuid() as MessageId,
    ticket_id: ticket.id,
    sender_id: draft.author.id,
    message_text: databaseText(draft.text),
    is_from_customer: byCustomer,
    is_internal: false,
    read_by_customer: byCustomer,
    read_by_staff: !byCustomer,
    source: draft.source,
  })
  const eventId = deps.ids.uuid()
  await recordEvent(tx, {
    id: eventId,
    ticketId: ticket.id,
    type: 'ticket_opened',
    actorId: draft.author.id,
    data: { message_id: message.id },
  })
  const { author } = draft
  const event = { event: 'new_ticket', eventId, ticket, author, message, cause: null } as const
  const told = await notifyAgents(tx, deps, event)
  return { ticket, message, rings: told.map((id) => ({ name: 'send-email', id })) }
}

async function customerOf(
  tx: Transaction,
  deps: DeskDeps,
  { author, customer }: TicketToOpen,
): Promise<UserRow> {
  if (customer.kind === 'author') return author
  const field = customer.kind === 'id' ? 'customer_id' : 'customer_email'
  const found =
    customer.kind === 'id'
      ? await findUser(tx, customer.id)
      : await ensureCustomer(tx, {
          id: deps.ids.uuid() as UserId,
          email: customer.email,
          first_name: '',
          last_name: '',
        })
  if (!found) throw invalidFields({ field, message: 'names nobody' })
  if (!found.is_active) throw invalidFields({ field, message: 'names a person who was deactivated' })
  return found
}

async function checkMailbox(tx: Transaction, id: MailboxId | null): Promise<void> {
  if (id && !(await findMailbox(tx, id))?.is_active)
    throw invalidFields({ field: 'mailbox_id', message: 'names no active mailbox' })
}
