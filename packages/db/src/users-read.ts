// Reading people for the API.
import type { UserId, UserRole } from '@maildesk/core'
import type { Database } from './connect.ts'
import { containsPattern, type Page, type PageRequest, readPage } from './keyset-page.ts'
import type { UserRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

export interface UserFilter {
  readonly role?: UserRole
  readonly isActive?: boolean
  /** Found anywhere in the address. */
  readonly text?: string
}

/** One page of the people, newest first. */
export async function listUsers(db: Database, filter: UserFilter, page: PageRequest): Promise<Page<UserRow>> {
  const query = db('users').select('users.*')
  if (filter.role) query.where({ role: filter.role })
  if (filter.isActive !== undefined) query.where({ is_active: filter.isActive })
  if (filter.text) query.whereRaw('email ILIKE ?', [containsPattern(filter.text)])
  return readPage<UserRow>(
    db,
    query,
    { column: 'date_joined', kind: 'time', direction: 'desc', id: 'id' },
    page,
  )
}

/** Staff a ticket can be given to, held so that they stay it until the transaction ends. */
export async function lockActiveStaff(tx: Transaction, id: UserId): Promise<UserRow | undefined> {
  return tx<UserRow>('users').where({ id, is_active: true }).whereNot({ role: 'customer' }).forShare().first()
}

/** The full names of all active staff who have one. */
export async function listStaffNames(db: Database): Promise<string[]> {
  const { rows } = await db.raw(
    `SELECT trim(first_name || ' ' || last_name) AS name FROM users WHERE role <> 'customer' AND is_active`,
  )
  return rows.map(({ name }: { name: string }) => name).filter(Boolean)
}
