// Which addresses are one person. Staff decide it: no mail can, because everybody may write any name.
import { isOwnAddress, MaildeskError, normalAddress, type UserId, type UserRole } from '@maildesk/core'
import {
  absorbUser,
  deleteUserAddress,
  findUserByEmail,
  insertUserAddress,
  listMailboxes,
  lockUsers,
  recordEvent,
  type Transaction,
  type UserAddressRow,
  type UserRow,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'

export interface AddressOrder {
  readonly userId: UserId
  /** In any letter case. */
  readonly address: string
  /** Who asks; undefined for who has the server. */
  readonly actorRole?: UserRole
}

/**
 * Says that an address is a person's: what is written from it is theirs.
 * @throws MaildeskError request.not-found, request.forbidden (an agent's, and the caller is no admin), request.conflict
 *   (somebody's already, or one of our mailboxes).
 */
export async function addUserAddress(tx: Transaction, order: AddressOrder): Promise<UserAddressRow> {
  const user = await lockFor(tx, order)
  const address = normalAddress(order.address)
  const owner = await findUserByEmail(tx, address)
  if (owner?.id === user.id) throw conflict(`${address} is an address of ${user.email} already`)
  if (owner) throw conflict(`${address} is ${owner.email}'s; merge the two persons instead`)
  const own = (await listMailboxes(tx)).map((mailbox) => normalAddress(mailbox.address))
  if (isOwnAddress(address, own)) throw conflict(`${address} is a mailbox of this desk`)
  return insertUserAddress(tx, user.id, address)
}

/**
 * Says that an address is no longer a person's.
 * @throws MaildeskError request.not-found, request.forbidden, request.conflict (their first address stays).
 */
export async function removeUserAddress(tx: Transaction, order: AddressOrder): Promise<void> {
  const user = await lockFor(tx, order)
  const address = normalAddress(order.address)
  if (address === normalAddress(user.email)) throw conflict(`${address} is the first address of the person`)
  if (!(await deleteUserAddress(tx, user.id, address)))
    throw new MaildeskError('request.not-found', `${address} is no address of ${user.email}`, { address })
}

export interface MergeOfPeople {
  readonly fromId: UserId
  readonly intoId: UserId
  readonly actorId: UserId
}

/**
 * Makes one person of two: tickets, messages and addresses of `from` become those of `into`, tokens of `from` end. Their
 * tickets tell of it. Only customers: an agent's power is not inherited.
 * @throws MaildeskError request.not-found, request.conflict
 */
export async function mergePeople(
  tx: Transaction,
  deps: Pick<DeskDeps, 'ids'>,
  { fromId, intoId, actorId }: MergeOfPeople,
): Promise<UserRow> {
  if (fromId === intoId) throw conflict('a person cannot be merged into themselves')
  const locked = await lockUsers(tx, [fromId, intoId])
  const [from, into] = [fromId, intoId].map((id) => {
    const user = locked.find((one) => one.id === id)
    if (!user) throw new MaildeskError('request.not-found', `there is no user ${id}`, { id })
    return user
  }) as [UserRow, UserRow]
  if (from.role !== 'customer' || into.role !== 'customer') throw conflict('only customers can be merged')
  for (const ticketId of await absorbUser(tx, from, into)) {
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId,
      type: 'requester_merged',
      actorId,
      data: { from: from.email, into: into.email },
    })
  }
  return into
}

async function lockFor(tx: Transaction, { userId, actorRole }: AddressOrder): Promise<UserRow> {
  const [user] = await lockUsers(tx, [userId])
  if (!user) throw new MaildeskError('request.not-found', `there is no user ${userId}`, { id: userId })
  // Who may write from an agent's address may act as the agent.
  if (user.role !== 'customer' && actorRole !== undefined && actorRole !== 'admin')
    throw new MaildeskError('request.forbidden', 'addresses of staff are for admins to change')
  return user
}

function conflict(message: string): MaildeskError {
  return new MaildeskError('request.conflict', message)
}
