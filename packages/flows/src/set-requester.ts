// Staff say whose ticket it is: for a forward whose sender could not be told, or a mistake.
import {
  invalidFields,
  isOwnAddress,
  isUsableAddress,
  MaildeskError,
  normalAddress,
  type TicketId,
  type UserId,
} from '@maildesk/core'
import {
  findTicket,
  findUser,
  listMailboxes,
  lockTicket,
  recordEvent,
  replaceRequester,
  setAttention,
  type TicketRow,
  type Transaction,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import { ensurePerson } from './ensure-person.ts'

export interface RequesterToSet {
  readonly ticketId: TicketId
  readonly actorId: UserId
  readonly email: string
  /** Of a person who is not known yet. */
  readonly name: string
}

/**
 * Makes a person the ticket's requester; answers go to them from now on. Whoever it was before stays as a collaborator
 * who gets nothing until staff say so, or, if staff, as a follower.
 * @throws MaildeskError request.not-found, request.invalid (email).
 */
export async function setRequester(
  tx: Transaction,
  deps: DeskDeps,
  { ticketId, actorId, email, name }: RequesterToSet,
): Promise<TicketRow> {
  const ticket = await lockTicket(tx, ticketId)
  if (!ticket) throw new MaildeskError('request.not-found', `no ticket ${ticketId}`, { id: ticketId })
  const own = (await listMailboxes(tx)).map(({ address }) => normalAddress(address))
  if (!isUsableAddress(email)) throw invalidFields({ field: 'email', message: 'is no usable address' })
  if (isOwnAddress(email, own)) throw invalidFields({ field: 'email', message: 'is a mailbox of this desk' })
  const customer = await ensurePerson(tx, deps, { name, address: email })
  if (!customer.is_active)
    throw invalidFields({ field: 'email', message: 'is of a person who was deactivated' })
  if (customer.id !== ticket.customer_id) {
    const former = await findUser(tx, ticket.customer_id)
    const isStaff = former !== undefined && former.role !== 'customer'
    await replaceRequester(tx, ticket.id, { customer, roleOfFormer: isStaff ? 'follower' : 'collaborator' })
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId: ticket.id,
      type: 'requester_changed',
      actorId,
      data: { from: former?.email ?? null, to: customer.email },
    })
  }
  if (ticket.attention === 'choose-requester') await setAttention(tx, ticket.id, null)
  return (await findTicket(tx, ticket.id)) as TicketRow
}
