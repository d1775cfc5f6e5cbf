// One poller per mailbox: a session-level advisory lock on a connection of its own.
import type { MailboxId } from '@maildesk/core'
import { classifyPgError } from './classify-pg-error.ts'
import type { Database } from './connect.ts'

export interface MailboxLock {
  /** @throws MaildeskError db.unavailable when the connection, and with it the lock, is gone. */
  assertHeld(): Promise<void>
  release(): Promise<void>
}

/** Takes the mailbox for this process; undefined while another process has it. Ends by itself when the process dies. */
export async function tryLockMailbox(db: Database, id: MailboxId): Promise<MailboxLock | undefined> {
  const connection = await db.client.acquireConnection()
  const giveBack = () => db.client.releaseConnection(connection)
  try {
    const { rows } = await db
      .raw('SELECT pg_try_advisory_lock(hashtextextended(?, 1)) AS locked', [id])
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
    async release() {
      try {
        await db.raw('SELECT pg_advisory_unlock(hashtextextended(?, 1))', [id]).connection(connection)
      } catch {
        // The connection is dead, and so is the lock.
      } finally {
        await giveBack()
      }
    },
  }
}
