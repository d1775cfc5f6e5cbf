// Queries of `users`.
import type { UserId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { UserRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** By any of their addresses, in any letter case. */
export async function findUserByEmail(db: Database, email: string): Promise<UserRow | undefined> {
  const { rows } = await db.raw(
    `SELECT u.* FROM users u WHERE lower(u.email) = lower(:email)
      UNION ALL
     SELECT u.* FROM user_addresses a JOIN users u ON u.id = a.user_id WHERE a.address = lower(:email)
      LIMIT 1`,
    { email },
  )
  return rows[0]
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

/** Who stands for what a mailbox says by itself: staff who cannot sign in. The person of that address when there is one. */
export async function ensureDeskUser(tx: Transaction, user: Omit<NewUser, 'role'>): Promise<UserRow> {
  const known = await findUserByEmail(tx, user.email)
  if (known) return known
  await tx<UserRow>('users')
    .insert({ ...user, role: 'provider', is_staff: true, is_active: false })
    .onConflict(tx.raw('(lower(email))') as unknown as string)
    .ignore()
  return (await findUserByEmail(tx, user.email)) as UserRow
}

/** The person of this address, made as a customer when there is none. Two at once get the same person. */
export async function ensureCustomer(tx: Transaction, user: Omit<NewUser, 'role'>): Promise<UserRow> {
  const known = await findUserByEmail(tx, user.email)
  if (known) return known
  await tx<UserRow>('users')
    .insert({ ...user, role: 'customer', is_staff: false, is_active: true })
    .onConflict(tx.raw('(lower(email))') as unknown as string)
    .ignore()
  return (await findUserByEmail(tx, user.email)) as UserRow
}
