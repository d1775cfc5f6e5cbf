import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  createTestDatabase,
  type DeskProcess,
  type DovecotServer,
  startDeskProcess,
  startDovecot,
  type TestDatabase,
  waitUntil,
} from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeConversations } from './conversations.ts'
import { prepareDatabase, secretKey } from './four-processes.ts'

// Three pollers on one mailbox: one reads, the others stand by.

const support = 'support@example.com'
let database: TestDatabase
let dovecot: DovecotServer
let folder: string
let pollers: DeskProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildesk three pollers '))
  database = await createTestDatabase()
  dovecot = await startDovecot()
  await prepareDatabase({
    database,
    redisUrl: undefined,
    imap: { port: dovecot.imapPort, user: support, password: dovecot.password },
    smtpPort: 1,
  })
  const env = {
    DATABASE_URL: database.url,
    STORAGE_URL: pathToFileURL(join(folder, 'storage')).href,
    MAILDESK_DATA_DIR: folder,
    MAILDESK_SECRET_KEY: secretKey,
    MAILDESK_POLL_INTERVAL_MS: '1000',
  }
  pollers = ['one', 'two', 'three'].map((name) =>
    startDeskProcess(`poller ${name}`, 'apps/poller/src/main.ts', [], env),
  )
})
afterAll(async () => {
  await Promise.all(pollers.map((poller) => poller.kill('SIGTERM')))
  await dovecot?.stop()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

/** Those that have opened the mailbox and live. */
const readers = () =>
  pollers.filter((poller) => poller.isRunning() && poller.log().includes('"msg":"mailbox opened"'))

function waitForReader(): Promise<DeskProcess> {
  return waitUntil(() => readers()[0], { timeoutMs: 20_000, what: 'a poller to open the mailbox' })
}

test('each mail is kept once; when the one that reads is killed another takes over, and again', async () => {
  await Promise.all(pollers.map((poller) => poller.waitForLog('"msg":"ready"')))
  let expected = 0
  for (const seed of [1, 2, 3]) {
    const reader = await waitForReader()
    for (const { raw, from } of makeConversations(10, support, seed, new Date()))
      await dovecot.deliver(support, raw, from)
    expected += 10
    // The first two die over their work: what they had not written down is read by the next.
    if (seed < 3) await reader.kill('SIGKILL')
  }
  const count = async () => Number((await database.db('inbound_emails').count('* as all').first())?.all)
  await waitUntil(async () => (await count()) >= expected, {
    timeoutMs: 20_000,
    what: `${expected} mails in the ledger`,
  })
  expect(readers()).toHaveLength(1)
  expect(await count()).toBe(expected)
  const ids: { rfc822_id: string }[] = await database.db('inbound_emails').select('rfc822_id')
  expect(new Set(ids.map(({ rfc822_id }) => rfc822_id)).size).toBe(expected)
})
