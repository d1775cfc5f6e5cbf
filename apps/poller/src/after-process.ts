// What happens in the mailbox once a mail is safe with us: by UID, as often as needed, never before the commit.

import { errorText, type MailSource } from '@maildesk/core'
import { listAfterDue, recordAfterDone, recordAfterFailed } from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps } from '@maildesk/flows'
import type { Folder } from './fetch-new.ts'

/** Mails taken in one command. */
const atOnce = 200

/** Does what is due. A failure is written down and tried again later; the mails themselves are safe. @throws MaildeskError db.*, imap.disconnected */
export async function afterProcessDue(
  deps: DeskDeps,
  source: MailSource,
  { mailbox, row }: Folder,
): Promise<void> {
  if (mailbox.after_processing === 'keep' || row.purpose === 'sent') return
  const action = mailbox.after_processing
  for (;;) {
    const due = await listAfterDue(
      deps.db,
      { mailboxId: mailbox.id, folder: row.name, uidValidity: source.folder.uidValidity },
      atOnce,
    )
    if (due.length === 0) return
    const ids = due.map(({ id }) => id)
    try {
      await failpoint('poll.after-due')
      await source.afterProcess(
        due.map(({ uid }) => Number(uid)),
        action,
        mailbox.after_folder,
      )
      await failpoint('poll.after-told')
    } catch (error) {
      deps.log.warn(
        { mailbox: mailbox.address, folder: row.name, action, count: ids.length, error: errorText(error) },
        'after-processing failed',
      )
      await recordAfterFailed(deps.db, ids, errorText(error))
      throw error
    }
    await recordAfterDone(deps.db, ids)
    await failpoint('poll.after-recorded')
  }
}
