// One poller per folder: a session-level advisory lock on a connection of its own.
import { setTimeout as delay } from 'node:timers/promises'
import { classifyPgError } from './classify-pg-error.ts'
import type { Database } from './connect.ts'
import type { FolderKey } from './mailbox-folders.ts'

/** Longest wait for a session to end, milliseconds; over a dead connection it would never say so. */
const maxEndMs = 2000
/**
 * A session that is not heard of for so long loses the folder, milliseconds: its process is frozen, or its host is gone
 * without a word, and another one is to go on.
 */
const defaultIdleMs = 60_000
/** So many times within that it says that it lives. */
const beatsPerIdle = 4

export interface FolderLock {
  /** @throws MaildeskError db.unavailable when the connection, and with it the lock, is gone. */
  assertHeld(): Promise<void>
  release(): Promise<void>
}

/** Takes the folder for this process; undefined while another process has it. Ends by itself when the process dies. */
export async function tryLockFolder(
  db: Database,
  { mailboxId, name }: FolderKey,
  work: 'watch' | 'backfill' = 'watch',
  idleMs = defaultIdleMs,
): Promise<FolderLock | undefined> {
  // Outside the pool: it is held as long as the folder is watched, and there may be more folders than the pool has room for.
  const connection = await rawConnection(db)
  let beating: NodeJS.Timeout | undefined
  const giveBack = () => {
    clearInterval(beating)
    return endQuickly(db.client.destroyRawConnection(connection))
  }
  try {
    await db.raw(`SELECT set_config('idle_session_timeout', ?, false)`, [`${idleMs}`]).connection(connection)
    const { rows } = await db
      .raw('SELECT pg_try_advisory_lock(hashtextextended(?, 1)) AS locked', [
        work === 'watch' ? `${mailboxId}/${name}` : `${work}:${mailboxId}/${name}`,
      ])
      .connection(connection)
    if (!rows[0].locked) {
      await giveBack()
      return undefined
    }
  } catch (error) {
    await giveBack()
    throw classifyPgError(error)
  }
  let asking: Promise<unknown> | undefined
  const ask = () => {
    asking ??= Promise.resolve(db.raw('SELECT 1').connection(connection)).finally(() => {
      asking = undefined
    })
    return asking
  }
  beating = setInterval(() => {
    ask().catch(() => undefined) // told by the next assertHeld
  }, idleMs / beatsPerIdle)
  beating.unref()
  return {
    async assertHeld() {
      try {
        await ask()
      } catch (error) {
        throw classifyPgError(error)
      }
    },
    // The lock ends with its session.
    release: giveBack,
  }
}

async function rawConnection(db: Database): Promise<object> {
  try {
    return await db.client.acquireRawConnection()
  } catch (error) {
    throw classifyPgError(error)
  }
}

async function endQuickly(ending: Promise<unknown>): Promise<void> {
  // A connection that breaks while it ends has ended.
  const ended = ending.catch(() => undefined)
  await Promise.race([ended, delay(maxEndMs, undefined, { ref: false })])
}
