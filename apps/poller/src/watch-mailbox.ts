// One mailbox, for as long as the process lives: lock, connect, fetch, wait, and again; whatever breaks is opened anew.
import { setTimeout as sleep } from 'node:timers/promises'
import { errorText, MaildeskError, type MailSource } from '@maildesk/core'
import {
  findMailbox,
  type MailboxLock,
  type MailboxRow,
  recordMailboxError,
  recordPoll,
  tryLockMailbox,
} from '@maildesk/db'
import type { DeskDeps } from '@maildesk/flows'
import { afterProcessDue } from './after-process.ts'
import { type Folder, fetchNew } from './fetch-new.ts'

export interface WatchOptions {
  readonly openSource: (mailbox: MailboxRow, folder: string) => Promise<MailSource>
  /** The mailbox is looked at at least this often, milliseconds. */
  readonly pollIntervalMs: number
  /** A connection is replaced by a new one after this, milliseconds; ten minutes unless told. */
  readonly maxConnectionMs?: number
  /** Pause after a refused log-in, milliseconds; a minute unless told. */
  readonly authPauseMs?: number
  readonly signal: AbortSignal
}

/** Pauses after failures: 1 s, 2 s, 4 s … up to this, milliseconds. */
const maxPauseMs = 60_000
/** A wrong password is not tried often: servers lock accounts that do. Milliseconds. */
const defaultAuthPauseMs = 60_000
/**
 * A folder that was restored from a backup under an open connection may look unchanged, and be without new mail, until
 * it is selected anew (RFC 9051 §2.3.1.1). Milliseconds.
 */
const defaultMaxConnectionMs = 10 * 60_000
/** How soon another poller's mailbox is asked for again, milliseconds. */
const lockedPauseMs = 5000

/** Watches until `signal` aborts or the mailbox is switched off. Never throws: troubles are in the log and the mailbox row. */
export async function watchMailbox(
  deps: DeskDeps,
  id: MailboxRow['id'],
  options: WatchOptions,
): Promise<void> {
  let failures = 0
  while (!options.signal.aborted) {
    let mailbox: MailboxRow | undefined
    try {
      mailbox = await findMailbox(deps.db, id)
      if (!mailbox?.is_active) return
      const lock = await tryLockMailbox(deps.db, id)
      if (!lock) {
        await pause(lockedPauseMs, options.signal)
        continue
      }
      try {
        await watchLocked(deps, mailbox, lock, options, () => {
          failures = 0
        })
      } finally {
        await lock.release()
      }
    } catch (error) {
      failures += 1
      await tellTrouble(deps, id, mailbox?.address, error, failures)
      await pause(pauseMs(error, failures, options.authPauseMs ?? defaultAuthPauseMs), options.signal)
    }
  }
}

async function watchLocked(
  deps: DeskDeps,
  mailbox: MailboxRow,
  lock: MailboxLock,
  options: WatchOptions,
  onGoodPoll: () => void,
): Promise<void> {
  const folder: Folder = { mailbox, name: mailbox.imap_folder }
  const source = await options.openSource(mailbox, folder.name)
  const renewAt = performance.now() + (options.maxConnectionMs ?? defaultMaxConnectionMs)
  try {
    deps.log.info(
      {
        mailbox: mailbox.address,
        folder: folder.name,
        uidValidity: source.folder.uidValidity,
        exists: source.folder.exists,
      },
      'mailbox opened',
    )
    while (!options.signal.aborted) {
      await lock.assertHeld()
      const kept = await fetchNew(deps, source, folder, options.signal)
      if (kept > 0) deps.log.info({ mailbox: mailbox.address, kept }, 'emails kept')
      await afterProcessDue(deps, source, folder)
      await recordPoll(deps.db, mailbox.id)
      onGoodPoll()
      const now = await findMailbox(deps.db, mailbox.id)
      // Changed settings take effect with a new connection.
      if (!now || now.updated_at.getTime() !== mailbox.updated_at.getTime()) return
      if (performance.now() > renewAt) return
      await source.waitForChange(options.pollIntervalMs, options.signal)
    }
  } finally {
    await source.close()
  }
}

async function tellTrouble(
  deps: DeskDeps,
  id: MailboxRow['id'],
  address: string | undefined,
  error: unknown,
  failures: number,
): Promise<void> {
  deps.log.error({ mailbox: address ?? id, failures, error: errorText(error) }, 'mailbox cannot be read')
  try {
    await recordMailboxError(deps.db, id, errorText(error))
  } catch (second) {
    deps.log.error(
      { mailbox: address ?? id, error: errorText(second) },
      'mailbox trouble could not be written down',
    )
  }
}

function pauseMs(error: unknown, failures: number, authPauseMs: number): number {
  if (error instanceof MaildeskError && error.code === 'imap.auth-failed') return authPauseMs
  return Math.min(maxPauseMs, 1000 * 2 ** Math.min(failures - 1, 10))
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined) // aborted: stop waiting
}
