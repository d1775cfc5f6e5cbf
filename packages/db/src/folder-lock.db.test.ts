import type { MailboxId } from '@maildesk/core'
import { anId, createTestDatabase, startTcpProxy, type TestDatabase, waitUntil } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, type Database } from './connect.ts'
import { type FolderLock, tryLockFolder } from './folder-lock.ts'
import type { FolderKey } from './mailbox-folders.ts'

let database: TestDatabase
let other: Database
beforeAll(async () => {
  database = await createTestDatabase()
  other = connectDatabase(database.url, { poolMax: 2 })
})
afterAll(async () => {
  await other?.destroy()
  await database?.drop()
})

const aFolder = (): FolderKey => ({ mailboxId: anId<MailboxId>(), name: 'INBOX' })

async function lockOf(db: Database, id: FolderKey): Promise<FolderLock> {
  const lock = await tryLockFolder(db, id)
  if (!lock) throw new Error('the mailbox is locked already')
  return lock
}

test('a folder is taken once, by whichever process asks, and its neighbour is free', async () => {
  const id = aFolder()
  const lock = await lockOf(database.db, id)
  expect(await tryLockFolder(other, id)).toBeUndefined()
  // Not even the same process twice: each lock has a session of its own.
  expect(await tryLockFolder(database.db, id)).toBeUndefined()
  await (await lockOf(other, { ...id, name: 'Sent' })).release()
  await lock.assertHeld()
  await lock.release()
  await (await lockOf(other, id)).release()
})

test('of many who ask at once one gets it', async () => {
  const id = aFolder()
  const locks = await Promise.all([database.db, other, database.db, other].map((db) => tryLockFolder(db, id)))
  const held = locks.filter((lock) => lock !== undefined)
  expect(held).toHaveLength(1)
  await held[0]?.release()
})

test('two mailboxes do not stand in each other’s way', async () => {
  const [one, two] = [await lockOf(database.db, aFolder()), await lockOf(other, aFolder())]
  await Promise.all([one.release(), two.release()])
})

test('a refused try gives its connection back', async () => {
  const id = aFolder()
  const lock = await lockOf(database.db, id)
  // More tries than the pool has connections.
  for (let attempt = 0; attempt < 10; attempt += 1) expect(await tryLockFolder(other, id)).toBeUndefined()
  await lock.release()
})

test('when the connection dies, the holder is told and the mailbox is free', async () => {
  const id = aFolder()
  const lock = await lockOf(database.db, id)
  const { rowCount } = await other.raw(
    `SELECT pg_terminate_backend(pid) FROM pg_locks
      WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  expect(rowCount).toBe(1)
  const taken = await waitUntil(() => tryLockFolder(other, id), { what: 'the mailbox to be free' })
  await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'db.unavailable' })
  await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'db.unavailable' })
  // Giving back what is lost is no error, and takes nothing from the new holder.
  await lock.release()
  await taken.assertHeld()
  expect(await tryLockFolder(database.db, id)).toBeUndefined()
  await taken.release()
  await database.db.raw('SELECT 1')
})

test('a holder that nothing is heard of loses the folder, and one that lives keeps it however long it works', async () => {
  const idleMs = 300
  const url = new URL(database.url)
  const proxy = await startTcpProxy({ targetPort: Number(url.port) })
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  const frozen = connectDatabase(url.href, { poolMax: 1 })
  try {
    const [lost, kept] = [aFolder(), aFolder()]
    const silent = await tryLockFolder(frozen, lost, 'watch', idleMs)
    const alive = await tryLockFolder(database.db, kept, 'watch', idleMs)
    proxy.pause()
    const taken = await waitUntil(() => tryLockFolder(other, lost), { what: 'the folder of the silent one' })
    expect(await tryLockFolder(other, kept)).toBeUndefined()
    await alive?.assertHeld()
    proxy.resume()
    await expect(silent?.assertHeld()).rejects.toMatchObject({ code: 'db.unavailable' })
    await Promise.all([taken.release(), alive?.release(), silent?.release()])
  } finally {
    await frozen.destroy()
    await proxy.stop()
  }
})
