// The restore drill: a desk is backed up while mail flows, works on, is lost, and is put back by the very commands of
// docs/operations.md. By hand: npm run drill:restore
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { connectDatabase, type Database, migrateDatabase } from '@maildesk/db'
import {
  type DebianPostgres,
  type DovecotServer,
  type SmtpSink,
  startDebianPostgres,
  startDovecot,
  startSmtpSink,
  waitUntil,
} from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountFor } from './account-for.ts'
import { type MadeMail, makeConversations } from './conversations.ts'
import { type FourProcesses, secretKey, startFourProcesses } from './four-processes.ts'
import { makeAdminToken } from './real-desk.ts'
import { type ApiAccess, callApi } from './sandbox-client.ts'
import { waitForRest } from './wait-for-rest.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const address = 'support@example.com'
const timeoutMs = 120_000
const restWait = { timeoutMs, intervalMs: 200 }

let postgres: DebianPostgres
let dovecot: DovecotServer
let sink: SmtpSink
let folder: string
let desk: FourProcesses
let db: Database
let url: string
let api: ApiAccess

const tell = (text: string) => void process.stderr.write(`drill: ${text}\n`)
const administer = (statement: string) => withDatabase(postgres.url, (admin) => admin.raw(statement))

async function withDatabase<Result>(on: string, work: (db: Database) => Promise<Result>): Promise<Result> {
  const opened = connectDatabase(on, { poolMax: 2, statementTimeoutMs: 0 })
  try {
    return await work(opened)
  } finally {
    await opened.destroy()
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildesk drill '))
  postgres = await startDebianPostgres()
  dovecot = await startDovecot({ users: { [address]: 'a password' } })
  sink = await startSmtpSink()
  const place = new URL(postgres.url)
  place.pathname = '/maildesk'
  url = place.href
  await administer('CREATE DATABASE maildesk')
  await withDatabase(url, migrateDatabase)
  db = connectDatabase(url, { poolMax: 3 })
  const drop = async () => undefined
  desk = await startFourProcesses(
    {
      database: { url, db, drop },
      redisUrl: undefined,
      imap: { port: dovecot.imapPort, user: address, password: 'a password' },
      smtpPort: sink.port,
    },
    { STORAGE_URL: pathToFileURL(join(folder, 'storage')).href, MAILDESK_UNCERTAIN_WAIT_MS: '1000' },
  )
  await Promise.all(desk.all.map((each) => each.waitForLog('"msg":"ready"', timeoutMs)))
  api = { api_url: desk.apiUrl, admin_token: await makeAdminToken(db) }
})
afterAll(async () => {
  await desk?.stop()
  await db?.destroy()
  await Promise.all([sink?.stop(), dovecot?.stop()])
  await postgres?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** The commands that the page has under this word, as a shell script. */
async function documented(word: 'backup' | 'restore'): Promise<string> {
  const page = await readFile(join(root, 'docs/operations.md'), 'utf8')
  const found = new RegExp(`\n\`\`\`sh ${word}\n([^\`]+)\`\`\``).exec(page)?.[1]
  if (!found) throw new Error(`docs/operations.md has no commands for ${word}`)
  return found
}

async function runScript(script: string): Promise<string> {
  const shell = spawn('bash', ['-euc', `maildesk() { node ${root}apps/cli/src/main.ts "$@"; }\n${script}`], {
    env: {
      PATH: `${postgres.bin}:${process.env.PATH}`,
      DATABASE_URL: url,
      STORAGE: join(folder, 'storage'),
      BACKUP: join(folder, 'backup'),
      STORAGE_URL: pathToFileURL(join(folder, 'storage')).href,
      MAILDESK_DATA_DIR: join(folder, 'data'),
      MAILDESK_SECRET_KEY: secretKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
  const [code] = await once(shell, 'close')
  if (code !== 0) throw new Error(`exit ${code} of:\n${script}\n${printed}`)
  return printed
}

async function deliver(mails: readonly Pick<MadeMail, 'raw' | 'from'>[]): Promise<void> {
  for (const { raw, from } of mails) await dovecot.deliver(address, raw, from)
}

/** An agent answers the ticket of a mail; returns the answer's Message-ID. */
async function answer(messageId: string): Promise<string> {
  const message = await db('messages').where({ rfc822_id: messageId }).first()
  const { status, json } = await callApi<{ id: string }>(
    api,
    'POST',
    `/tickets/${message.ticket_id}/messages`,
    {
      message_text: 'We are looking into it.',
      is_internal: false,
      attachment_ids: [],
    },
  )
  expect(status).toBe(201)
  const sent = () => db('outbound_emails').where({ message_id: json.id, status: 'sent' }).first()
  return (await waitUntil(sent, { timeoutMs, what: 'the answer sent' })).rfc822_id
}

const replyTo = (mail: MadeMail, to: string, inReplyTo: string, id: string): MadeMail => ({
  ...mail,
  messageId: id,
  raw: [
    `From: Customer <${mail.from}>`,
    `To: ${to}`,
    `Subject: Re: Question of ${mail.root}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}>`,
    `In-Reply-To: <${inReplyTo}>`,
    `References: <${mail.messageId}> <${inReplyTo}>`,
    '',
    `Thank you. This is about ${mail.root}.`,
    '',
  ].join('\r\n'),
})

/** Ticket number → the customer it was told to. */
async function numbersTold(): Promise<Map<string, string>> {
  const rows = await db('tickets').join('users', 'users.id', 'tickets.customer_id').select('number', 'email')
  return new Map(rows.map(({ number, email }) => [String(number), email]))
}

/** Recipient and subject of each mail that left, in order. */
const left = () =>
  sink.transactions.map(
    ({ recipients, raw }) => `${recipients.join()} ${/^Subject: (.*)/m.exec(raw.toString())?.[1]}`,
  )

test('a desk that is lost comes back with every mail once, and says nothing twice', async () => {
  const mails = makeConversations(60, address, 7, new Date())
  const [first, during, since] = [mails.slice(0, 20), mails.slice(20, 40), mails.slice(40)]

  tell('20 mails come, one is answered')
  await deliver(first)
  await waitForRest(db, desk, 20, restWait)
  await answer(first[0]?.messageId ?? '')

  tell('backup, while 20 more mails come')
  const arriving = deliver(during)
  await waitUntil(
    async () => (Number((await db('inbound_emails').count('* as all').first())?.all) > 22 ? true : undefined),
    {
      timeoutMs,
      what: 'mail to come in',
    },
  )
  await mkdir(join(folder, 'backup'))
  await runScript(await documented('backup'))
  await arriving
  await waitForRest(db, desk, 40, restWait)
  const inDump = await backedUpMails()
  tell(`the dump holds ${inDump} mails`)
  expect(inDump).toBeGreaterThanOrEqual(20)

  tell('the desk works on: 20 more mails, answers to old and new tickets, and customers answer those')
  await deliver(since)
  await waitForRest(db, desk, 60, restWait)
  const toOld = await answer(first[3]?.messageId ?? '')
  const newest = since.find(({ messageId, root: its }) => its === messageId) as MadeMail
  const toNew = await answer(newest.messageId)
  const tokenAddress = (id: string) =>
    /^Reply-To:.*<([^>]+)>/m.exec(
      sink.transactions.find(({ raw }) => raw.includes(`<${id}>`))?.raw.toString() ?? '',
    )?.[1] ?? address
  const answers = [
    replyTo(first[3] as MadeMail, tokenAddress(toOld), toOld, 'thanks-old@customer.test'),
    replyTo(newest, tokenAddress(toNew), toNew, 'thanks-new@customer.test'),
  ]
  await deliver(answers)
  await waitForRest(db, desk, 62, restWait)
  const told = await numbersTold()
  const leftBefore = left()
  tell(`${leftBefore.length} mails have left, ${told.size} tickets are there`)

  tell('disaster: all processes killed, database dropped, storage removed')
  await Promise.all(desk.all.map((each) => each.kill('SIGKILL')))
  await db.destroy()
  await administer('DROP DATABASE maildesk WITH (FORCE)')
  await rm(join(folder, 'storage'), { recursive: true })

  tell('restore, by the page')
  await administer('CREATE DATABASE maildesk')
  const printed = await runScript(await documented('restore'))
  tell(printed.replace(/^/gm, '  '))
  db = connectDatabase(url, { poolMax: 3 })

  tell('start')
  for (const each of desk.all) each.restart()
  await waitForRest(db, desk, 62, restWait)
  const account = await accountFor(db, [...mails, ...answers])
  expect(account).toMatchObject({ lost: [], doubled: [], misthreaded: [] })
  expect(left()).toEqual(leftBefore)
  for (const [number, customer] of await numbersTold())
    expect([number, told.get(number) ?? customer]).toEqual([number, customer])

  tell('the desk goes on: a new mail is answered by itself')
  const [next] = makeConversations(1, address, 8, new Date())
  await deliver([next as MadeMail])
  await waitForRest(db, desk, 63, restWait)
  expect(left().slice(leftBefore.length)).toEqual([expect.stringContaining(next?.from ?? '')])
  tell((await runScript('maildesk doctor --deep')).replace(/^/gm, '  '))
}, 600_000)

/** Mails in the dump, counted in a database of its own. */
async function backedUpMails(): Promise<number> {
  await administer('CREATE DATABASE looked_into')
  const place = new URL(postgres.url)
  place.pathname = '/looked_into'
  await runScript(`pg_restore --no-owner --exit-on-error --dbname='${place.href}' "$BACKUP/maildesk.dump"`)
  return withDatabase(place.href, async (copy) =>
    Number((await copy('inbound_emails').count('* as all').first())?.all),
  )
}
