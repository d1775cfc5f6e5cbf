import type { ListedEmail, MailSource } from '@maildesk/core'
import { type InboundEmailRow, listMailboxFolders, type MailboxRow } from '@maildesk/db'
import { createTestDatabase, seedMailbox, type TestDatabase } from '@maildesk/testkit'
import { deskDeps, type TestDesk, withSettings } from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchNew } from './fetch-new.ts'

// Servers that announce one size and send another: no real server of ours does it, so the port is played.

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

const mail = Buffer.from('From: ada@customer.example\r\nSubject: short\r\n\r\nText.\r\n')
let mailboxes = 0

/** One mail with the announced size; each fetch sends the next of `sent`, and the last one again. */
function playedSource(announced: number, sent: readonly Uint8Array[]): MailSource & { headersAsked: number } {
  const listed: ListedEmail = { uid: 1, size: announced, internalDate: null, flags: [] }
  let fetches = 0
  const unused = () => Promise.reject(new Error('not part of this play'))
  return {
    headersAsked: 0,
    folder: { uidValidity: '7', uidNext: 2, exists: 1 },
    listUids: async (after) => (after < 1 ? [1] : []),
    describe: async () => [listed],
    fetchSources: async () => new Map([[1, sent[Math.min(fetches++, sent.length - 1)] as Uint8Array]]),
    async fetchHeader() {
      this.headersAsked += 1
      return mail
    },
    stream: unused,
    waitForChange: unused,
    afterProcess: unused,
    close: async () => undefined,
  }
}

async function fetchFrom(source: MailSource, deps = desk): Promise<InboundEmailRow | undefined> {
  mailboxes += 1
  const mailbox: MailboxRow = await seedMailbox(database.db, { address: `sizes${mailboxes}@example.com` })
  const [row] = await listMailboxFolders(database.db, mailbox.id)
  if (!row) throw new Error('the mailbox has no folder')
  await fetchNew(deps, source, { mailbox, row }, new AbortController().signal)
  return database.db<InboundEmailRow>('inbound_emails').where({ mailbox_id: mailbox.id }).first()
}

test('a mail that stays shorter than announced is taken as it is: the server only estimates', async () => {
  const row = await fetchFrom(playedSource(mail.length + 40, [mail, mail]))
  expect(row).toMatchObject({ raw_size: String(mail.length), raw_complete: true, subject: 'short' })
})

test('a mail that comes whole at the second try is taken whole', async () => {
  const row = await fetchFrom(playedSource(mail.length, [mail.subarray(0, 20), mail]))
  expect(row).toMatchObject({ raw_size: String(mail.length) })
})

test('a mail that comes in different lengths is not taken, and the cursor stays before it', async () => {
  const source = playedSource(mail.length, [mail.subarray(0, 20), mail.subarray(0, 30)])
  await expect(fetchFrom(source)).rejects.toMatchObject({ code: 'imap.size-mismatch' })
})

test('of a mail over the limit only the header is fetched, however small the limit', async () => {
  const source = playedSource(mail.length, [mail])
  const row = await fetchFrom(source, withSettings(desk, { maxMailBytes: 10 }))
  expect(row).toMatchObject({ raw_complete: false })
  expect(source.headersAsked).toBe(1)
})
