// Who belongs to a conversation, as staff say. Mails only ever propose: who is unverified waits here for a decision.
import { MaildeskError, normalAddress, type TicketId, type UserId } from '@maildesk/core'
import {
  deleteParticipant,
  findParticipant,
  insertParticipant,
  listParticipants,
  lockTicket,
  recordEvent,
  type TicketParticipantRow,
  type Transaction,
  touchTicket,
  updateParticipant,
  verifyMessagesOf,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'

/** Which participant, and who asks. */
export interface ParticipantOrder {
  readonly ticketId: TicketId
  /** In any letter case. */
  readonly address: string
  readonly actorId: UserId
}

/** People of one ticket besides the requester. */
const maxParticipants = 48

/**
 * Adds a collaborator, who gets the answers from now on. One who waits unverified is accepted.
 * @throws MaildeskError request.not-found (the ticket), request.conflict (is there already, or there are too many).
 */
export async function addCollaborator(
  tx: Transaction,
  deps: DeskDeps,
  order: ParticipantOrder & { readonly name: string },
): Promise<TicketParticipantRow> {
  const address = await lockFor(tx, order)
  const all = await listParticipants(tx, order.ticketId)
  const known = all.find((one) => one.address === address)
  if (known?.role === 'unverified') return accept(tx, deps, order, known)
  if (known) throw conflict(`${address} belongs to the ticket already, as ${known.role}`)
  if (all.length > maxParticipants)
    throw conflict(`a ticket has at most ${maxParticipants} people besides the requester`)
  const row = await insertParticipant(tx, {
    ticket_id: order.ticketId,
    address,
    role: 'collaborator',
    name: order.name,
    is_active: true,
    added_by: null,
  })
  await tell(tx, deps, order, 'participant_added', { address })
  return row
}

export interface ParticipantChange {
  /** Whether answers go to them. */
  readonly isActive?: boolean
  /** `collaborator` accepts one who is unverified, and what was held of what they wrote. */
  readonly role?: 'collaborator'
}

/**
 * Changes what a participant is. Accepting shows what they wrote to the customer.
 * @throws MaildeskError request.not-found, request.conflict (the requester stays as they are; the unverified get nothing).
 */
export async function changeParticipant(
  tx: Transaction,
  deps: DeskDeps,
  order: ParticipantOrder,
  { isActive, role }: ParticipantChange,
): Promise<TicketParticipantRow> {
  const address = await lockFor(tx, order)
  const before = await getParticipant(tx, order.ticketId, address)
  if (before.role === 'requester' && isActive !== undefined)
    throw conflict('the requester always gets the answers')
  if (before.role !== 'unverified' && role !== undefined) await acceptMessages(tx, deps, order, address)
  if (before.role === 'unverified' && role === undefined && isActive !== undefined)
    throw conflict(`${address} is unverified and gets nothing until accepted`)
  const isAccepted = role !== undefined && before.role === 'unverified'
  const after = isAccepted ? await accept(tx, deps, order, before) : before
  if (isActive === undefined || isActive === after.is_active) return after
  await tell(tx, deps, order, isActive ? 'participant_activated' : 'participant_deactivated', { address })
  return updateParticipant(tx, after, { is_active: isActive })
}

/**
 * Takes a participant out of the ticket; what they wrote stays.
 * @throws MaildeskError request.not-found, request.conflict (the requester cannot leave).
 */
export async function removeParticipant(
  tx: Transaction,
  deps: DeskDeps,
  order: ParticipantOrder,
): Promise<void> {
  const address = await lockFor(tx, order)
  const before = await getParticipant(tx, order.ticketId, address)
  if (before.role === 'requester') throw conflict('a ticket is not without its requester')
  await deleteParticipant(tx, order.ticketId, address)
  await tell(tx, deps, order, 'participant_removed', { address, role: before.role })
}

/** Mails of one who belongs here were held because their sender was not surely theirs; staff know better. */
async function acceptMessages(
  tx: Transaction,
  deps: DeskDeps,
  order: ParticipantOrder,
  address: string,
): Promise<void> {
  const messages = await verifyMessagesOf(tx, order.ticketId, address)
  if (messages > 0) await tell(tx, deps, order, 'messages_accepted', { address, messages })
}

async function accept(
  tx: Transaction,
  deps: DeskDeps,
  order: ParticipantOrder,
  before: TicketParticipantRow,
): Promise<TicketParticipantRow> {
  const row = await updateParticipant(tx, before, { role: 'collaborator', is_active: true })
  const messages = await verifyMessagesOf(tx, order.ticketId, before.address)
  await tell(tx, deps, order, 'participant_accepted', { address: before.address, messages })
  return row
}

/** Locks the ticket, so that its people change one at a time. @returns the address in normal form. */
async function lockFor(tx: Transaction, { ticketId, address }: ParticipantOrder): Promise<string> {
  if (!(await lockTicket(tx, ticketId)))
    throw new MaildeskError('request.not-found', `there is no ticket ${ticketId}`, { id: ticketId })
  return normalAddress(address)
}

async function getParticipant(tx: Transaction, ticketId: TicketId, address: string) {
  const row = await findParticipant(tx, ticketId, address)
  if (!row)
    throw new MaildeskError('request.not-found', `${address} does not belong to the ticket`, { address })
  return row
}

async function tell(
  tx: Transaction,
  deps: DeskDeps,
  { ticketId, actorId }: ParticipantOrder,
  type: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  await touchTicket(tx, ticketId)
  await recordEvent(tx, { id: deps.ids.uuid(), ticketId, type, actorId, data })
}

function conflict(message: string): MaildeskError {
  return new MaildeskError('request.conflict', message)
}
