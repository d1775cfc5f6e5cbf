// Queries of `mailboxes` and `mailbox_cursors`.
import type { MailboxId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { MailboxCursorRow, MailboxRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

export async function listMailboxes(db: Database): Promise<MailboxRow[]> {
  return db<MailboxRow>('mailboxes').orderBy('address')
}

export async function findMailbox(db: Database, id: MailboxId): Promise<MailboxRow | undefined> {
  return db<MailboxRow>('mailboxes').where({ id }).first()
}

export async function findMailboxByAddress(db: Database, address: string): Promise<MailboxRow | undefined> {
  return db<MailboxRow>('mailboxes').whereRaw('lower(address) = lower(?)', [address]).first()
}

/** @throws MaildeskError db.constraint (idx_mailbox_address) when the address is there already. */
export async function insertMailbox(
  tx: Transaction,
  mailbox: Partial<MailboxRow> & Pick<MailboxRow, 'id' | 'address'>,
): Promise<MailboxRow> {
  const [row] = await tx<MailboxRow>('mailboxes').insert(mailbox).returning('*')
  return row as MailboxRow
}

export async function lockMailbox(tx: Transaction, id: MailboxId): Promise<MailboxRow | undefined> {
  return tx<MailboxRow>('mailboxes').where({ id }).forUpdate().first()
}

/** Counts the version up; the poller opens its folders anew. */
export async function updateMailbox(
  db: Database,
  id: MailboxId,
  changes: Partial<MailboxRow>,
): Promise<MailboxRow> {
  const [row] = await db<MailboxRow>('mailboxes')
    .where({ id })
    .update({ ...changes, version: db.raw('version + 1'), updated_at: db.fn.now() as unknown as Date })
    .returning('*')
  return row as MailboxRow
}

/** All epochs of a folder, newest first. */
export async function listCursors(
  db: Database,
  mailboxId: MailboxId,
  folder: string,
): Promise<MailboxCursorRow[]> {
  return db<MailboxCursorRow>('mailbox_cursors')
    .where({ mailbox_id: mailboxId, folder })
    .orderBy('started_at', 'desc')
}

/** Moves the cursor forward, never back; starts the epoch when it is new. */
export async function advanceCursor(
  tx: Transaction,
  cursor: { mailboxId: MailboxId; folder: string; uidValidity: string; lastUid: number },
): Promise<void> {
  await tx.raw(
    `INSERT INTO mailbox_cursors (mailbox_id, folder, uid_validity, last_uid) VALUES (?, ?, ?, ?)
     ON CONFLICT (mailbox_id, folder, uid_validity)
     DO UPDATE SET last_uid = greatest(mailbox_cursors.last_uid, excluded.last_uid), updated_at = now()`,
    [cursor.mailboxId, cursor.folder, cursor.uidValidity, cursor.lastUid],
  )
}

/** Begins an epoch; one that was begun meanwhile is left as it is. `windowBelow`: see mailbox_cursors. */
export async function startEpoch(
  db: Database,
  epoch: { mailboxId: MailboxId; folder: string; uidValidity: string; windowBelow: number },
): Promise<MailboxCursorRow> {
  const { rows } = await db.raw(
    `INSERT INTO mailbox_cursors (mailbox_id, folder, uid_validity, window_below) VALUES (?, ?, ?, ?)
     ON CONFLICT (mailbox_id, folder, uid_validity) DO UPDATE SET updated_at = now() RETURNING *`,
    [epoch.mailboxId, epoch.folder, epoch.uidValidity, epoch.windowBelow],
  )
  return rows[0]
}
