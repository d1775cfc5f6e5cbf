// Queries of `user_addresses`, and what makes two persons one.
import type { TicketId, UserId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { UserAddressRow, UserRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** The further addresses of a person, oldest first; the first one is `users.email`. */
export async function listUserAddresses(db: Database, userId: UserId): Promise<UserAddressRow[]> {
  return db<UserAddressRow>('user_addresses').where({ user_id: userId }).orderBy(['created_at', 'address'])
}

/** @param address normal form. @throws MaildeskError db.constraint when it is somebody's already. */
export async function insertUserAddress(
  tx: Transaction,
  userId: UserId,
  address: string,
): Promise<UserAddressRow> {
  const [row] = await tx<UserAddressRow>('user_addresses').insert({ user_id: userId, address }).returning('*')
  return row as UserAddressRow
}

/** @returns false when it was none of theirs. */
export async function deleteUserAddress(tx: Transaction, userId: UserId, address: string): Promise<boolean> {
  return (await tx('user_addresses').where({ user_id: userId, address }).delete()) > 0
}

/** Locks persons, always in the same order. */
export async function lockUsers(tx: Transaction, ids: readonly UserId[]): Promise<UserRow[]> {
  return tx<UserRow>('users').whereIn('id', ids).orderBy('id').forUpdate()
}

/** Where a person stands for what they did and have; all of it is the other's after a merge. */
export const movedWithPerson = [
  ['attachments', 'uploaded_by_id'],
  ['blocked_senders', 'created_by_id'],
  ['inbound_emails', 'judged_by_id'],
  ['mailboxes', 'default_assignee_id'],
  ['message_moves', 'moved_by_id'],
  ['messages', 'sender_id'],
  ['outbound_emails', 'cancelled_by_id'],
  ['outbound_emails', 'recipient_user_id'],
  ['suppressions', 'created_by_id'],
  ['ticket_events', 'actor_id'],
  ['tickets', 'assigned_agent_id'],
  ['tickets', 'customer_id'],
  ['user_addresses', 'user_id'],
] as const

/** What is of one login, and ends with it. @internal */
export const goneWithPerson = [
  ['agent_settings', 'user_id'],
  ['api_tokens', 'user_id'],
  ['idempotency_keys', 'user_id'],
] as const

/**
 * Gives all that one person has and did to another and deletes them; their address becomes one of the other's.
 * @returns the tickets that changed their customer.
 */
export async function absorbUser(tx: Transaction, from: UserRow, into: UserRow): Promise<TicketId[]> {
  const tickets = await tx('tickets').select('id').where({ customer_id: from.id })
  for (const [table, column] of movedWithPerson)
    await tx(table)
      .where({ [column]: from.id })
      .update({ [column]: into.id })
  await tx('users').where({ id: from.id }).delete()
  await insertUserAddress(tx, into.id, from.email.toLowerCase())
  return tickets.map(({ id }: { id: TicketId }) => id)
}
