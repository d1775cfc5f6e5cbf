import { createHash, randomBytes } from 'node:crypto'
import type { MailSource } from '@maildesk/core'
import { fileEmail } from '@maildesk/flows'
import { createTestDatabase, type DovecotServer, startDovecot, type TestDatabase } from '@maildesk/testkit'
import { deskDeps, type TestDesk, withSettings } from '@maildesk/testkit/desk-deps'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WatchedMailbox, type WatchSettings, withMethods } from './testing/watched-mailbox.ts'

// The poller at a real Dovecot: what it brings into the ledger, and what it leaves alone.

let database: TestDatabase
let dovecot: DovecotServer
let desk: TestDesk
const stops: (() => Promise<void>)[] = []
const names = ['bytes', 'race', 'epoch', 'live', 'large', 'backlog'] as const

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

test('mails are kept byte for byte, the cursor advances, and the mailbox is left as it was', async () => {
  const mailbox = await open('bytes')
  const before = [
    await mailbox.deliver(),
    await mailbox.deliver({ body: '8-bit: \u00e9\u0000 and a lone dot\r\n.\r\n' }),
  ]
  watch(mailbox)
  await mailbox.waitForRows(2)
  const after = await mailbox.deliver({ Subject: 'later' })
  const rows = await mailbox.waitForRows(3)
  const inFolder = await mailbox.look()
  expect(rows.map(({ uid }) => Number(uid))).toEqual(inFolder.map(({ uid }) => uid))
  for (const [index, row] of rows.entries()) {
    const { bytes, flags } = inFolder[index] as (typeof inFolder)[number]
    expect((await mailbox.bytesOf(row)).equals(bytes)).toBe(true)
    expect(row.raw_key).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(flags).not.toContain('\\Seen')
    expect(row.after_state).toBe('none')
  }
  // Dovecot puts its trace fields in front, and makes of NUL what it may store; the rest is what was delivered.
  expect((await mailbox.bytesOf(rows[0] as (typeof rows)[0])).subarray(-(before[0]?.length ?? 0))).toEqual(
    before[0],
  )
  expect((await mailbox.bytesOf(rows[2] as (typeof rows)[0])).subarray(-after.length)).toEqual(after)
  await mailbox.waitFor(
    'the cursor at the last mail',
    async () => (await mailbox.cursor()) === inFolder.at(-1)?.uid,
  )
})

test('a mail that goes away between listing and fetching is passed over, the others are kept', async () => {
  const mailbox = await open('race')
  const big = `${'x'.repeat(70)}\r\n`
  await mailbox.deliver()
  await mailbox.deliver({ Subject: 'small, gone' })
  await mailbox.deliver({ Subject: 'large, gone', body: big.repeat(5000) })
  await mailbox.deliver({ Subject: 'gone before it is described' })
  await mailbox.deliver()
  const goAway = (uids: number[]) =>
    mailbox.asOtherClient((other) => other.afterProcess(uids, 'delete', null))
  const wrap = (source: MailSource) =>
    withMethods(source, {
      async describe(uids) {
        await goAway([4])
        const listed = await source.describe(uids)
        await goAway([2, 3])
        return listed
      },
    })
  watch(mailbox, { wrap })
  await mailbox.waitForPolls(2)
  expect((await mailbox.rows()).map(({ uid }) => Number(uid))).toEqual([1, 5])
  expect(await mailbox.cursor()).toBe(5)
  expect((await mailbox.now()).last_error).toBeNull()
})

test('a new UIDVALIDITY brings every mail again: none becomes a second ticket, and new mail is filed', async () => {
  const mailbox = await open('epoch')
  for (let index = 0; index < 3; index += 1) await mailbox.deliver()
  const stop = watch(mailbox)
  await fileAll(mailbox, 3)
  await stop()
  await dovecot.newUidValidity(mailbox.row.address)
  watch(mailbox)
  const rows = await fileAll(mailbox, 6)
  expect(rows.map(({ outcome }) => outcome)).toEqual([
    'new_ticket',
    'new_ticket',
    'new_ticket',
    'duplicate',
    'duplicate',
    'duplicate',
  ])
  expect(mailbox.logged.map(({ message }) => message)).toContain('UIDVALIDITY changed, folder is read anew')
  await mailbox.deliver()
  expect((await fileAll(mailbox, 7)).at(-1)).toMatchObject({ status: 'filed', outcome: 'new_ticket' })
})

test('a UIDVALIDITY that changes under an open connection loses nothing', async () => {
  const mailbox = await open('live')
  await mailbox.deliver()
  watch(mailbox, { maxConnectionMs: 1000 })
  await fileAll(mailbox, 1)
  const { after } = await dovecot.newUidValidity(mailbox.row.address)
  await mailbox.deliver({ Subject: 'after the change' })
  const rows = await mailbox.waitFor('the mail after the change', async () => {
    const found = await mailbox.rows()
    return found.some(({ subject }) => subject === 'after the change') && found
  })
  expect(rows.find(({ subject }) => subject === 'after the change')?.uid_validity).toBe(String(after))
})

test('a large mail is kept whole, one over the limit by its header only, and neither harms its neighbours', async () => {
  const mailbox = await open('large')
  const small = withSettings(desk, { maxMailBytes: 21 * 1024 * 1024 })
  await mailbox.deliver()
  await mailbox.deliver({ Subject: 'twenty megabytes', body: lines(20 * 1024 * 1024) })
  await mailbox.deliver({ Subject: 'over the limit', body: lines(22 * 1024 * 1024) })
  await mailbox.deliver()
  watch(mailbox, { desk: small, limits: { mailBytes: 21 * 1024 * 1024 } })
  const rows = await mailbox.waitForRows(4)
  expect(rows.map(({ raw_complete }) => raw_complete)).toEqual([true, true, false, true])
  const [, large, over] = await mailbox.look()
  expect(rows[1]?.raw_key).toBe(
    createHash('sha256')
      .update(large?.bytes ?? '')
      .digest('hex'),
  )
  const header = await mailbox.bytesOf(rows[2] as (typeof rows)[0])
  expect(header.length).toBeLessThan(4096)
  expect(over?.bytes.subarray(0, header.length).equals(header)).toBe(true)
  for (const { id } of rows) await fileEmail(small, id)
  expect((await mailbox.rows()).map(({ status, reason }) => [status, reason])).toEqual([
    ['filed', null],
    ['filed', null],
    ['quarantined', 'oversize'],
    ['filed', null],
  ])
})

test('a backlog of 500 mails comes in batches', async () => {
  const mailbox = await open('backlog')
  const waiting = Array.from({ length: 500 }, (_, index) => index)
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (waiting.pop() !== undefined) await mailbox.deliver()
    }),
  )
  const batches: number[] = []
  const wrap = (source: MailSource) =>
    withMethods(source, {
      fetchSources(uids) {
        batches.push(uids.length)
        return source.fetchSources(uids)
      },
    })
  watch(mailbox, { wrap, pollIntervalMs: 60_000 })
  await mailbox.waitForRows(500)
  await mailbox.waitFor('the end of the poll', async () => (await mailbox.now()).last_polled_at)
  expect(Math.max(...batches)).toBe(50)
  expect(batches.reduce((sum, count) => sum + count, 0)).toBe(500)
  expect(await mailbox.cursor()).toBe(500)
})

function lines(bytes: number): string {
  const line = `${randomBytes(38).toString('hex').slice(0, 76)}\r\n`
  return line.repeat(Math.ceil(bytes / line.length))
}

/** Files what is in the ledger as a worker does, once there are `count` rows. */
async function fileAll(mailbox: WatchedMailbox, count: number) {
  for (const { id, status } of await mailbox.waitForRows(count))
    if (status === 'received') await fileEmail(desk, id)
  return mailbox.rows()
}
