import type { AfterProcessing, MailSource } from '@maildesk/core'
import { MaildeskError } from '@maildesk/core'
import { createTestDatabase, type DovecotServer, startDovecot, type TestDatabase } from '@maildesk/testkit'
import { deskDeps, type TestDesk } from '@maildesk/testkit/desk-deps'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WatchedMailbox, type WatchSettings, withMethods } from './testing/watched-mailbox.ts'

// What becomes of a mail in the mailbox once it is safe with us: after the commit, and again after a failure.

let database: TestDatabase
let dovecot: DovecotServer
let desk: TestDesk
const stops: (() => Promise<void>)[] = []
const names = ['move', 'seen', 'delete', 'order', 'refused', 'interrupted'] as const

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

function open(name: (typeof names)[number], after: AfterProcessing, folder: string | null = null) {
  return WatchedMailbox.open(desk, dovecot, name, {
    imap_secret: 'a password',
    after_processing: after,
    after_folder: folder,
  })
}

function watch(mailbox: WatchedMailbox, settings?: WatchSettings) {
  stops.push(mailbox.watch(settings))
}

async function deliverSix(mailbox: WatchedMailbox) {
  for (let index = 0; index < 6; index += 1) await mailbox.deliver()
}

test('move: six mails are kept and lie in the other folder, which is made for them (scenario 2)', async () => {
  const mailbox = await open('move', 'move', 'Done')
  await deliverSix(mailbox)
  watch(mailbox)
  const rows = await mailbox.waitForAfter('done', 6)
  expect(rows).toHaveLength(6)
  expect(await mailbox.look()).toEqual([])
  const moved = (await mailbox.look('Done')).map(({ bytes }) => bytes)
  expect(moved).toEqual(await Promise.all(rows.map((row) => mailbox.bytesOf(row))))
})

test('seen: six mails are kept and flagged', async () => {
  const mailbox = await open('seen', 'seen')
  await deliverSix(mailbox)
  watch(mailbox)
  await mailbox.waitForAfter('done', 6)
  const flags = (await mailbox.look()).map((mail) => mail.flags)
  expect(flags).toHaveLength(6)
  for (const each of flags) expect(each).toContain('\\Seen')
})

test('delete: six mails are kept and gone from the mailbox', async () => {
  const mailbox = await open('delete', 'delete')
  await deliverSix(mailbox)
  watch(mailbox)
  const rows = await mailbox.waitForAfter('done', 6)
  expect(await mailbox.look()).toEqual([])
  expect((await mailbox.bytesOf(rows[0] as (typeof rows)[0])).length).toBeGreaterThan(100)
})

test('nothing is touched in the mailbox before the ledger has it (scenario 1)', async () => {
  const mailbox = await open('order', 'delete')
  const unknown: number[] = []
  const wrap = (source: MailSource) =>
    withMethods(source, {
      async afterProcess(uids, action, folder) {
        const known = new Set((await mailbox.rows()).map(({ uid }) => Number(uid)))
        unknown.push(...uids.filter((uid) => !known.has(uid)))
        await source.afterProcess(uids, action, folder)
      },
    })
  watch(mailbox, { wrap })
  await deliverSix(mailbox)
  await mailbox.waitForAfter('done', 6)
  expect(unknown).toEqual([])
})

test('a folder that cannot be made: the mails are kept, the trouble is written down, and with a better one all is done', async () => {
  const mailbox = await open('refused', 'move', 'no/such~folder*name/')
  await deliverSix(mailbox)
  watch(mailbox)
  const rows = await mailbox.waitFor('the trouble in the rows', async () => {
    const found = await mailbox.rows()
    return found.length === 6 && found.every(({ after_error }) => after_error) && found
  })
  for (const row of rows) {
    expect(row.after_state).toBe('pending')
    expect(row.after_error).toMatch(/^imap\..*no\/such~folder/)
  }
  expect(await mailbox.look()).toHaveLength(6)
  await mailbox.deliver({ Subject: 'read in spite of it' })
  await mailbox.waitForRows(7)
  await desk
    .db('mailboxes')
    .where({ id: mailbox.row.id })
    .update({ after_folder: 'Better', updated_at: desk.db.fn.now() })
  const done = await mailbox.waitForAfter('done', 7)
  expect(done.every(({ after_error }) => after_error === null)).toBe(true)
  expect(await mailbox.look()).toEqual([])
  expect(await mailbox.look('Better')).toHaveLength(7)
})

test('a connection that breaks right after the move: it is repeated, and nothing is there twice', async () => {
  const mailbox = await open('interrupted', 'move', 'Done')
  let breaks = 1
  const wrap = (source: MailSource) =>
    withMethods(source, {
      async afterProcess(uids, action, folder) {
        await source.afterProcess(uids, action, folder)
        if (breaks-- > 0) throw new MaildeskError('imap.disconnected', 'broken by the test')
      },
    })
  await deliverSix(mailbox)
  watch(mailbox, { wrap })
  const rows = await mailbox.waitForAfter('done', 6)
  expect(rows.map(({ after_attempts }) => after_attempts)).toEqual([2, 2, 2, 2, 2, 2])
  expect(await mailbox.look('Done')).toHaveLength(6)
})
