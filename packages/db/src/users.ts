// Queries of `users`.
import type { UserId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { UserRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** By address, in any letter case. */
export async function findUserByEmail(db: Database, email: string): Promise<UserRow | undefined> {
  return db<UserRow>('users').whereRaw('lower(email) = lower(?)', [email]).first()
}

export async function findUser(db: Database, id: UserId): Promise<UserRow | undefined> {
  return db<UserRow>('users').where({ id }).first()
}

export type NewUser = Pick<UserRow, 'id' | 'email' | 'first_name' | 'last_name' | 'role'>

/** Adds a person. @throws MaildeskError db.constraint (idx_user_email) when the address is taken. */
export async function insertUser(tx: Transaction, user: NewUser): Promise<UserRow> {
  const [row] = await tx<UserRow>('users')
    .insert({ ...user, is_staff: user.role !== 'customer', is_active: true })
    .returning('*')
  return row as UserRow
}

/** The person of this address, made as a customer when there is none. Two at once get the same person. */
export async function ensureCustomer(tx: Transaction, user: Omit<NewUser, 'role'>): Promise<UserRow> {
  await tx<UserRow>('users')
    .insert({ ...user, role: 'customer', is_staff: false, is_active: true })
    .onConflict(tx.raw('(lower(email))') as unknown as string)
    .ignore()
  return (await findUserByEmail(tx, user.email)) as UserRow
}
