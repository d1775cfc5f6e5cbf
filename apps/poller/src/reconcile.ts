// Folder against ledger: what the cursor says was read and the ledger does not hold is counted, told and fetched.

import type { MailSource } from '@maildesk/core'
import { listCursors, recordReconciled } from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps } from '@maildesk/flows'
import { describeAtOnce, type Folder } from './fetch-new.ts'
import { isInWindow, listUidsInWindow } from './folder-window.ts'
import { keepUnaccounted } from './keep-unaccounted.ts'

/**
 * Compares and repairs. @returns how many mails were unaccounted for; 0 is the only good answer.
 * @throws MaildeskError imap.*, blob.*, db.*
 */
export async function reconcileFolder(
  deps: DeskDeps,
  source: MailSource,
  folder: Folder,
  signal: AbortSignal,
): Promise<number> {
  const { mailbox, row } = folder
  const { uidValidity } = source.folder
  const key = { mailboxId: mailbox.id, name: row.name }
  const cursors = await listCursors(deps.db, mailbox.id, row.name)
  const cursor = cursors.find(({ uid_validity }) => uid_validity === uidValidity)
  if (!cursor) return 0
  const lastUid = Number(cursor.last_uid)
  const uids = (await listUidsInWindow(source, row, cursor, 0)).filter((uid) => uid <= lastUid)
  const wants = (email: Parameters<typeof isInWindow>[0]) => isInWindow(email, row, cursor)
  let unaccounted = 0
  for (let start = 0; start < uids.length && !signal.aborted; start += describeAtOnce) {
    const chunk = uids.slice(start, start + describeAtOnce)
    unaccounted += await keepUnaccounted(deps, source, folder, chunk, { wants, signal })
  }
  if (signal.aborted) return unaccounted
  if (unaccounted > 0)
    deps.log.error(
      { mailbox: mailbox.address, folder: row.name, unaccounted },
      'mails were missing in the ledger; they are fetched now',
    )
  await recordReconciled(deps.db, key, unaccounted)
  await failpoint('poll.reconciled')
  return unaccounted
}

/** True when the last comparison is longer ago than `intervalMs`. Pure. */
export function isReconcileDue(reconciledAt: Date | null, now: Date, intervalMs: number): boolean {
  return reconciledAt === null || now.getTime() - reconciledAt.getTime() >= intervalMs
}
