import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { deskDeps, type TestDesk } from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileForgedMails } from './testing/file-forged-mails.ts'

/** Ten times as many show the same, in ten minutes. */
const senders = 1000

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

test(`of ${senders} forged senders few are answered, none with a word of theirs (scenario 17)`, async () => {
  const found = await fileForgedMails(desk, senders)
  const { unprovenPerHour } = desk.settings.automaticCaps
  expect(found).toEqual({
    tickets: senders,
    acknowledgements: unprovenPerHour,
    withheld: senders - unprovenPerHour,
    mostPerDomain: 25,
    mostPerRecipient: 1,
    alarms: 1,
    withTheirWords: 0,
  })
}, 1_800_000)
