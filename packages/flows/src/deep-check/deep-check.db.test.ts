import { chmod, mkdtemp, rm, unlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BlobKey, ListableBlobStore } from '@maildesk/core'
import type { MailboxRow } from '@maildesk/db'
import { openBlobStore } from '@maildesk/storage'
import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  bodyWithFiles,
  deskDeps,
  fileMail,
  queueAgentReply,
  rawMail,
  receiveMail,
  type TestDesk,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkBlobs, findOrphans } from './check-blobs.ts'
import { checkRows } from './check-rows.ts'
import { Findings } from './findings.ts'

let database: TestDatabase
let folder: string
let blobs: ListableBlobStore
let desk: TestDesk
let mailbox: MailboxRow
let findings: Findings

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'maildesk deep check '))
  blobs = await openBlobStore(pathToFileURL(folder).href)
  desk = await deskDeps(database, { blobs })
  mailbox = await addMailbox(desk, 1)
})
afterAll(async () => {
  await desk?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  findings = new Findings()
})

const pathOf = (key: string) => join(folder, 'blobs', key.slice(0, 2), key)
const onProgress = () => undefined
const check = () => checkBlobs({ ...desk, blobs, onProgress }, findings)
const orphans = () => findOrphans({ ...desk, blobs, onProgress }, findings)
const fileOne = (fields = {}) =>
  fileMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address, ...fields }))
const names = () => findings.list().map(({ finding, count }) => [finding, count])

test('a desk that worked has nothing to tell: with files, a reply, a quarantined mail none but that', async () => {
  await fileOne(bodyWithFiles())
  await queueAgentReply(desk, mailbox)
  await fileOne({ From: null })
  const { blobs: looked } = await check()
  expect(looked).toBe(3 + 3)
  expect(await orphans()).toEqual({ orphans: 0, bytes: 0 })
  await checkRows(desk.db, findings, onProgress)
  expect(names()).toEqual([['quarantined', 1]])
})

test('each blob that is gone, cut or changed is told with its row, and what can be repaired is', async () => {
  const [gone, cut, changed] = [await fileOne(), await fileOne(), await fileOne()]
  await unlink(pathOf(gone.raw_key))
  await chmod(pathOf(cut.raw_key), 0o600)
  await writeFile(pathOf(cut.raw_key), 'short')
  const bytes = Buffer.from('x'.repeat(Number(changed.raw_size)))
  await chmod(pathOf(changed.raw_key), 0o600)
  await writeFile(pathOf(changed.raw_key), bytes)
  await check()
  expect(names()).toEqual([
    ['blob-missing', 1],
    ['blob-corrupt', 2],
  ])
  expect(findings.list()[0]?.examples).toEqual([
    {
      of: `inbound_emails ${gone.id}`,
      detail: expect.stringMatching(`blob ${gone.raw_key}, mail ${gone.id} of INBOX 1/\\d+`),
      repaired: false,
    },
  ])

  findings = new Findings()
  const repaired: unknown[] = []
  const repair = async (_: unknown, origin: { rawKey: BlobKey; uid: number | null }) => {
    repaired.push(origin.rawKey)
    return true
  }
  await checkBlobs({ ...desk, blobs, onProgress, repair }, findings)
  expect(repaired.sort()).toEqual([gone.raw_key, cut.raw_key, changed.raw_key].sort())
  expect(findings.list().map(({ count, repaired }) => [count, repaired])).toEqual([
    [1, 1],
    [2, 2],
  ])
})

test('only blobs that no row names and that are older than a day are orphans', async () => {
  const { key } = await blobs.put([Buffer.from('of a crash')])
  await blobs.put([Buffer.from('about to get its row')])
  const aDayAgo = new Date(Date.now() - 25 * 60 * 60 * 1000)
  for (const each of [key, (await fileOne(bodyWithFiles('line'))).raw_key])
    await utimes(pathOf(each), aDayAgo, aDayAgo)
  expect(await orphans()).toEqual({ orphans: 1, bytes: 10 })
  expect(findings.list()).toMatchObject([{ finding: 'blob-orphaned', examples: [{ of: `blob ${key}` }] }])
})

test('rows that contradict each other or stand still are told by their ids', async () => {
  await desk.db('inbound_emails').where({ status: 'quarantined' }).delete()
  const filed = await fileOne()
  await desk.db('messages').where({ inbound_email_id: filed.id }).delete()
  const due = await receiveMail(desk, mailbox, rawMail({ To: mailbox.address }))
  const longAgo = desk.db.raw("now() - interval '1 hour'")
  await desk.db('inbound_emails').where({ id: due }).update({ next_attempt_at: longAgo })
  const { id } = await queueAgentReply(desk, mailbox)
  await desk.db('outbound_emails').where({ id }).update({ next_attempt_at: longAgo })
  const sending = await queueAgentReply(desk, mailbox)
  await desk
    .db('outbound_emails')
    .where({ id: sending.id })
    .update({ status: 'sending', leased_until: longAgo, lease_token: desk.ids.uuid() })
  await checkRows(desk.db, findings, onProgress)
  const told = findings.list().map(({ finding, examples }) => [finding, examples[0]?.detail])
  expect(told).toEqual([
    ['filed-without-message', filed.id],
    ['inbound-overdue', due],
    ['outbound-overdue', id],
    ['outbound-abandoned', sending.id],
  ])
})
