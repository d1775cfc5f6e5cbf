import { expect, test } from 'vitest'
import { createTestDatabase } from './test-database.ts'

test('each test database is migrated and knows nothing of the others', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()])
  try {
    await one.db.raw('CREATE TABLE only_here (id int)')
    expect(await one.db.schema.hasTable('tickets')).toBe(true)
    expect(await one.db.schema.hasTable('only_here')).toBe(true)
    expect(await other.db.schema.hasTable('only_here')).toBe(false)
  } finally {
    await Promise.all([one.drop(), other.drop()])
  }
})

test('the database tells upper from lower case beyond ASCII', async () => {
  const { db, drop } = await createTestDatabase()
  try {
    const { rows } = await db.raw(`SELECT lower('ÄÉŁ') AS lowered, 'Zoë' ILIKE 'ZOË' AS alike`)
    expect(rows).toEqual([{ lowered: 'äéł', alike: true }])
  } finally {
    await drop()
  }
})
