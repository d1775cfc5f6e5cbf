// Old mail of a folder on demand, oldest first so that answers find their tickets. Goes on where it was killed.
import type { MailSource } from '@maildesk/core'
import { advanceBackfill, finishBackfill, inTransaction, startBackfill, tryLockFolder } from '@maildesk/db'
import type { DeskDeps } from '@maildesk/flows'
import { describeAtOnce, type Folder } from './fetch-new.ts'
import { keepUnaccounted } from './keep-unaccounted.ts'

export interface BackfillProgress {
  /** Mails of the time in question that were looked at, in this run and before. */
  readonly lookedAt: number
  readonly of: number
  /** Those that were not in the ledger. */
  readonly kept: number
}

export interface BackfillOptions {
  /** Mails that the server took in since. */
  readonly since: Date
  readonly signal: AbortSignal
  readonly onProgress: (progress: BackfillProgress) => void
}

/** IMAP's SINCE knows days only, in the server's time zone (RFC 9051 §6.4.4): one more is asked for, milliseconds. */
const dayMs = 24 * 60 * 60 * 1000

/**
 * Runs until all of it is in the ledger or `signal` aborts; a mail that is there already is not taken twice.
 * @returns undefined while another process backfills the folder. @throws MaildeskError imap.*, blob.*, db.*
 */
export async function backfillFolder(
  deps: DeskDeps,
  source: MailSource,
  folder: Folder,
  options: BackfillOptions,
): Promise<(BackfillProgress & { readonly isDone: boolean }) | undefined> {
  const key = { mailboxId: folder.mailbox.id, name: folder.row.name }
  const lock = await tryLockFolder(deps.db, key, 'backfill')
  if (!lock) return undefined
  try {
    return await run(deps, source, folder, options)
  } finally {
    await lock.release()
  }
}

async function run(
  deps: DeskDeps,
  source: MailSource,
  folder: Folder,
  { since, signal, onProgress }: BackfillOptions,
): Promise<BackfillProgress & { readonly isDone: boolean }> {
  const key = { mailboxId: folder.mailbox.id, name: folder.row.name }
  const { uidValidity } = source.folder
  const state = await inTransaction(deps.db, (tx) => startBackfill(tx, key, { uidValidity, since }))
  const uids = await source.listUids(Number(state.last_uid), new Date(since.getTime() - dayMs))
  const of = state.looked_at + uids.length
  let progress: BackfillProgress = { lookedAt: state.looked_at, of, kept: state.kept }
  onProgress(progress)
  const wants = ({ internalDate }: { internalDate: Date | null }) =>
    internalDate === null || internalDate >= since
  for (let start = 0; start < uids.length; start += describeAtOnce) {
    if (signal.aborted) return { ...progress, isDone: false }
    const chunk = uids.slice(start, start + describeAtOnce)
    let kept = 0
    await keepUnaccounted(deps, source, folder, chunk, {
      wants,
      signal,
      alongside: async (tx, mails) => {
        kept += mails
        await advanceBackfill(tx, key, { lastUid: null, lookedAt: 0, kept: mails })
      },
    })
    if (signal.aborted) return { ...progress, kept: progress.kept + kept, isDone: false }
    const lastUid = chunk.at(-1) ?? 0
    await inTransaction(deps.db, (tx) =>
      advanceBackfill(tx, key, { lastUid, lookedAt: chunk.length, kept: 0 }),
    )
    progress = { lookedAt: progress.lookedAt + chunk.length, of, kept: progress.kept + kept }
    onProgress(progress)
  }
  await inTransaction(deps.db, (tx) => finishBackfill(tx, key))
  return { ...progress, isDone: true }
}
