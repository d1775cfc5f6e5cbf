// Each fault raises its own reason of health, and takes it along when it is mended; nothing is restarted for it.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { updateMailbox } from '@maildesk/db'
import { seal } from '@maildesk/runtime'
import {
  createTestDatabase,
  type DovecotServer,
  freePort,
  type RedisServer,
  type SmtpSink,
  startDovecot,
  startRedis,
  startSmtpSink,
  startTcpProxy,
  type TcpProxy,
  type TestDatabase,
  waitUntil,
} from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type FourProcesses, secretKey, startFourProcesses } from './four-processes.ts'

const address = 'support@example.com'
/** Two polls and the probes between them, milliseconds; a busy machine gets more. */
const timeoutMs = 60_000
/** Several such waits follow one another. */
vi.setConfig({ testTimeout: 3 * timeoutMs, hookTimeout: 3 * timeoutMs })
const smtp = { user: 'support', pass: 'right' }

let database: TestDatabase
let proxy: TcpProxy
let redis: RedisServer
let dovecot: DovecotServer
let sink: SmtpSink
let folder: string
let desk: FourProcesses

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildesk alarms '))
  database = await createTestDatabase()
  redis = await startRedis()
  dovecot = await startDovecot({ users: { [address]: 'a password' } })
  sink = await startSmtpSink({ auth: smtp })
  const url = new URL(database.url)
  proxy = await startTcpProxy({ targetPort: Number(url.port), port: await freePort() })
  url.port = String(proxy.port)
  const imap = { port: dovecot.imapPort, user: address, password: 'a password' }
  desk = await startFourProcesses(
    { database, redisUrl: redis.url, imap, smtpPort: sink.port },
    { DATABASE_URL: url.href, STORAGE_URL: pathToFileURL(join(folder, 'storage')).href },
  )
  await setSmtpPassword(smtp.pass)
  await Promise.all(desk.all.map((each) => each.waitForLog('"msg":"ready"', timeoutMs)))
  await waitForReasons([])
})
afterAll(async () => {
  await desk?.stop()
  await Promise.all([proxy?.stop(), redis?.stop(), dovecot?.stop(), sink?.stop()])
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

interface Told {
  readonly status: number
  readonly reasons: readonly { readonly reason: string; readonly detail: string }[]
}

async function readReasons(): Promise<Told> {
  const response = await fetch(`${desk.apiUrl}/health/ready`)
  const { reasons } = (await response.json()) as Pick<Told, 'reasons'>
  return { status: response.status, reasons }
}

/** Waits until just these hold, and returns them. */
async function waitForReasons(wanted: readonly string[]): Promise<Told> {
  let last: Told | undefined
  const found = async () => {
    last = await readReasons()
    const names = [...new Set(last.reasons.map(({ reason }) => reason))]
    return names.sort().join() === [...wanted].sort().join() ? last : undefined
  }
  return waitUntil(found, { timeoutMs, intervalMs: 200, what: `the reasons: ${wanted}` }).catch(
    (error: Error) => {
      throw new Error(`${error.message}; last: ${JSON.stringify(last)}`, { cause: error })
    },
  )
}

async function metricOf(line: string): Promise<number> {
  const text = await (await fetch(`${desk.apiUrl}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find((each) => each.startsWith(`${line} `))
      ?.slice(line.length),
  )
}

async function setSmtpPassword(pass: string): Promise<void> {
  const row = await database.db('mailboxes').where({ address }).first()
  const smtp_secret = seal(pass, `mailbox:${row.id}:smtp`, [secretKey])
  await updateMailbox(database.db, row.id, { smtp_user: smtp.user, smtp_secret, smtp_paused_reason: null })
}

function mail(subject: string, from = 'Ada <ada@customer.example>'): string {
  const date = new Date().toUTCString().replace('GMT', '+0000')
  return `From: ${from}\r\nTo: ${address}\r\nSubject: ${subject}\r\nDate: ${date}\r\nMessage-ID: <${subject}@customer.example>\r\n\r\nHello, ${subject}.\r\n`
}

const deliver = (raw: string) => dovecot.deliver(address, raw, 'ada@customer.example')

test('PostgreSQL is away: the metrics that need none of it are still told', async () => {
  const port = proxy.port
  await proxy.stop()
  expect(await waitForReasons(['database-away'])).toMatchObject({ status: 503 })
  expect(await metricOf('maildesk_dependency_up{name="database"}')).toBe(0)
  proxy = await startTcpProxy({ targetPort: Number(new URL(database.url).port), port })
  expect(await waitForReasons([])).toMatchObject({ status: 200 })
})

test('Redis is away, and Redis begins to throw jobs away', async () => {
  await redis.kill('SIGKILL')
  expect(await waitForReasons(['queue-away'])).toMatchObject({ status: 503 })
  await redis.restart()
  await waitForReasons([])
  await askRedis('CONFIG SET maxmemory-policy allkeys-lru')
  const { reasons } = await waitForReasons(['queue-away'])
  expect(reasons[0]?.detail).toMatch(/^queue\.unsuitable: .*allkeys-lru/)
  await askRedis('CONFIG SET maxmemory-policy noeviction')
  await waitForReasons([])
})

test('the storage cannot be written: mail waits in its mailbox, and comes in afterwards', async () => {
  const tmp = join(folder, 'storage', 'tmp')
  await rename(tmp, `${tmp} away`)
  await writeFile(tmp, 'in the way')
  await deliver(mail('disk'))
  const { status } = await waitForReasons(['blobs-away', 'mailbox-failing'])
  expect(status).toBe(503)
  await rm(tmp)
  await rename(`${tmp} away`, tmp)
  await waitForReasons([])
  const isFiled = () => database.db('messages').where({ rfc822_id: 'disk@customer.example' }).first()
  await waitUntil(isFiled, { timeoutMs, what: 'the mail that waited' })
})

test('the mail server is away, then refuses the password', async () => {
  await dovecot.kill('SIGKILL')
  expect((await waitForReasons(['mailbox-failing'])).status).toBe(503)
  await dovecot.restart()
  await waitForReasons([])
  await dovecot.setPassword(address, 'another')
  await dovecot.kill('SIGKILL')
  await dovecot.restart()
  const isRefused = async () =>
    (await readReasons()).reasons.some(({ detail }) => detail.startsWith('imap.auth-failed'))
  await waitUntil(isRefused, { timeoutMs, intervalMs: 200, what: 'the refusal to be told' })
  await dovecot.setPassword(address, 'a password')
  // A wrong password is tried once a minute only; whoever mends it need not wait for that.
  await desk.poller.kill('SIGTERM')
  desk.poller.restart()
  await waitForReasons([])
})

test('the SMTP server refuses the log-in', async () => {
  await setSmtpPassword('wrong')
  await deliver(mail('paused', 'Grace <grace@customer.example>'))
  const { status, reasons } = await waitForReasons(['sending-paused'])
  expect([status, reasons]).toMatchObject([503, [{ of: address }]])
  expect(await metricOf(`maildesk_smtp_paused{mailbox="${address}"}`)).toBe(1)
  await setSmtpPassword(smtp.pass)
  await waitForReasons([])
})

test('no worker works: what is due too long is told', async () => {
  for (const worker of desk.workers) await worker.kill('SIGKILL')
  await deliver(mail('due', 'Alan <alan@customer.example>'))
  const row = () => database.db('inbound_emails').where({ rfc822_id: 'due@customer.example' }).first()
  const { id } = await waitUntil(row, { timeoutMs, what: 'the mail in the ledger' })
  const longAgo = database.db.raw("now() - interval '6 minutes'")
  await database.db('inbound_emails').where({ id }).update({ next_attempt_at: longAgo })
  expect((await waitForReasons(['inbound-overdue'])).status).toBe(503)
  for (const worker of desk.workers) worker.restart()
  await waitForReasons([])
})

test('a mail that is held is told without a red light, until somebody decides', async () => {
  await deliver(mail('held', '<>'))
  expect((await waitForReasons(['quarantined'])).status).toBe(200)
  await database.db('inbound_emails').where({ status: 'quarantined' }).update({
    status: 'filed',
    outcome: 'ignored_by_rule',
  })
  await waitForReasons([])
})

/** One inline command. */
function askRedis(command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(redis.port, '127.0.0.1', () => socket.write(`${command}\r\n`))
    socket.on('error', reject)
    socket.on('data', (data) => {
      socket.destroy()
      if (data.toString().startsWith('+OK')) resolve()
      else reject(new Error(data.toString()))
    })
  })
}
