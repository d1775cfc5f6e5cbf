import type { Rfc822Id } from '@maildesk/core'
import { listCursors, type MailboxRow } from '@maildesk/db'
import { openJobQueue } from '@maildesk/queue'
import { createTestDatabase, freePort, seedMailbox, type TestDatabase } from '@maildesk/testkit'
import { deskDeps, incompressible, rawMail, type TestDesk } from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type KeptEmail, receiveEmails } from './receive-emails.ts'

let database: TestDatabase
let desk: TestDesk
let mailbox: MailboxRow

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await deskDeps(database)
})
afterAll(async () => {
  await desk.close()
  await database.drop()
})
beforeEach(async () => {
  mailbox = await seedMailbox(desk.db)
})

const place = (lastUid: number, uidValidity = '7') => ({ folder: 'INBOX', uidValidity, lastUid })
async function kept(uid: number | null, fields: Partial<KeptEmail> = {}): Promise<KeptEmail> {
  const header = { messageId: null, from: 'ada@person.example', subject: 'Stuck' }
  return {
    uid,
    raw: await desk.blobs.put([rawMail({})]),
    complete: true,
    internalDate: null,
    header,
    ...fields,
  }
}
const rows = () => desk.db('inbound_emails').where({ mailbox_id: mailbox.id }).orderBy('uid')

test('keeps each mail once, moves the cursor with it, and rings for what is new', async () => {
  const batch = [await kept(3), await kept(4)]
  const first = await receiveEmails(desk, mailbox, place(4), batch)
  const again = await receiveEmails(desk, mailbox, place(5), [...batch, await kept(5)])
  expect([first.length, again.length]).toEqual([2, 1])
  expect(desk.rings).toEqual([...first, ...again].map((id) => ({ name: 'file-email', id })))
  expect((await rows()).map(({ uid, status }) => [uid, status])).toEqual([
    ['3', 'received'],
    ['4', 'received'],
    ['5', 'received'],
  ])
  expect(await listCursors(desk.db, mailbox.id, 'INBOX')).toMatchObject([
    { uid_validity: '7', last_uid: '5' },
  ])
})

test('two pollers with the same mails keep each once', async () => {
  const batch = await Promise.all([1, 2, 3, 4].map((uid) => kept(uid)))
  await Promise.all([1, 2, 3].map(() => receiveEmails(desk, mailbox, place(4), batch)))
  expect(await rows()).toHaveLength(4)
})

test('the cursor never goes back, and each epoch has its own', async () => {
  await receiveEmails(desk, mailbox, place(9), [await kept(9)])
  await receiveEmails(desk, mailbox, place(2), [])
  await receiveEmails(desk, mailbox, place(1, '18446744073709551615'), [await kept(1)])
  const cursors = await listCursors(desk.db, mailbox.id, 'INBOX')
  expect(cursors.map(({ uid_validity, last_uid }) => [uid_validity, last_uid]).sort()).toEqual([
    ['18446744073709551615', '1'],
    ['7', '9'],
  ])
})

test('rows and cursor come together or not at all', async () => {
  const bad = await kept(2, { raw: { key: 'x'.repeat(65) as never, size: 1 } })
  await expect(receiveEmails(desk, mailbox, place(2), [await kept(1), bad])).rejects.toThrow()
  expect(await rows()).toEqual([])
  expect(await listCursors(desk.db, mailbox.id, 'INBOX')).toEqual([])
})

test('mails that came by another way than IMAP have no place', async () => {
  const ids = await receiveEmails(desk, mailbox, undefined, [await kept(null), await kept(null)])
  expect(ids).toHaveLength(2)
  expect(await rows()).toMatchObject([
    { arrived_by: 'ingest', uid: null },
    { arrived_by: 'ingest', uid: null },
  ])
})

test('a queue that is away loses nothing', async () => {
  const away = openJobQueue({
    redisUrl: `redis://127.0.0.1:${await freePort()}`,
    databaseUrl: '',
    commandTimeoutMs: 200,
  })
  try {
    expect(await receiveEmails({ ...desk, jobs: away }, mailbox, place(1), [await kept(1)])).toHaveLength(1)
  } finally {
    await away.close()
  }
  expect(await rows()).toHaveLength(1)
})

test('no sender, subject or Message-ID, however long or odd, keeps a mail from being kept', async () => {
  const odd = `\u0000\uD800${incompressible(998)}`
  await receiveEmails(desk, mailbox, place(1), [
    await kept(1, { header: { messageId: odd as Rfc822Id, from: odd, subject: odd } }),
  ])
  expect(await rows()).toHaveLength(1)
})
