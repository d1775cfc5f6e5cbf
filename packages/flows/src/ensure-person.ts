// The row of whoever stands in a mail, or was named by staff.
import { databaseText, type MailAddress, splitName, type UserId } from '@maildesk/core'
import { ensureCustomer, type Transaction, type UserRow } from '@maildesk/db'
import type { DeskDeps } from './deps.ts'

/** Longest name part, UTF-16 units; as in the schema. */
const maxName = 150

/** The person of the address, made as a customer of that name when there is none. @throws MaildeskError db.* */
export async function ensurePerson(
  tx: Transaction,
  deps: Pick<DeskDeps, 'ids'>,
  { name, address }: MailAddress,
): Promise<UserRow> {
  const { first, last } = splitName(name)
  return ensureCustomer(tx, {
    id: deps.ids.uuid() as UserId,
    email: address,
    first_name: databaseText(first, maxName),
    last_name: databaseText(last, maxName),
  })
}
