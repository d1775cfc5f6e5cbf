import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  createTestDatabase,
  type DeskProcess,
  type DovecotServer,
  freePort,
  type PostfixServer,
  startDeskProcess,
  startDovecot,
  startPostfix,
  type TestDatabase,
  waitUntil,
} from '@maildesk/testkit'
import { ImapFlow } from 'imapflow'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareDatabase, secretKey } from './four-processes.ts'
import { makeAdminToken } from './real-desk.ts'
import {
  type ApiAccess,
  callApi,
  headerOf,
  type ListedMessage,
  listMessages,
  waitForTicket,
} from './sandbox-client.ts'

// The whole way over real mail servers: customer → Postfix → Dovecot → `maildesk start` → Postfix → Dovecot → customer.

const support = 'support@desk.example'
const customer = 'grace@customers.example'
const password = 'a password'

let database: TestDatabase
let dovecot: DovecotServer
let postfix: PostfixServer
let folder: string
let desk: DeskProcess
let api: ApiAccess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildesk postfix path '))
  database = await createTestDatabase()
  dovecot = await startDovecot({ users: { [support]: password, [customer]: password } })
  postfix = await startPostfix({
    relayTo: { protocol: 'lmtp', port: dovecot.lmtpPort },
    domains: ['desk.example', 'customers.example'],
  })
  await prepareDatabase({
    database,
    redisUrl: undefined,
    imap: { port: dovecot.imapPort, user: support, password },
    smtpPort: postfix.smtpPort,
  })
  const port = await freePort()
  desk = startDeskProcess('start', 'apps/cli/src/main.ts', ['start'], {
    DATABASE_URL: database.url,
    STORAGE_URL: pathToFileURL(join(folder, 'storage')).href,
    MAILDESK_DATA_DIR: folder,
    MAILDESK_SECRET_KEY: secretKey,
    PORT: String(port),
  })
  api = { api_url: `http://127.0.0.1:${port}`, admin_token: await makeAdminToken(database.db) }
  await desk.waitForLog('"msg":"mailbox opened"', 60_000)
})
afterAll(async () => {
  await desk?.kill('SIGTERM')
  await Promise.all([postfix?.stop(), dovecot?.stop()])
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

async function send(mail: SendMailOptions): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: postfix.smtpPort, ignoreTLS: true })
  try {
    await transport.sendMail(mail)
  } finally {
    transport.close()
  }
}

async function mailsOfCustomer(): Promise<string[]> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: dovecot.imapPort,
    secure: false,
    doSTARTTLS: false,
    logger: false,
    auth: { user: customer, pass: password },
  })
  await client.connect()
  try {
    const { exists } = await client.mailboxOpen('INBOX', { readOnly: true })
    if (exists === 0) return []
    return (await client.fetchAll('1:*', { source: true })).map(({ source }) => source?.toString() ?? '')
  } finally {
    await client.logout()
  }
}

const waitForAnswer = (text: string) =>
  waitUntil(async () => (await mailsOfCustomer()).find((mail) => mail.includes(text)), {
    timeoutMs: 20_000,
    intervalMs: 200,
    what: `a mail with "${text}" at the customer`,
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${desk.log().slice(-3000)}\n${postfix.log().slice(-3000)}`, {
      cause: error,
    })
  })

test('a question, its acknowledgement, the answer, and the answer to the answer: one conversation for both sides', async () => {
  await send({
    from: `Grace <${customer}>`,
    to: support,
    subject: 'Der Drucker läuft heiß',
    text: 'Er glüht. 🔥',
    messageId: '<hot-1@customers.example>',
  })
  const ticket = await waitForTicket(api, 'Der Drucker läuft heiß')
  const acknowledgement = await waitForAnswer('In-Reply-To: <hot-1@customers.example>')
  expect(headerOf(acknowledgement, 'Auto-Submitted')).toBe('auto-replied')
  expect(headerOf(acknowledgement, 'Return-Path')).toBe('<>')

  const posted = await callApi<ListedMessage>(api, 'POST', `/tickets/${ticket.id}/messages`, {
    message_text: 'Please turn it off.',
    is_internal: false,
    attachment_ids: [],
  })
  expect(posted.status).toBe(201)
  const answer = await waitForAnswer('Please turn it off.')
  expect(headerOf(answer, 'In-Reply-To')).toBe('<hot-1@customers.example>')
  expect(headerOf(answer, 'References')).toBe('<hot-1@customers.example>')
  expect(headerOf(answer, 'Auto-Submitted')).toBeUndefined()
  expect(headerOf(answer, 'Return-Path')).toContain('@desk.example')

  // The reply goes to the signed address alone: no header of it points anywhere.
  const replyTo = headerOf(answer, 'Reply-To') ?? ''
  expect(replyTo).toMatch(/support\+t1\..*@desk\.example/)
  await send({ from: customer, to: replyTo, subject: 'another subject', text: 'It is off now.' })
  await waitUntil(async () => (await listMessages(api, ticket.id)).length === 3, {
    timeoutMs: 20_000,
    intervalMs: 200,
    what: 'three messages in the ticket',
  })
  expect((await listMessages(api, ticket.id)).map(({ message_text }) => message_text.trim())).toEqual([
    'Er glüht. 🔥',
    'Please turn it off.',
    'It is off now.',
  ])
})
