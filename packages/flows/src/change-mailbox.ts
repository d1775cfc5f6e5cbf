// Makes mailboxes and changes their settings. What may be set is core's table; secrets are sealed before they get here.
import {
  checkSettings,
  invalidFields,
  isUsableAddress,
  type MailboxId,
  type MailboxSettingName,
  MaildeskError,
  mailboxSettingNames,
  mailboxSettings,
  type SettingValues,
  settingConflicts,
  type UserId,
} from '@maildesk/core'
import {
  findMailboxByAddress,
  findUser,
  insertMailbox,
  listMailboxFolders,
  lockMailbox,
  type MailboxRow,
  type Transaction,
  updateMailbox,
} from '@maildesk/db'

/** Sealed texts, by column. */
export type MailboxSecrets = Partial<Pick<MailboxRow, 'imap_secret' | 'smtp_secret'>>

export interface MailboxChange {
  readonly id: MailboxId
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets?: MailboxSecrets
  readonly isActive?: boolean | undefined
  /** Versions the caller would change; undefined when any will do. */
  readonly ifVersion?: readonly number[] | undefined
}

/**
 * Writes the settings and returns the mailbox as it is now; the poller takes them up with its next look.
 * @throws MaildeskError request.not-found, request.stale (ifVersion), request.invalid with every fault.
 */
export async function changeMailbox(tx: Transaction, change: MailboxChange): Promise<MailboxRow> {
  const before = await lockMailbox(tx, change.id)
  if (!before) throw new MaildeskError('request.not-found', `no mailbox ${change.id}`, { id: change.id })
  if (change.ifVersion && !change.ifVersion.includes(before.version)) {
    throw new MaildeskError(
      'request.stale',
      `mailbox ${before.address} is at version ${before.version}; read it again`,
      { version: before.version },
    )
  }
  const values = checkSettings(change.settings)
  await refuseStrangers(tx, values)
  const folders = await listMailboxFolders(tx, before.id)
  refuseConflicts(
    { ...settingsOf(before), ...values },
    folders.map(({ name }) =>
      name === before.imap_folder ? ((values.imap_folder as string) ?? name) : name,
    ),
  )
  return updateMailbox(tx, before.id, {
    ...columnsOf(values),
    ...change.secrets,
    ...activity(change.isActive),
  })
}

export interface NewMailbox {
  readonly id: MailboxId
  readonly address: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets?: MailboxSecrets
  readonly isActive?: boolean | undefined
}

/** @throws MaildeskError request.invalid with every fault, request.conflict when there is such an address. */
export async function createMailbox(tx: Transaction, mailbox: NewMailbox): Promise<MailboxRow> {
  const { id, address } = mailbox
  if (!isUsableAddress(address))
    throw invalidFields({ field: 'address', message: `${address} is no mail address` })
  if (await findMailboxByAddress(tx, address))
    throw new MaildeskError('request.conflict', `there is a mailbox ${address} already`, { address })
  const values = checkSettings(mailbox.settings)
  await refuseStrangers(tx, values)
  refuseConflicts(values, [(values.imap_folder as string | undefined) ?? 'INBOX'])
  return insertMailbox(tx, {
    id,
    address,
    ...columnsOf(values),
    ...mailbox.secrets,
    ...activity(mailbox.isActive),
  })
}

/** What is set in a mailbox; each name is a column. */
export function settingsOf(row: MailboxRow): Pick<MailboxRow, MailboxSettingName> {
  const values = Object.fromEntries(mailboxSettingNames.map((name) => [name, row[name]]))
  return values as Pick<MailboxRow, MailboxSettingName>
}

function refuseConflicts(values: SettingValues, folders: readonly string[]): void {
  const faults = settingConflicts(values, folders)
  if (faults.length > 0) throw invalidFields(...faults)
}

/** New tickets go to somebody who is there to take them. */
async function refuseStrangers(tx: Transaction, { default_assignee_id: id }: SettingValues): Promise<void> {
  if (typeof id !== 'string') return
  const agent = await findUser(tx, id as UserId)
  if (!agent?.is_active || agent.role === 'customer')
    throw invalidFields({ field: 'default_assignee_id', message: 'is none of the active staff' })
}

/** Lists are JSON in the database. */
function columnsOf(values: SettingValues): Partial<MailboxRow> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      mailboxSettings[name as MailboxSettingName].type === 'list' ? JSON.stringify(value) : value,
    ]),
  )
}

/** To resume is to send again as well. */
function activity(isActive: boolean | undefined): Partial<MailboxRow> {
  if (isActive === undefined) return {}
  return isActive ? { is_active: true, smtp_paused_reason: null } : { is_active: false }
}
