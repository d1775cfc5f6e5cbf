import type { MailSource } from '@maildesk/core'
import { inTransaction, listMailboxFolders, saveMailboxFolder } from '@maildesk/db'
import { fileEmail } from '@maildesk/flows'
import { createTestDatabase, type DovecotServer, startDovecot, type TestDatabase } from '@maildesk/testkit'
import { deskDeps, type TestDesk } from '@maildesk/testkit/desk-deps'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { backfillFolder } from './backfill.ts'
import { WatchedMailbox, type WatchSettings, withMethods } from './testing/watched-mailbox.ts'

// Several folders, the comparison of folder and ledger, and old mail on demand, at a real Dovecot.

let database: TestDatabase
let dovecot: DovecotServer
let desk: TestDesk
const stops: (() => Promise<void>)[] = []
const names = ['several', 'since', 'lost', 'old', 'meanwhile'] as const

beforeAll(async () => {
  database = await createTestDatabase()
  dovecot = await startDovecot({
    users: Object.fromEntries(names.map((name) => [`${name}@example.com`, 'a password'])),
  })
  desk = await deskDeps(database)
})
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})
afterAll(async () => {
  await desk?.close()
  await dovecot?.stop()
  await database?.drop()
})

const open = (name: (typeof names)[number]) =>
  WatchedMailbox.open(desk, dovecot, name, { imap_secret: 'a password' })
function watch(mailbox: WatchedMailbox, settings?: WatchSettings) {
  const stop = mailbox.watch(settings)
  stops.push(stop)
  return stop
}
const addFolder = (mailbox: WatchedMailbox, name: string, readsSince: Date | null = null) =>
  inTransaction(desk.db, (tx) =>
    saveMailboxFolder(tx, { mailboxId: mailbox.row.id, name }, { purpose: 'inbox', readsSince }),
  )
const folders = (mailbox: WatchedMailbox) => listMailboxFolders(desk.db, mailbox.row.id)

test('each folder fares by itself: one that is missing is told, and the other is read on', async () => {
  const mailbox = await open('several')
  await mailbox.deliver({ Subject: 'to be moved' })
  await mailbox.asOtherClient((other) => other.afterProcess([1], 'move', 'Forms'))
  await addFolder(mailbox, 'Forms')
  await addFolder(mailbox, 'Nowhere')
  watch(mailbox)
  watch(mailbox, { folder: 'Forms' })
  watch(mailbox, { folder: 'Nowhere' })
  await mailbox.deliver({ Subject: 'in the inbox' })
  const rows = await mailbox.waitForRows(2)
  expect(rows.map(({ folder, subject }) => [folder, subject]).sort()).toEqual([
    ['Forms', 'to be moved'],
    ['INBOX', 'in the inbox'],
  ])
  const found = await mailbox.waitFor('the trouble of one folder', async () => {
    const all = await folders(mailbox)
    return all.some(({ name, last_error }) => name === 'Nowhere' && last_error !== null) && all
  })
  const trouble = Object.fromEntries(found.map(({ name, last_error }) => [name, last_error !== null]))
  expect(trouble).toEqual({ INBOX: false, Forms: false, Nowhere: true })
  expect((await mailbox.now()).last_error).toMatch(/^Nowhere: imap\.folder-missing/)
})

test('a folder that is read from now on leaves what is there alone, also when its UIDVALIDITY changes', async () => {
  const mailbox = await open('since')
  for (let n = 0; n < 3; n += 1) await mailbox.deliver({ Subject: 'there before' })
  // A folder that is read since tomorrow has only old mail; what comes into it later is read however old it is.
  await addFolder(mailbox, 'INBOX', new Date(Date.now() + 24 * 3_600_000))
  const stop = watch(mailbox)
  await mailbox.waitForPolls(1)
  await mailbox.deliver({ Subject: 'new' })
  expect((await mailbox.waitForRows(1)).map(({ subject }) => subject)).toEqual(['new'])
  await stop()
  await dovecot.newUidValidity(mailbox.row.address)
  watch(mailbox)
  await mailbox.waitForPolls(2)
  expect(await mailbox.rows()).toHaveLength(1)
})

test('mails that the ledger lost are counted and fetched, and the next comparison is clean', async () => {
  const mailbox = await open('lost')
  for (let n = 0; n < 6; n += 1) await mailbox.deliver()
  const stop = watch(mailbox)
  await mailbox.waitForRows(6)
  await mailbox.waitForPolls(1)
  await stop()
  await desk.db('inbound_emails').where({ mailbox_id: mailbox.row.id }).whereIn('uid', [2, 5]).delete()
  watch(mailbox, { reconcileIntervalMs: 1 })
  await mailbox.waitForLog('mails were missing in the ledger; they are fetched now')
  const rows = await mailbox.waitForRows(6)
  expect(rows.map(({ uid }) => Number(uid)).sort()).toEqual([1, 2, 3, 4, 5, 6])
  await mailbox.waitFor('a clean comparison', async () => (await folders(mailbox))[0]?.unaccounted === 0)
  expect(await mailbox.cursor()).toBe(6)
})

test('old mail comes on demand: interrupted, it goes on; nothing is doubled, and nothing old is acknowledged', async () => {
  const mailbox = await open('old')
  const day = 24 * 3_600_000
  mailbox.deliverOld('too old', new Date(Date.now() - 400 * day))
  for (let n = 0; n < 250; n += 1) mailbox.deliverOld(`old ${n}`, new Date(Date.now() - 30 * day))
  await addFolder(mailbox, 'INBOX', new Date())
  const stop = watch(mailbox)
  await mailbox.waitForPolls(1)
  await mailbox.deliver({ Subject: 'new' })
  await mailbox.waitForRows(1)
  await stop()

  const run = async (interruptAt: number) => {
    const stopping = new AbortController()
    const told: number[] = []
    const [row] = await folders(mailbox)
    if (!row) throw new Error('the folder is gone')
    const result = await mailbox.asOtherClient((source) =>
      backfillFolder(
        desk,
        source,
        { mailbox: mailbox.row, row },
        {
          since: new Date(Date.now() - 100 * day - (Date.now() % day)),
          signal: stopping.signal,
          onProgress({ lookedAt }) {
            told.push(lookedAt)
            if (lookedAt >= interruptAt) stopping.abort()
          },
        },
      ),
    )
    return { result, told }
  }
  expect(await run(200)).toMatchObject({ result: { isDone: false, kept: 200, of: 251 }, told: [0, 200] })
  expect(await run(1000)).toMatchObject({ result: { isDone: true, kept: 250, of: 251 }, told: [200, 251] })
  const rows = await mailbox.rows()
  expect(rows).toHaveLength(251)
  expect(rows.map(({ subject }) => subject)).not.toContain('too old')
  expect(await mailbox.cursor()).toBe(252)
  const old = rows.filter(({ subject }) => subject.startsWith('old')).slice(0, 40)
  for (const { id } of old) await fileEmail(desk, id)
  const filed = await desk.db('inbound_emails').whereIn(
    'id',
    old.map(({ id }) => id),
  )
  expect(new Set(filed.map(({ outcome }: { outcome: string }) => outcome))).toEqual(new Set(['new_ticket']))
  expect(await desk.db('outbound_emails').where({ mailbox_id: mailbox.row.id })).toEqual([])
  // The backfilled time belongs to the folder now.
  watch(mailbox, { reconcileIntervalMs: 1 })
  await mailbox.waitFor('a clean comparison', async () => (await folders(mailbox))[0]?.unaccounted === 0)
  expect(await mailbox.rows()).toHaveLength(251)
})

test('a mail that comes while folder and ledger are compared does not wait for the next poll', async () => {
  const mailbox = await open('meanwhile')
  await mailbox.deliver()
  let delivered = false
  // The second listing of a round is the comparison's; the mail comes just before it.
  let listings = 0
  const wrap = (source: MailSource) =>
    withMethods(source, {
      async listUids(after, since) {
        listings += 1
        if (listings === 2 && !delivered) {
          delivered = true
          await mailbox.deliver()
          // The server tells of it with the next answer, which is before the comparison's.
          await source.listUids(0)
        }
        return source.listUids(after, since)
      },
    })
  watch(mailbox, { wrap, pollIntervalMs: 600_000 })
  expect(await mailbox.waitForRows(2)).toHaveLength(2)
  expect(delivered).toBe(true)
})
