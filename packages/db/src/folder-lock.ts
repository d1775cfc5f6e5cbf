// One poller per folder: a session-level advisory lock on a connection of its own.
import { setTimeout as delay } from 'node:timers/promises'
import { classifyPgError } from './classify-pg-error.ts'
import type { Database } from './connect.ts'
import type { FolderKey } from './mailbox-folders.ts'

/** Longest wait for a session to end, milliseconds; over a dead connection it would never say so. */
const maxEndMs = 2000

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
): Promise<FolderLock | undefined> {
  // Outside the pool: it is held as long as the folder is watched, and there may be more folders than the pool has room for.
  const connection = await rawConnection(db)
  const giveBack = () => endQuickly(db.client.destroyRawConnection(connection))
  try {
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
  return {
    async assertHeld() {
      try {
        await db.raw('SELECT 1').connection(connection)
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
