// Folder against ledger, told and not fetched: what `maildesk doctor --deep` asks.
import type { MailSource } from '@maildesk/core'
import { type Database, listCursors, listUnaccountedUids } from '@maildesk/db'
import { describeAtOnce, type Folder } from './fetch-new.ts'
import { isInWindow, listUidsInWindow } from './folder-window.ts'

export interface ComparedFolder {
  /** False when the poller has not read this epoch of the folder: then nothing else is told. */
  readonly isKnown: boolean
  readonly uidValidity: string
  /** Mails that the cursor has passed and the ledger does not hold; the first of them. */
  readonly unaccounted: number
  readonly examples: readonly number[]
  /** Mails beyond the cursor. */
  readonly unread: number
}

const maxExamples = 10

/** Changes nothing. @throws MaildeskError imap.*, db.* */
export async function compareFolder(
  db: Database,
  source: MailSource,
  { mailbox, row }: Folder,
): Promise<ComparedFolder> {
  const { uidValidity } = source.folder
  const cursors = await listCursors(db, mailbox.id, row.name)
  const cursor = cursors.find(({ uid_validity }) => uid_validity === uidValidity)
  if (!cursor) return { isKnown: false, uidValidity, unaccounted: 0, examples: [], unread: 0 }
  const at = { mailboxId: mailbox.id, folder: row.name, uidValidity }
  const missing = await listUnaccountedUids(db, at, await listUidsInWindow(source, row, cursor, 0))
  const examples: number[] = []
  let [unaccounted, unread] = [0, 0]
  for (let start = 0; start < missing.length; start += describeAtOnce) {
    const listed = await source.describe(missing.slice(start, start + describeAtOnce))
    for (const { uid } of listed.filter((email) => isInWindow(email, row, cursor))) {
      if (uid > Number(cursor.last_uid)) unread += 1
      else {
        unaccounted += 1
        if (examples.length < maxExamples) examples.push(uid)
      }
    }
  }
  return { isKnown: true, uidValidity, unaccounted, examples, unread }
}
