import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { deskDeps, type TestDesk } from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileForgedMails } from './testing/file-forged-mails.ts'

let database: TestDatabase
let desk: TestDesk

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await deskDeps(database)
})
afterAll(async () => {
  await desk.close()
  await database.drop()
})

test('of ten thousand forged senders few are answered, none with a word of theirs (scenario 17)', async () => {
  const found = await fileForgedMails(desk, 10_000)
  expect(found).toEqual({
    tickets: 10_000,
    acknowledgements: desk.settings.automaticCaps.unprovenPerHour,
    withheld: 10_000 - desk.settings.automaticCaps.unprovenPerHour,
    mostPerDomain: 25,
    mostPerRecipient: 1,
    alarms: 1,
    withTheirWords: 0,
  })
}, 1_800_000)
