// A copy of what was sent, in the mailbox's own folder of sent mail. A step of its own: what is sent stays sent.

import {
  type AfterCopy,
  afterCopyFailure,
  databaseText,
  errorText,
  type OutboundEmailId,
} from '@maildesk/core'
import {
  claimSentCopy,
  findMailbox,
  finishSentCopy,
  type OutboundEmailRow,
  renewSentCopy,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { WorkerDeps } from './deps.ts'
import { withLease } from './lease.ts'
import { sentFolderAccess } from './resolve-uncertain.ts'

/** Longest error that is kept, UTF-16 units. */
const maxError = 1000

/** Keeps the copy, if it is due; one that is there already is left alone. */
export async function copySent(deps: WorkerDeps, id: OutboundEmailId): Promise<void> {
  const { leaseMs } = deps.settings
  const row = await claimSentCopy(deps.db, id, leaseMs)
  if (!row) return
  await failpoint('copy.claimed')
  const result = await withLease(
    leaseMs,
    () => renewSentCopy(deps.db, row, leaseMs),
    () => attempt(deps, row),
  )
  await finishSentCopy(deps.db, id, result)
  await failpoint('copy.finished')
}

async function attempt(deps: WorkerDeps, row: OutboundEmailRow): Promise<AfterCopy> {
  try {
    const mailbox = row.mailbox_id ? await findMailbox(deps.db, row.mailbox_id) : undefined
    // Turned off since.
    if (!mailbox?.sent_folder || !row.raw_key) return { state: 'none', nextInMs: null, error: null }
    const raw = await deps.blobs.read(row.raw_key)
    const access = await sentFolderAccess(deps, mailbox)
    const isNew = await deps.sentFolder.keep(access, mailbox.sent_folder, {
      messageId: row.rfc822_id,
      raw,
      sentAt: row.sent_at ?? row.queued_at,
    })
    await failpoint('copy.appended')
    deps.log.info({ outboundEmailId: row.id, isNew }, 'copy of sent mail kept')
    return { state: 'done', nextInMs: null, error: null }
  } catch (error) {
    const after = afterCopyFailure(row.copy_attempts, databaseText(errorText(error), maxError))
    deps.log.warn(
      { outboundEmailId: row.id, error: after.error, attempts: row.copy_attempts, state: after.state },
      'copy of sent mail not kept',
    )
    return after
  }
}
