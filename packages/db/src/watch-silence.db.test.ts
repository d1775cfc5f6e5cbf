import type { MailboxId } from '@maildesk/core'
import { createTestDatabase, startTcpProxy, type TcpProxy, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase } from './connect.ts'
import { type Database, inTransaction, tryLockFolder } from './index.ts'

const silenceMs = 300

let database: TestDatabase
let proxy: TcpProxy
let db: Database

beforeAll(async () => {
  database = await createTestDatabase()
  const url = new URL(database.url)
  proxy = await startTcpProxy({ targetPort: Number(url.port) })
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  db = connectDatabase(url.href, { poolMax: 2, silenceMs })
})
afterAll(async () => {
  await db?.destroy()
  await proxy?.stop()
  await database?.drop()
})

test('a server that is gone without a word is noticed, in a transaction and on a held lock, and the pool heals', async () => {
  const lock = await tryLockFolder(db, { mailboxId: crypto.randomUUID() as MailboxId, name: 'INBOX' })
  await inTransaction(db, async (tx) => {
    await tx.raw('SELECT 1')
  })
  proxy.blackhole(true)
  const attempts = await Promise.allSettled([
    inTransaction(db, async (tx) => {
      await tx.raw('SELECT 1')
    }),
    lock?.assertHeld(),
  ])
  expect(attempts).toMatchObject([
    { status: 'rejected', reason: { code: 'db.unavailable' } },
    { status: 'rejected', reason: { code: 'db.unavailable' } },
  ])
  proxy.blackhole(false)
  await inTransaction(db, async (tx) => {
    await tx.raw('SELECT 1')
  })
})

test('a statement that is answered late, but while the server speaks, and an idle connection are left alone', async () => {
  await db.raw('SELECT pg_sleep(0.1)')
  const before = await db.raw('SELECT pg_backend_pid() AS pid')
  await new Promise((resolve) => setTimeout(resolve, 3 * silenceMs))
  const after = await db.raw('SELECT pg_backend_pid() AS pid')
  expect(after.rows[0].pid).toBe(before.rows[0].pid)
})
