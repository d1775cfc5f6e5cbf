// Queries of `mailbox_folders`. The first folder of a mailbox is written by the database (mailboxes.imap_folder).
import type { FolderPurpose, MailboxId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { MailboxFolderRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

export interface FolderKey {
  readonly mailboxId: MailboxId
  readonly name: string
}

/** Folders to be watched: active ones of active mailboxes that are read over IMAP. */
export async function listWatchedFolders(db: Database): Promise<FolderKey[]> {
  return db('mailbox_folders')
    .join('mailboxes', 'mailboxes.id', 'mailbox_folders.mailbox_id')
    .where({ 'mailboxes.is_active': true, 'mailbox_folders.is_active': true })
    .whereNotNull('mailboxes.imap_host')
    .orderBy(['mailboxes.address', 'mailbox_folders.name'])
    .select('mailbox_folders.mailbox_id AS mailboxId', 'mailbox_folders.name AS name')
}

/** All folders of one mailbox, or of all. */
export async function listMailboxFolders(db: Database, mailboxId?: MailboxId): Promise<MailboxFolderRow[]> {
  return db<MailboxFolderRow>('mailbox_folders')
    .where(mailboxId === undefined ? {} : { mailbox_id: mailboxId })
    .orderBy(['mailbox_id', 'purpose', 'created_at', 'name'])
}

export async function findMailboxFolder(
  db: Database,
  { mailboxId, name }: FolderKey,
): Promise<MailboxFolderRow | undefined> {
  return db<MailboxFolderRow>('mailbox_folders').where({ mailbox_id: mailboxId, name }).first()
}

/** Adds the folder, or changes what it is for; a folder that is switched off is read again. */
export async function saveMailboxFolder(
  tx: Transaction,
  { mailboxId, name }: FolderKey,
  folder: { readonly purpose: FolderPurpose; readonly readsSince: Date | null },
): Promise<MailboxFolderRow> {
  const values = { purpose: folder.purpose, reads_since: folder.readsSince, is_active: true }
  const [row] = await tx<MailboxFolderRow>('mailbox_folders')
    .insert({ mailbox_id: mailboxId, name, ...values })
    .onConflict(['mailbox_id', 'name'])
    .merge({ ...values, updated_at: tx.fn.now() as unknown as Date })
    .returning('*')
  return row as MailboxFolderRow
}

/** Takes the folder off the list; what was read from it stays. @returns whether it was there. */
export async function deleteMailboxFolder(tx: Transaction, { mailboxId, name }: FolderKey): Promise<boolean> {
  return (await tx('mailbox_folders').where({ mailbox_id: mailboxId, name }).delete()) > 0
}

/** A poll of this folder went well. */
export async function recordPoll(db: Database, { mailboxId, name }: FolderKey): Promise<void> {
  await db<MailboxFolderRow>('mailbox_folders')
    .where({ mailbox_id: mailboxId, name })
    .update({ last_polled_at: db.fn.now() as unknown as Date, last_error: null, last_error_at: null })
  await summarise(db, mailboxId)
}

export async function recordFolderError(
  db: Database,
  { mailboxId, name }: FolderKey,
  error: string,
): Promise<void> {
  await db<MailboxFolderRow>('mailbox_folders')
    .where({ mailbox_id: mailboxId, name })
    .update({ last_error: error, last_error_at: db.fn.now() as unknown as Date })
  await summarise(db, mailboxId)
}

/** Folder and ledger were compared, and what was missing is there now. */
export async function recordReconciled(
  db: Database,
  { mailboxId, name }: FolderKey,
  unaccounted: number,
): Promise<void> {
  await db<MailboxFolderRow>('mailbox_folders')
    .where({ mailbox_id: mailboxId, name })
    .update({ unaccounted, reconciled_at: db.fn.now() as unknown as Date })
}

/** The mailbox fares as its worst folder does: the oldest last poll, the newest trouble. */
async function summarise(db: Database, mailboxId: MailboxId): Promise<void> {
  await db.raw(
    `UPDATE mailboxes SET last_polled_at = summary.polled_at, last_error = summary.error, last_error_at = summary.error_at
       FROM (SELECT CASE WHEN bool_and(folder.last_polled_at IS NOT NULL) THEN min(folder.last_polled_at) END AS polled_at,
                    (array_agg(CASE WHEN folder.name = owner.imap_folder THEN folder.last_error
                                    ELSE folder.name || ': ' || folder.last_error END
                       ORDER BY folder.last_error_at DESC) FILTER (WHERE folder.last_error IS NOT NULL))[1] AS error,
                    max(folder.last_error_at) AS error_at
               FROM mailbox_folders folder JOIN mailboxes owner ON owner.id = folder.mailbox_id
              WHERE folder.mailbox_id = :mailboxId AND folder.is_active) summary
      WHERE mailboxes.id = :mailboxId`,
    { mailboxId },
  )
}

/** How a folder that is polled fares. */
export interface PolledFolder {
  readonly mailboxId: MailboxId
  readonly address: string
  readonly folder: string
  /** Null when it never went well. */
  readonly secondsSinceGoodPoll: number | null
  /** Since the last good poll, or since it was made. */
  readonly secondsWaiting: number
  readonly lastError: string | null
  /** The last error came after the last good poll. */
  readonly errorIsNewer: boolean
  /** Null before the first comparison with the ledger. */
  readonly unaccounted: number | null
}

/** Every folder that should be watched. */
export async function listPolledFolders(db: Database): Promise<PolledFolder[]> {
  const { rows } = await db.raw(
    `SELECT folder.mailbox_id AS "mailboxId", address, folder.name AS folder, folder.last_error AS "lastError",
            extract(epoch FROM now() - folder.last_polled_at)::float8 AS "secondsSinceGoodPoll",
            extract(epoch FROM now() - coalesce(folder.last_polled_at, folder.created_at))::float8 AS "secondsWaiting",
            (folder.last_error_at IS NOT NULL
              AND folder.last_error_at > coalesce(folder.last_polled_at, '-infinity')) AS "errorIsNewer",
            folder.unaccounted
       FROM mailbox_folders folder JOIN mailboxes ON mailboxes.id = folder.mailbox_id
      WHERE mailboxes.is_active AND folder.is_active AND imap_host IS NOT NULL
      ORDER BY address, folder.name`,
  )
  return rows
}
