// Queries of `mailbox_backfills`, and of what a folder holds that the ledger does not.
import type { MailboxId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { FolderKey } from './mailbox-folders.ts'
import type { MailboxBackfillRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** UIDs of one query; each is a bound value of an array. */
const uidsPerQuery = 10_000

/** Those of `uids` that are not in the ledger, in their order. */
export async function listUnaccountedUids(
  db: Database,
  place: { readonly mailboxId: MailboxId; readonly folder: string; readonly uidValidity: string },
  uids: readonly number[],
): Promise<number[]> {
  const missing: number[] = []
  for (let start = 0; start < uids.length; start += uidsPerQuery) {
    const { rows } = await db.raw(
      `SELECT asked.uid::float8 AS uid FROM unnest(?::bigint[]) WITH ORDINALITY AS asked (uid, place)
        WHERE NOT EXISTS (SELECT 1 FROM inbound_emails
                           WHERE mailbox_id = ? AND folder = ? AND uid_validity = ? AND inbound_emails.uid = asked.uid)
        ORDER BY asked.place`,
      [uids.slice(start, start + uidsPerQuery), place.mailboxId, place.folder, place.uidValidity],
    )
    missing.push(...rows.map(({ uid }: { uid: number }) => uid))
  }
  return missing
}

/** Goes on with the folder's backfill when it is the same and not finished, else begins a new one. */
export async function startBackfill(
  tx: Transaction,
  { mailboxId, name }: FolderKey,
  { uidValidity, since }: { readonly uidValidity: string; readonly since: Date },
): Promise<MailboxBackfillRow> {
  const before = await tx<MailboxBackfillRow>('mailbox_backfills')
    .where({ mailbox_id: mailboxId, folder: name })
    .forUpdate()
    .first()
  const isSame = before?.uid_validity === uidValidity && before.since.getTime() === since.getTime()
  if (before && isSame && before.finished_at === null) return before
  await tx('mailbox_backfills').where({ mailbox_id: mailboxId, folder: name }).delete()
  const [row] = await tx<MailboxBackfillRow>('mailbox_backfills')
    .insert({ mailbox_id: mailboxId, folder: name, uid_validity: uidValidity, since })
    .returning('*')
  return row as MailboxBackfillRow
}

/** So far it came. `lastUid` null: the mails of the present step are not all kept yet. */
export async function advanceBackfill(
  tx: Transaction,
  { mailboxId, name }: FolderKey,
  {
    lastUid,
    lookedAt,
    kept,
  }: { readonly lastUid: number | null; readonly lookedAt: number; readonly kept: number },
): Promise<void> {
  await tx('mailbox_backfills')
    .where({ mailbox_id: mailboxId, folder: name })
    .update({
      ...(lastUid === null ? {} : { last_uid: lastUid }),
      looked_at: tx.raw('looked_at + ?', [lookedAt]),
      kept: tx.raw('kept + ?', [kept]),
      updated_at: tx.fn.now(),
    })
}

/** All of it is in the ledger: the folder is read from that day on, also when it is read anew. */
export async function finishBackfill(tx: Transaction, { mailboxId, name }: FolderKey): Promise<void> {
  await tx('mailbox_backfills')
    .where({ mailbox_id: mailboxId, folder: name })
    .update({ finished_at: tx.fn.now(), updated_at: tx.fn.now() })
  await tx.raw(
    `UPDATE mailbox_folders SET reads_since = least(reads_since, backfill.since), updated_at = now()
       FROM mailbox_backfills backfill
      WHERE mailbox_folders.mailbox_id = ? AND name = ? AND reads_since IS NOT NULL
        AND backfill.mailbox_id = mailbox_folders.mailbox_id AND backfill.folder = name`,
    [mailboxId, name],
  )
}
