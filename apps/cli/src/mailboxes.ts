// What the mailbox commands share: finding one, reading its secrets, showing it without them.
import { MaildeskError } from '@maildesk/core'
import { findMailboxByAddress, type MailboxRow } from '@maildesk/db'
import type { Environment } from '@maildesk/runtime'
import type { Desk } from '@maildesk/wiring'

/** A secret out of the environment. @throws MaildeskError request.invalid when it is not there. */
export function readSecret(env: Environment, name: string): string {
  const value = env[name]
  if (!value)
    throw new MaildeskError(
      'request.invalid',
      `the environment variable ${name} with the mailbox’s password is not set`,
    )
  return value
}

/** @throws MaildeskError request.not-found */
export async function getMailbox({ deps }: Desk, address: string): Promise<MailboxRow> {
  const mailbox = await findMailboxByAddress(deps.db, address)
  if (!mailbox)
    throw new MaildeskError('request.not-found', `no mailbox ${address}; next: maildesk mailbox list`)
  return mailbox
}

/** Columns whose values nobody is shown. */
const secretColumn = /_secret$/

/** The row without its secrets. */
export function shownMailbox(row: MailboxRow): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, secretColumn.test(name) && value ? '(sealed)' : value]),
  )
}
