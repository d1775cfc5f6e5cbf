import type { MailSource } from '@maildesk/core'
import { listPolledFolders } from '@maildesk/db'
import {
  createTestDatabase,
  type DovecotServer,
  startDovecot,
  startTcpProxy,
  type TestDatabase,
} from '@maildesk/testkit'
import { deskDeps, type TestDesk } from '@maildesk/testkit/desk-deps'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WatchedMailbox, type WatchSettings, withMethods } from './testing/watched-mailbox.ts'

// A mail server that is away, refuses, or falls silent: the poller says so and goes on by itself.

let database: TestDatabase
let dovecot: DovecotServer
let desk: TestDesk
const stops: (() => Promise<void>)[] = []
const names = ['idle', 'password', 'hole', 'cut', 'restart'] as const
const password = 'a password'

beforeAll(async () => {
  database = await createTestDatabase()
  dovecot = await startDovecot({
    users: Object.fromEntries(names.map((name) => [`${name}@example.com`, password])),
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

const open = (name: (typeof names)[number], port = dovecot.imapPort) =>
  WatchedMailbox.open(desk, dovecot, name, { imap_secret: password, imap_port: port })

function watch(mailbox: WatchedMailbox, settings?: WatchSettings) {
  stops.push(mailbox.watch(settings))
}

async function healthOf(mailbox: WatchedMailbox) {
  const found = (await listPolledFolders(desk.db)).find(({ address }) => address === mailbox.row.address)
  return { isRed: found?.errorIsNewer, error: found?.lastError }
}

test('a mail that comes while the poller idles is kept within three seconds, long before the next poll', async () => {
  const mailbox = await open('idle')
  let waits = 0
  const wrap = (source: MailSource) =>
    withMethods(source, {
      waitForChange(maxMs, signal) {
        waits += 1
        return source.waitForChange(maxMs, signal)
      },
    })
  watch(mailbox, { wrap, pollIntervalMs: 60_000 })
  for (let mail = 1; mail <= 3; mail += 1) {
    await mailbox.waitFor('the poller to wait for mail', () => waits >= mail)
    const startedAt = performance.now()
    await mailbox.deliver()
    await mailbox.waitForRows(mail)
    expect(performance.now() - startedAt).toBeLessThan(3000)
  }
})

test('a refused log-in turns the mailbox red, and it heals when the password is right again', async () => {
  const mailbox = await open('password')
  await dovecot.setPassword(mailbox.row.address, 'another one')
  watch(mailbox)
  await mailbox.waitFor('red health', async () => (await healthOf(mailbox)).isRed)
  expect((await healthOf(mailbox)).error).toMatch(/^imap\.auth-failed: /)
  expect(JSON.stringify(mailbox.logged)).not.toContain(password)
  await mailbox.deliver()
  await dovecot.setPassword(mailbox.row.address, password)
  await mailbox.waitForRows(1)
  await mailbox.waitFor('good health', async () => !(await healthOf(mailbox)).isRed)
  expect((await mailbox.now()).last_error).toBeNull()
})

test('a connection that swallows everything is noticed, and mail comes when it no longer does', async () => {
  const proxy = await startTcpProxy({ targetPort: dovecot.imapPort })
  stops.push(proxy.stop)
  const mailbox = await open('hole', proxy.port)
  const short = {
    probeTimeoutMs: 300,
    socketTimeoutMs: 1000,
    greetingTimeoutMs: 500,
    connectionTimeoutMs: 500,
  }
  watch(mailbox, { limits: short })
  await mailbox.waitForPolls(1)
  proxy.blackhole(true)
  await mailbox.deliver()
  await mailbox.waitFor('red health', async () => (await healthOf(mailbox)).isRed)
  expect(await mailbox.rows()).toEqual([])
  proxy.blackhole(false)
  await mailbox.waitForRows(1)
  await mailbox.waitFor('good health', async () => !(await healthOf(mailbox)).isRed)
})

test('a connection cut anywhere in a mail: it is fetched again and kept whole', async () => {
  const proxy = await startTcpProxy({ targetPort: dovecot.imapPort })
  stops.push(proxy.stop)
  const mailbox = await open('cut', proxy.port)
  await mailbox.deliver({ body: `${'x'.repeat(70)}\r\n`.repeat(1000) })
  await mailbox.deliver({ body: `${'y'.repeat(70)}\r\n`.repeat(10_000) })
  const [small, large] = await mailbox.look()
  // Counted from the next byte to the poller: greeting and log-in, then within the first mail, then within the second.
  for (const bytes of [700, 20_000, 70_000, 400_000, 780_000]) {
    proxy.cutAfterBytes('to-client', bytes)
    const before = mailbox.logged.length
    const stop = mailbox.watch()
    await mailbox.waitFor('the cut to be told', () =>
      mailbox.logged.slice(before).some(({ message }) => message === 'mailbox cannot be read'),
    )
    await mailbox.waitForRows(2)
    await stop()
    const rows = await mailbox.rows()
    expect(rows).toHaveLength(2)
    expect((await mailbox.bytesOf(rows[0] as (typeof rows)[0])).equals(small?.bytes as Buffer)).toBe(true)
    expect((await mailbox.bytesOf(rows[1] as (typeof rows)[0])).equals(large?.bytes as Buffer)).toBe(true)
    await desk.db('inbound_emails').where({ mailbox_id: mailbox.row.id }).delete()
    await desk.db('mailbox_cursors').where({ mailbox_id: mailbox.row.id }).delete()
  }
})

// Last: the others need the server.
test('a server that dies and comes back is found again, with the mail that came meanwhile', async () => {
  const mailbox = await open('restart')
  watch(mailbox, { pollIntervalMs: 60_000 })
  await mailbox.waitForPolls(1)
  await dovecot.kill('SIGKILL')
  await mailbox.waitFor('red health', async () => (await healthOf(mailbox)).isRed)
  await dovecot.restart()
  await mailbox.deliver()
  await mailbox.waitForRows(1)
  await mailbox.waitFor('good health', async () => !(await healthOf(mailbox)).isRed)
})
