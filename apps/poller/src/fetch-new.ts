// Brings what is new in a folder into the ledger, in batches: bytes to the blob store first, then rows and cursor at once.

import type { MailSource } from '@maildesk/core'
import {
  listCursors,
  type MailboxCursorRow,
  type MailboxFolderRow,
  type MailboxRow,
  startEpoch,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import { type DeskDeps, receiveEmails } from '@maildesk/flows'
import { isInWindow, listUidsInWindow } from './folder-window.ts'
import { keepMails } from './keep-mails.ts'

/** UIDs described in one command. */
export const describeAtOnce = 200

export interface Folder {
  readonly mailbox: MailboxRow
  readonly row: MailboxFolderRow
}

/**
 * Fetches everything after the cursor and returns how many mails were kept.
 * @throws MaildeskError imap.*, blob.*, db.*: what was not committed is fetched again next time.
 */
export async function fetchNew(
  deps: DeskDeps,
  source: MailSource,
  folder: Folder,
  signal: AbortSignal,
): Promise<number> {
  const { mailbox, row } = folder
  const { uidValidity } = source.folder
  const cursor = await findCursor(deps, source, folder)
  const uids = await listUidsInWindow(source, row, cursor, Number(cursor.last_uid))
  await failpoint('poll.listed')
  const place = { folder: row.name, purpose: row.purpose, uidValidity }
  let kept = 0
  for (let start = 0; start < uids.length && !signal.aborted; start += describeAtOnce) {
    const chunk = uids.slice(start, start + describeAtOnce)
    const listed = (await source.describe(chunk)).filter((email) => isInWindow(email, row, cursor))
    await failpoint('poll.described')
    for await (const batch of keepMails(deps, source, listed)) {
      await failpoint('poll.batch-kept')
      const lastUid = batch.listed.at(-1)?.uid ?? 0
      kept += (await receiveEmails(deps, mailbox, { ...place, lastUid }, batch.mails)).length
      if (signal.aborted) return kept
    }
    // Those gone since they were listed are behind the cursor too.
    await receiveEmails(deps, mailbox, { ...place, lastUid: chunk.at(-1) ?? 0 }, [])
    if (uids.length > describeAtOnce)
      deps.log.info(
        { mailbox: mailbox.address, folder: row.name, done: start + chunk.length, of: uids.length },
        'backlog read',
      )
  }
  return kept
}

/** How far this epoch was read; one that is new starts now. */
async function findCursor(
  deps: DeskDeps,
  source: MailSource,
  { mailbox, row }: Folder,
): Promise<MailboxCursorRow> {
  const { uidValidity, uidNext } = source.folder
  const cursors = await listCursors(deps.db, mailbox.id, row.name)
  const cursor = cursors.find(({ uid_validity }) => uid_validity === uidValidity)
  if (cursor) return cursor
  if (cursors.length > 0) {
    // The server renumbered the folder: everything is read again, and known mail is recognised by its content.
    deps.log.warn(
      { mailbox: mailbox.address, folder: row.name, from: cursors[0]?.uid_validity, to: uidValidity },
      'UIDVALIDITY changed, folder is read anew',
    )
  }
  const epoch = await startEpoch(deps.db, {
    mailboxId: mailbox.id,
    folder: row.name,
    uidValidity,
    windowBelow: row.reads_since ? uidNext : 0,
  })
  await failpoint('poll.epoch-started')
  return epoch
}
