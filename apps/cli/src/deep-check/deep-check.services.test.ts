// A desk that was read from a real Dovecot, then damaged: the thorough check finds each damage, and mends what it can.
import { chmod, mkdtemp, rm, unlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { InboundEmailRow } from '@maildesk/db'
import { runPoller } from '@maildesk/poller'
import { migrateQueue } from '@maildesk/queue'
import { loadConfig, openLogger } from '@maildesk/runtime'
import {
  createTestDatabase,
  type DovecotServer,
  startDovecot,
  type TestDatabase,
  waitUntil,
} from '@maildesk/testkit'
import { bodyWithFiles, rawMail } from '@maildesk/testkit/desk-deps'
import { openDesk } from '@maildesk/wiring'
import { runWorker } from '@maildesk/worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ran, runMaildesk } from '../testing/run-maildesk.ts'

let database: TestDatabase
let dovecot: DovecotServer
let folder: string
let env: Record<string, string>
const address = 'support@example.com'
const timeoutMs = 30_000

beforeAll(async () => {
  database = await createTestDatabase()
  dovecot = await startDovecot({ users: { [address]: 'a password' } })
  folder = await mkdtemp(join(tmpdir(), 'maildesk doctor '))
  env = {
    DATABASE_URL: database.url,
    STORAGE_URL: pathToFileURL(join(folder, 'storage')).href,
    MAILDESK_DATA_DIR: join(folder, 'data'),
    MAILDESK_SECRET_KEY: 'a-key-for-the-tests-of-at-least-thirty-two-characters',
    MAILDESK_POLL_INTERVAL_MS: '1000',
    PASSWORD: 'a password',
  }
  await migrateQueue(database.url)
  const imap = ['--imap-host', '127.0.0.1', '--imap-port', String(dovecot.imapPort), '--imap-tls', 'none']
  const added = await runMaildesk(['mailbox', 'add', address, ...imap, '--password-from', 'PASSWORD'], env)
  expect(added).toMatchObject({ code: 0 })
}, timeoutMs)
afterAll(async () => {
  await dovecot?.stop()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const pathOf = (key: string) => join(folder, 'storage', 'blobs', key.slice(0, 2), key)
const rows = (): Promise<InboundEmailRow[]> => database.db('inbound_emails').orderBy('uid')

async function readAll(count: number): Promise<void> {
  const log = openLogger({ level: 'silent', format: 'json', role: 'test' })
  const desk = await openDesk({ ...loadConfig(env), databaseUrl: database.url }, log)
  await runWorker(desk)
  await runPoller(desk)
  try {
    const areFiled = async () => {
      const found = await rows()
      return found.length === count && found.every(({ status }) => status === 'filed')
    }
    await waitUntil(areFiled, { timeoutMs, what: `${count} mails filed` })
  } finally {
    await desk.lifecycle.stop()
  }
}

interface Told {
  readonly findings: readonly {
    readonly finding: string
    readonly count: number
    readonly repaired: number
    readonly examples: readonly { readonly detail: string }[]
  }[]
  readonly unchecked: readonly { readonly check: string }[]
}

async function doctor(...more: string[]): Promise<Told & Pick<Ran, 'code'>> {
  const { code, out, err } = await runMaildesk(['doctor', '--deep', '--json', ...more], env)
  expect(out, err).toMatch(/^\{/)
  return { ...(JSON.parse(out) as Told), code }
}

const counts = ({ findings }: Told) =>
  findings.map(({ finding, count, repaired }) => [finding, count, repaired])

test('a mail missing in the ledger, lost and damaged blobs and an orphan are found, and what can be is mended', async () => {
  for (const subject of ['first', 'second', 'third'])
    await dovecot.deliver(address, rawMail({ Subject: subject, To: address }), 'ada@person.example')
  await dovecot.deliver(address, rawMail({ To: address, ...bodyWithFiles() }), 'ada@person.example')
  await readAll(4)
  expect(await doctor()).toMatchObject({ code: 0, findings: [], unchecked: [] })

  const [first, second, third, withFiles] = await rows()
  const files = await database.db('attachments').pluck('file')
  await database.db('inbound_emails').where({ id: first?.id }).delete()
  await unlink(pathOf(second?.raw_key ?? ''))
  await chmod(pathOf(third?.raw_key ?? ''), 0o600)
  await writeFile(pathOf(third?.raw_key ?? ''), 'x'.repeat(Number(third?.raw_size)))
  await unlink(pathOf(withFiles?.raw_key ?? ''))
  await unlink(pathOf(files[0]))
  const aDayAgo = new Date(Date.now() - 25 * 60 * 60 * 1000)
  await utimes(pathOf(first?.raw_key ?? ''), aDayAgo, aDayAgo)
  await dovecot.deliver(address, rawMail({ Subject: 'fifth', To: address }), 'ada@person.example')

  const before = await doctor()
  expect(before.code).toBe(1)
  expect(counts(before)).toEqual([
    ['blob-missing', 3, 0],
    ['blob-corrupt', 1, 0],
    ['blob-orphaned', 1, 0],
    ['mail-unaccounted', 1, 0],
    ['mail-unread', 1, 0],
  ])
  const mended = await doctor('--repair')
  expect(counts(mended).slice(0, 2)).toEqual([
    ['blob-missing', 3, 3],
    ['blob-corrupt', 1, 1],
  ])
  expect(counts(await doctor())).toEqual([
    ['blob-orphaned', 1, 0],
    ['mail-unaccounted', 1, 0],
    ['mail-unread', 1, 0],
  ])
}, 120_000)

test('a mail server that is away: the rest is checked, and exit 2 says that not all was', async () => {
  await dovecot.kill('SIGKILL')
  const told = await doctor()
  expect(told.code).toBe(2)
  expect(told.unchecked).toMatchObject([{ check: `${address} INBOX` }])
  expect(counts(told)).toContainEqual(['blob-orphaned', 1, 0])
}, 120_000)
