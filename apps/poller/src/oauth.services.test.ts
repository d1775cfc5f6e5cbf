import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SmtpAccess } from '@maildesk/core'
import {
  connectDatabase,
  findMailboxOauth,
  inTransaction,
  type MailboxRow,
  saveMailboxOauth,
} from '@maildesk/db'
import { oauthSecretContext } from '@maildesk/flows'
import { createMailer, defaultImapLimits, openMailSource } from '@maildesk/mail'
import { seal } from '@maildesk/runtime'
import {
  createTestDatabase,
  type DovecotServer,
  quietLog,
  seedMailbox,
  startDovecot,
  startSmtpSink,
  type TestDatabase,
} from '@maildesk/testkit'
import { imapAccessOf, mailboxTokens } from '@maildesk/wiring'
import { afterAll, beforeAll, expect, test } from 'vitest'

// A provider over HTTP, a real Dovecot that asks it whose a token is, and an SMTP server that wants one.

const address = 'support@example.com'
const keys = ['k'.repeat(32)]
let provider: Server
let origin: string
let database: TestDatabase
let dovecot: DovecotServer
let mailbox: MailboxRow
let granted = 0
let refuses = false
let lifeSeconds = 3600

beforeAll(async () => {
  provider = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://provider.example')
    response.setHeader('content-type', 'application/json')
    if (url.pathname === '/info') {
      const isGood = url.searchParams.get('access_token') === `token-${granted}`
      return response.writeHead(isGood ? 200 : 400).end(JSON.stringify(isGood ? { email: address } : {}))
    }
    const form = new URLSearchParams(Buffer.concat(await Array.fromAsync(request)).toString())
    if (refuses || form.get('refresh_token') !== `refresh-${granted}`)
      return response.writeHead(400).end(JSON.stringify({ error: 'invalid_grant' }))
    granted += 1
    const answer = {
      access_token: `token-${granted}`,
      refresh_token: `refresh-${granted}`,
      expires_in: lifeSeconds,
    }
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  database = await createTestDatabase()
  dovecot = await startDovecot({ tokenInfoUrl: `${origin}/info?access_token=` })
  mailbox = await seedMailbox(database.db, {
    address,
    auth: 'oauth2',
    ...{ imap_host: '127.0.0.1', imap_port: dovecot.imapPort, imap_tls: 'none', imap_user: address },
  })
  await grant()
})
afterAll(async () => {
  provider?.close()
  await dovecot?.stop()
  await database?.drop()
})

const grant = () =>
  inTransaction(database.db, (tx) =>
    saveMailboxOauth(tx, {
      mailbox_id: mailbox.id,
      provider: 'custom',
      token_url: `${origin}/token`,
      scope: null,
      client_id: 'desk',
      client_secret: null,
      refresh_secret: seal(`refresh-${granted}`, oauthSecretContext.refresh(mailbox.id), keys),
    }),
  )
const tokensOn = (db = database.db) => mailboxTokens({ deps: { db }, config: { secretKeys: keys } })
const tokens = { find: () => tokensOn().find(mailbox) }

test('many who need a token at once cause one request, and it opens IMAP and SMTP', async () => {
  const other = connectDatabase(database.url, { poolMax: 4 })
  const sources = [tokensOn(), tokensOn(other)]
  const found = await Promise.all(Array.from({ length: 8 }, (_, n) => sources[n % 2]?.find(mailbox)))
  await other.destroy()
  expect(new Set(found)).toEqual(new Set(['token-1']))
  expect(granted).toBe(1)

  await dovecot.deliver(address, 'Subject: by token\r\n\r\nhello\r\n')
  const access = imapAccessOf(mailbox, keys, await tokens.find())
  const source = await openMailSource({ access, folder: 'INBOX', limits: defaultImapLimits, log: quietLog })
  expect(await source.listUids(0)).toHaveLength(1)
  await source.close()
  const wrong = openMailSource({
    access: { ...access, accessToken: 'token-0' },
    ...{ folder: 'INBOX', limits: defaultImapLimits, log: quietLog },
  })
  await expect(wrong).rejects.toMatchObject({ code: 'imap.auth-failed' })

  const sink = await startSmtpSink({ auth: { user: address, pass: 'none', accessToken: 'token-1' } })
  const mailer = createMailer({ helloName: 'desk.example', log: quietLog })
  const send = (accessToken: string) => {
    const smtp: SmtpAccess = {
      host: '127.0.0.1',
      port: sink.port,
      tls: 'none',
      user: address,
      password: null,
      accessToken,
    }
    const raw = async () =>
      (async function* () {
        yield Buffer.from('Subject: x\r\n\r\nx\r\n')
      })()
    return mailer.send(smtp, { from: address, to: ['ada@person.example'] }, raw, async () => undefined)
  }
  expect(await send('token-1')).toMatchObject({ outcome: 'accepted' })
  expect(await send('token-0')).toMatchObject({ outcome: 'auth-failed', dataStarted: false })
  await sink.stop()
})

test('a token is renewed near its end and when a server does not take it, with the refresh token of the last answer', async () => {
  lifeSeconds = 200
  await tokensOn().forget(mailbox, 'another token')
  expect(await tokens.find()).toBe('token-1')
  await tokensOn().forget(mailbox, 'token-1')
  expect(await tokens.find()).toBe('token-2')
  // 200 seconds are less than the margin: it would not outlive the next log-in.
  expect(await tokens.find()).toBe('token-3')
  const row = await findMailboxOauth(database.db, mailbox.id)
  expect(JSON.stringify(row)).not.toMatch(/token-3|refresh-3/)
})

test('a refusal is told, is not asked for again and again, and ends with a new grant', async () => {
  refuses = true
  await expect(tokens.find()).rejects.toMatchObject({ code: 'mailbox.oauth-refused' })
  refuses = false
  await expect(tokens.find()).rejects.toMatchObject({ code: 'mailbox.oauth-refused' })
  expect((await findMailboxOauth(database.db, mailbox.id))?.refused_reason).toContain('invalid_grant')
  await grant()
  expect(await tokens.find()).toBe('token-4')
})

test('a provider that is away is another matter: it is asked again', async () => {
  await tokensOn().forget(mailbox, 'token-4')
  await database.db('mailbox_oauth').update({ token_url: 'http://127.0.0.1:9/token' })
  await expect(tokens.find()).rejects.toMatchObject({ code: 'mailbox.oauth-unavailable' })
  await database.db('mailbox_oauth').update({ token_url: `${origin}/token` })
  expect(await tokens.find()).toBe('token-5')
})
