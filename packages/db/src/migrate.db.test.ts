import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase } from './connect.ts'
import { migrateDatabase, migrationStatus, rollbackDatabase } from './migrate.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

/** Everything of ours in the database: tables, functions, sequences; not knex's own notes. */
async function things(): Promise<string[]> {
  const { rows } = await database.db.raw(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')
     UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY name`,
  )
  return rows.map(({ name }: { name: string }) => name).filter((name: string) => !name.startsWith('knex_'))
}

test('migrating a migrated database changes nothing', async () => {
  const before = await things()
  expect(await migrateDatabase(database.db)).toEqual([])
  expect(await things()).toEqual(before)
  expect((await migrationStatus(database.db)).pending).toEqual([])
})

test('the way back leads down to nothing, and forth again', async () => {
  const before = await things()
  const { done } = await migrationStatus(database.db)
  expect(before.length).toBeGreaterThan(10)

  const undone = await rollbackDatabase(database.db)
  expect(undone).toEqual(done.toReversed())
  expect(await things()).toEqual([])
  expect(await migrationStatus(database.db)).toEqual({ done: [], pending: done })

  expect(await migrateDatabase(database.db)).toEqual(done)
  expect(await things()).toEqual(before)
})

test('of several hosts that migrate at once one does it, and the others wait for it', async () => {
  await rollbackDatabase(database.db)
  const hosts = Array.from({ length: 4 }, () => connectDatabase(database.url, { poolMax: 2 }))
  try {
    const ran = await Promise.all(hosts.map((host) => migrateDatabase(host)))
    expect(ran.map((names) => names.length).toSorted((a, b) => a - b)).toEqual([
      0,
      0,
      0,
      (await migrationStatus(database.db)).done.length,
    ])
    expect((await migrationStatus(database.db)).pending).toEqual([])
  } finally {
    await Promise.all(hosts.map((host) => host.destroy()))
  }
})
