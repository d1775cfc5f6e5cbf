// One folder of a mailbox, for as long as the process lives: lock, connect, fetch, wait, and again; whatever breaks is opened anew.

import { setTimeout as sleep } from 'node:timers/promises'
import { type ErrorCode, errorText, MaildeskError, type MailSource } from '@maildesk/core'
import {
  type FolderKey,
  type FolderLock,
  findMailbox,
  findMailboxFolder,
  type MailboxRow,
  recordFolderError,
  recordPoll,
  tryLockFolder,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps } from '@maildesk/flows'
import { afterProcessDue } from './after-process.ts'
import { type Folder, fetchNew } from './fetch-new.ts'
import { isReconcileDue, reconcileFolder } from './reconcile.ts'

export interface WatchOptions {
  readonly openSource: (mailbox: MailboxRow, folder: string) => Promise<MailSource>
  /** The mailbox is looked at at least this often, milliseconds. */
  readonly pollIntervalMs: number
  /** Folder and ledger are compared this often, milliseconds. */
  readonly reconcileIntervalMs: number
  /** A connection is replaced by a new one after this, milliseconds; ten minutes unless told. */
  readonly maxConnectionMs?: number
  /** Pause after a refused log-in, milliseconds; a minute unless told. */
  readonly authPauseMs?: number
  readonly signal: AbortSignal
}

/** Pauses after failures: 1 s, 2 s, 4 s … up to this, milliseconds. */
const maxPauseMs = 60_000
/** Only a person can help. */
const needsPerson: ReadonlySet<ErrorCode> = new Set(['imap.auth-failed', 'mailbox.oauth-refused'])
/** A wrong password is not tried often: servers lock accounts that do. Milliseconds. */
const defaultAuthPauseMs = 60_000
/**
 * A folder that was restored from a backup under an open connection may look unchanged, and be without new mail, until
 * it is selected anew (RFC 9051 §2.3.1.1). Milliseconds.
 */
const defaultMaxConnectionMs = 10 * 60_000
/** How soon another poller's folder is asked for again, milliseconds. */
const lockedPauseMs = 5000

/**
 * Watches until `signal` aborts or the mailbox or its folder is switched off. Never throws: troubles are in the log and
 * the folder's row.
 */
export async function watchFolder(deps: DeskDeps, key: FolderKey, options: WatchOptions): Promise<void> {
  let failures = 0
  while (!options.signal.aborted) {
    let folder: Folder | undefined
    try {
      folder = await findWatched(deps, key)
      if (!folder) return
      const lock = await tryLockFolder(deps.db, key)
      if (!lock) {
        await pause(lockedPauseMs, options.signal)
        continue
      }
      try {
        await failpoint('poll.locked')
        await watchLocked(deps, folder, lock, options, () => {
          failures = 0
        })
      } finally {
        await lock.release()
      }
    } catch (error) {
      failures += 1
      await tellTrouble(deps, key, folder?.mailbox.address, error, failures)
      await pause(pauseMs(error, failures, options.authPauseMs ?? defaultAuthPauseMs), options.signal)
    }
  }
}

async function findWatched(deps: DeskDeps, key: FolderKey): Promise<Folder | undefined> {
  const mailbox = await findMailbox(deps.db, key.mailboxId)
  const row = await findMailboxFolder(deps.db, key)
  return mailbox?.is_active && row?.is_active ? { mailbox, row } : undefined
}

async function watchLocked(
  deps: DeskDeps,
  folder: Folder,
  lock: FolderLock,
  options: WatchOptions,
  onGoodPoll: () => void,
): Promise<void> {
  const { mailbox, row } = folder
  const key = { mailboxId: mailbox.id, name: row.name }
  const where = { mailbox: mailbox.address, folder: row.name }
  const source = await options.openSource(mailbox, row.name)
  const renewAt = performance.now() + (options.maxConnectionMs ?? defaultMaxConnectionMs)
  try {
    await failpoint('poll.opened')
    const { uidValidity, exists } = source.folder
    deps.log.info({ ...where, uidValidity, exists }, 'mailbox opened')
    const takeNew = async () => {
      const kept = await fetchNew(deps, source, folder, options.signal)
      if (kept > 0) deps.log.info({ ...where, kept }, 'emails kept')
    }
    while (!options.signal.aborted) {
      await lock.assertHeld()
      await takeNew()
      await afterProcessDue(deps, source, folder)
      await recordPoll(deps.db, key)
      await failpoint('poll.recorded')
      onGoodPoll()
      const now = await findWatched(deps, key)
      // Changed settings take effect with a new connection.
      if (!now || isChanged(now, folder)) return
      if (isReconcileDue(now.row.reconciled_at, deps.clock.now(), options.reconcileIntervalMs)) {
        await reconcileFolder(deps, source, folder, options.signal)
        // What came meanwhile was listed with the rest and is no news to the connection: it is looked for again.
        await takeNew()
      }
      if (performance.now() > renewAt) return
      await source.waitForChange(options.pollIntervalMs, options.signal)
    }
  } finally {
    await source.close()
  }
}

function isChanged(now: Folder, before: Folder): boolean {
  return (
    now.mailbox.updated_at.getTime() !== before.mailbox.updated_at.getTime() ||
    now.row.updated_at.getTime() !== before.row.updated_at.getTime()
  )
}

async function tellTrouble(
  deps: DeskDeps,
  key: FolderKey,
  address: string | undefined,
  error: unknown,
  failures: number,
): Promise<void> {
  const where = { mailbox: address ?? key.mailboxId, folder: key.name }
  deps.log.error({ ...where, failures, error: errorText(error) }, 'mailbox cannot be read')
  try {
    await recordFolderError(deps.db, key, errorText(error))
  } catch (second) {
    deps.log.error({ ...where, error: errorText(second) }, 'mailbox trouble could not be written down')
  }
}

function pauseMs(error: unknown, failures: number, authPauseMs: number): number {
  if (error instanceof MaildeskError && needsPerson.has(error.code)) return authPauseMs
  return Math.min(maxPauseMs, 1000 * 2 ** Math.min(failures - 1, 10))
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined) // aborted: stop waiting
}
