import { type InboundEmailRow, listDueInbound } from '@maildesk/db'
import { fileEmail } from '@maildesk/flows'
import { createTestDatabase, type DovecotServer, startDovecot, type TestDatabase } from '@maildesk/testkit'
import { deskDeps, type TestDesk } from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WatchedMailbox } from './testing/watched-mailbox.ts'

const mails = 1000
/** Mails filed side by side. */
const lanes = 4

let database: TestDatabase
let dovecot: DovecotServer
let desk: TestDesk

beforeAll(async () => {
  database = await createTestDatabase()
  dovecot = await startDovecot({ users: { 'full@example.com': 'a password' } })
  desk = await deskDeps(database)
})
afterAll(async () => {
  await desk?.close()
  await dovecot?.stop()
  await database?.drop()
})

test('a new UIDVALIDITY over 1,000 mails brings each again, and not one ticket more (scenario 3)', async () => {
  const mailbox = await WatchedMailbox.open(desk, dovecot, 'full', { imap_secret: 'a password' })
  for (let index = 0; index < mails; index += 1)
    await mailbox.deliver({ From: `person${index}@person.example` })
  const stop = mailbox.watch()
  await takeAll(mailbox, mails)
  await stop()
  expect(await outcomes()).toEqual({ new_ticket: mails })
  await dovecot.newUidValidity(mailbox.row.address)
  const stopAgain = mailbox.watch()
  await takeAll(mailbox, 2 * mails)
  await stopAgain()
  expect(await outcomes()).toEqual({ new_ticket: mails, duplicate: mails })
  expect(await desk.db('tickets').count()).toEqual([{ count: String(mails) }])
}, 600_000)

/** Waits for the ledger in steps, so that no single wait is long, and files what is there. */
async function takeAll(mailbox: WatchedMailbox, count: number): Promise<void> {
  for (let seen = (await mailbox.rows()).length; seen < count; seen = (await mailbox.rows()).length)
    await mailbox.waitForRows(seen + 1)
  for (;;) {
    const due = await listDueInbound(desk.db, mails)
    if (due.length === 0) return
    const ids = due.map(({ id }) => id)
    const file = async () => {
      for (let id = ids.pop(); id; id = ids.pop()) await fileEmail(desk, id)
    }
    await Promise.all(Array.from({ length: lanes }, file))
  }
}

async function outcomes(): Promise<Record<string, number>> {
  const rows = await desk.db<InboundEmailRow>('inbound_emails').select('outcome').count().groupBy('outcome')
  return Object.fromEntries(rows.map(({ outcome, count }) => [String(outcome), Number(count)]))
}
