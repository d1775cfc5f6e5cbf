import { createTestDatabase, seedInbound, seedMailbox, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readVitals } from './vitals.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

const clock = { now: () => new Date() }

test('an idle desk waits for nothing; a database that takes no writes says so', async () => {
  const well = { inboundOverdueMs: null, outboundOverdueMs: null, quarantined: 0, undecided: 0, paused: [] }
  expect(await readVitals(database.db, clock)).toMatchObject({ ...well, isReadOnly: false })
  await database.db.transaction(async (tx) => {
    await tx.raw('SET TRANSACTION READ ONLY')
    expect((await readVitals(tx, clock)).isReadOnly).toBe(true)
  })
})

test('the longest waiting mail tells for how long it could have been worked on, not since when it is there', async () => {
  const { db } = database
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000)
  await seedMailbox(db, { address: 'b@desk.example', smtp_paused_reason: '535 no' })
  await seedInbound(db, { next_attempt_at: ago(-5) })
  await seedInbound(db, { next_attempt_at: ago(60), leased_until: ago(-1) })
  await seedInbound(db, { next_attempt_at: ago(50), leased_until: ago(2) })
  await seedInbound(db, { next_attempt_at: ago(7) })
  const { inboundOverdueMs, paused } = await readVitals(db, clock)
  expect(Math.round(Number(inboundOverdueMs) / 60_000)).toBe(7)
  expect(paused).toEqual([{ address: 'b@desk.example', reason: '535 no' }])
})
