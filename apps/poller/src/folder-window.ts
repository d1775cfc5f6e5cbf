// Which mails of a folder are ours to read: all, or for a folder that is read from a day on, those the server took in since.
import type { ListedEmail, MailSource } from '@maildesk/core'
import type { MailboxCursorRow, MailboxFolderRow } from '@maildesk/db'

/** IMAP's SINCE knows days only, in the server's time zone (RFC 9051 §6.4.4): one more is asked for, milliseconds. */
const dayMs = 24 * 60 * 60 * 1000

/**
 * UIDs beyond `afterUid` that may be in the window, ascending. What came into the folder after the epoch began is always
 * in it, however old the mail: somebody moved it there.
 */
export async function listUidsInWindow(
  source: MailSource,
  folder: Pick<MailboxFolderRow, 'reads_since'>,
  cursor: Pick<MailboxCursorRow, 'window_below'>,
  afterUid: number,
): Promise<number[]> {
  const windowBelow = Number(cursor.window_below)
  const uids = await source.listUids(afterUid)
  if (!folder.reads_since || (uids[0] ?? windowBelow) >= windowBelow) return uids
  const recent = new Set(await source.listUids(afterUid, new Date(folder.reads_since.getTime() - dayMs)))
  return uids.filter((uid) => uid >= windowBelow || recent.has(uid))
}

/** The exact answer, once the mail's date is known. Pure. */
export function isInWindow(
  email: ListedEmail,
  folder: Pick<MailboxFolderRow, 'reads_since'>,
  cursor: Pick<MailboxCursorRow, 'window_below'>,
): boolean {
  if (!folder.reads_since || email.uid >= Number(cursor.window_below)) return true
  return email.internalDate === null || email.internalDate >= folder.reads_since
}
