import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quietLog, waitUntil } from '@maildesk/testkit'
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type SandboxMailServer,
  type SandboxMailServerOptions,
  startSandboxMailServer,
} from './start-sandbox-mail-server.ts'

const password = 'open "sesame" ä'
const mail = Buffer.from(
  'From: ada@customers.test\r\nTo: help@desk.test\r\nSubject: Grüße\r\n\r\n.dot\r\n\r\nWörter\r\n',
)

describe('the sandbox mail server', () => {
  let dir: string
  let sandbox: SandboxMailServer
  let clients: ImapFlow[]

  const start = async (options: Partial<SandboxMailServerOptions> = {}) => {
    sandbox = await startSandboxMailServer({
      dir,
      password,
      domains: ['desk.test', 'customers.test'],
      log: quietLog,
      ...options,
    })
  }

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'maildesk-sandbox-'))
    clients = []
    await start()
  })

  afterEach(async () => {
    for (const client of clients) client.close()
    await sandbox.stop()
    await rm(dir, { recursive: true, force: true })
  })

  async function logIn(user: string, pass = password, options: object = {}): Promise<ImapFlow> {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: sandbox.imapPort,
      secure: false,
      auth: { user, pass },
      logger: false,
      ...options,
    })
    client.on('error', () => {}) // the server is stopped under it in some tests
    clients.push(client)
    await client.connect()
    return client
  }

  async function send(to: string | string[], raw: Buffer = mail, from = 'ada@customers.test') {
    const transport = createTransport({ host: '127.0.0.1', port: sandbox.smtpPort, secure: false })
    return transport.sendMail({ envelope: { from, to }, raw })
  }

  async function sources(client: ImapFlow, folder = 'INBOX'): Promise<string[]> {
    const lock = await client.getMailboxLock(folder)
    try {
      const found = await client.fetchAll('1:*', { source: true, uid: true })
      return found.map(({ source }) => (source as Buffer).toString())
    } finally {
      lock.release()
    }
  }

  test('a mail sent over SMTP wakes an idling client, which reads the very bytes', async () => {
    const client = await logIn('help@desk.test')
    await client.mailboxOpen('INBOX')
    const idling = client.idle()
    const arrival = once(client, 'exists')
    await send('help@desk.test')
    expect((await arrival)[0]).toMatchObject({ count: 1, prevCount: 0 })
    const [source] = await sources(client)
    await idling
    const trace =
      /^Return-Path: <ada@customers\.test>\r\nDelivered-To: help@desk\.test\r\nReceived: from .*\r\n\tby .*\r\n\tfor <help@desk\.test>; .*\r\n/
    expect(source).toMatch(trace)
    expect(source?.replace(trace, '')).toBe(mail.toString())
  })

  test('what is delivered directly comes back byte for byte, whole and in parts', async () => {
    const internalDate = new Date('2026-02-03T04:05:06Z')
    await sandbox.deliver('help@desk.test', mail, { internalDate })
    const client = await logIn('help@desk.test')
    await client.mailboxOpen('INBOX')
    const found = await client.fetchOne('1', {
      uid: true,
      source: true,
      headers: true,
      size: true,
      flags: true,
      internalDate: true,
    })
    expect(found).toMatchObject({ uid: 1, size: mail.length, internalDate })
    expect((found as { source: Buffer }).source.equals(mail)).toBe(true)
    const head = mail.subarray(0, mail.indexOf('\r\n\r\n') + 4)
    expect((found as { headers: Buffer }).headers.equals(head)).toBe(true)
    const some = await client.fetchOne('1', { source: { start: 6, maxLength: 3 } })
    expect((some as { source: Buffer }).source.toString()).toBe('ada')
    const subject = await client.fetchOne('1', { headers: ['subject'] })
    expect((subject as { headers: Buffer }).headers.toString()).toBe('Subject: Grüße\r\n\r\n')
    expect((await client.fetchOne('1', { flags: true })) as object).toMatchObject({ flags: new Set() })
  })

  test('two users see only their own mail, and a tag or another case is the same mailbox', async () => {
    await send(['Help+ticket-7@desk.test', 'other@desk.test'])
    const [help, other] = await Promise.all([logIn('HELP@desk.test'), logIn('other@desk.test')])
    expect((await sources(help))[0]).toContain('Delivered-To: Help+ticket-7@desk.test\r\n')
    expect(await sources(other)).toHaveLength(1)
    expect(await sources(await logIn('third@desk.test'))).toEqual([])
  })

  test('refuses a wrong password, a foreign address and a foreign recipient', async () => {
    await expect(logIn('help@desk.test', 'wrong')).rejects.toMatchObject({
      authenticationFailed: true,
      serverResponseCode: 'AUTHENTICATIONFAILED',
    })
    await expect(logIn('help@elsewhere.test')).rejects.toMatchObject({ authenticationFailed: true })
    await expect(send('someone@elsewhere.test')).rejects.toMatchObject({ responseCode: 550 })
    await expect(sandbox.deliver('someone@elsewhere.test', mail)).rejects.toThrow('not at a domain')
  })

  test('LOGIN works as well as AUTHENTICATE', async () => {
    const client = await logIn('help@desk.test', password, {
      auth: { user: 'help@desk.test', pass: password, loginMethod: 'LOGIN' },
    })
    expect(client.authenticated).toBeTruthy()
  })

  test('a restart keeps mails, UIDs, UIDVALIDITY and flags, and never gives a UID twice', async () => {
    for (const _ of [1, 2, 3]) await sandbox.deliver('help@desk.test', mail)
    const before = await logIn('help@desk.test')
    const { uidValidity } = await before.mailboxOpen('INBOX')
    await before.messageFlagsAdd('2', ['\\Seen', 'mine'], { uid: true })
    await before.messageDelete('3', { uid: true })
    await before.logout()
    await sandbox.stop()
    await start()
    await sandbox.deliver('help@desk.test', mail)
    const after = await logIn('help@desk.test')
    expect((await after.mailboxOpen('INBOX')).uidValidity).toBe(uidValidity)
    const found = await after.fetchAll('1:*', { uid: true, flags: true })
    expect(found.map(({ uid }) => uid)).toEqual([1, 2, 4])
    expect(found[1]?.flags).toEqual(new Set(['\\Seen', 'mine']))
  })

  test('a delivery that a kill cut short is gone after the restart, and nothing else is', async () => {
    await sandbox.deliver('help@desk.test', mail)
    await sandbox.stop()
    const inbox = join(dir, 'mailboxes', 'help%40desk.test', '=INBOX')
    await writeFile(join(inbox, '.draft-0123'), 'From: half')
    await rm(join(inbox, 'flags.json'), { force: true })
    await start()
    expect(await sources(await logIn('help@desk.test'))).toEqual([mail.toString()])
    expect(await readdir(inbox)).not.toContain('.draft-0123')
  })

  test('moves, copies, appends and searches', async () => {
    await sandbox.deliver('help@desk.test', mail, { internalDate: new Date('2026-01-05T12:00:00Z') })
    await sandbox.deliver('help@desk.test', mail, { internalDate: new Date('2026-01-07T12:00:00Z') })
    const client = await logIn('help@desk.test')
    await client.mailboxCreate('Done/Früh')
    await client.mailboxOpen('INBOX')
    expect(await client.search({ since: new Date('2026-01-06') }, { uid: true })).toEqual([2])
    expect(await client.search({ uid: '1:*', subject: 'grüße' }, { uid: true })).toEqual([1, 2])
    expect(await client.search({ seen: true }, { uid: true })).toEqual([])
    const moved = await client.messageMove('1', 'Done/Früh', { uid: true })
    expect((moved as { uidMap: Map<number, number> }).uidMap).toEqual(new Map([[1, 1]]))
    const copied = await client.messageCopy('2', 'Done/Früh', { uid: true })
    expect((copied as { uidMap: Map<number, number> }).uidMap).toEqual(new Map([[2, 2]]))
    expect(
      await client.append('Done/Früh', mail, ['\\Seen'], new Date('2025-12-31T23:00:00Z')),
    ).toMatchObject({ uid: 3 })
    expect(await client.status('Done/Früh', { messages: true, uidNext: true, unseen: true })).toMatchObject({
      messages: 3,
      uidNext: 4,
      unseen: 2,
    })
    expect((await client.list()).map(({ path }) => path).sort()).toEqual(['Done/Früh', 'INBOX'])
    expect(await sources(client)).toEqual([mail.toString()])
    expect(await sources(client, 'Done/Früh')).toEqual([mail.toString(), mail.toString(), mail.toString()])
  })

  test('tells an idling client what another one removed', async () => {
    await sandbox.deliver('help@desk.test', mail)
    await sandbox.deliver('help@desk.test', mail)
    const [watcher, remover] = await Promise.all([logIn('help@desk.test'), logIn('help@desk.test')])
    await watcher.mailboxOpen('INBOX')
    void watcher.idle()
    const removal = once(watcher, 'expunge')
    await remover.mailboxOpen('INBOX')
    await remover.messageDelete('1', { uid: true })
    expect((await removal)[0]).toMatchObject({ seq: 1 })
  })

  test('refuses a mail above the limit', async () => {
    await sandbox.stop()
    await start({ maxMailBytes: 2000 })
    await expect(send('help@desk.test', Buffer.alloc(3000, 'a\r\n'))).rejects.toMatchObject({
      responseCode: 552,
    })
    const client = await logIn('help@desk.test')
    await expect(client.append('INBOX', Buffer.alloc(20_000, 'a\r\n'))).rejects.toThrow()
    expect(await sources(await logIn('help@desk.test'))).toEqual([])
  })

  test('answers nonsense with BAD, goes on, and hangs up on what cannot end', async () => {
    const talk = await converse(sandbox.imapPort)
    talk.say('a1 FLY\r\n')
    await talk.hears('a1 BAD ')
    talk.say('a2 SELECT INBOX\r\n')
    await talk.hears('a2 BAD Log in first')
    talk.say('a3 LOGIN "help@desk.test\r\n')
    await talk.hears('a3 BAD ')
    talk.say('\r\n')
    await talk.hears('* BAD ')
    talk.say('a4 LOGIN help@desk.test {999999}\r\n')
    await talk.hears('a4 NO [TOOBIG]')
    talk.say(`a5 ${'('.repeat(100)}\r\n`)
    await talk.hears('a5 BAD ')
    talk.say('a6 NOOP\r\n')
    await talk.hears('a6 OK ')
    talk.say('x'.repeat(100_000))
    await talk.hears('* BYE ')
    await talk.ended
  })

  test('a second server on the same folder is refused', async () => {
    await expect(start()).rejects.toThrow(`pid ${process.pid}`)
    expect(await readFile(join(dir, 'lock'), 'utf8')).toContain(String(process.pid))
  })

  test('servers that want the ports of a running one, at the same moment, each get free ones', async () => {
    const wanted = { wantedSmtpPort: sandbox.smtpPort, wantedImapPort: sandbox.imapPort }
    const others = await Promise.all(
      ['second', 'third'].map((name) =>
        startSandboxMailServer({
          dir: join(dir, name),
          password,
          domains: ['desk.test'],
          log: quietLog,
          ...wanted,
        }),
      ),
    )
    try {
      const ports = [sandbox, ...others].flatMap(({ smtpPort, imapPort }) => [smtpPort, imapPort])
      expect(new Set(ports).size).toBe(6)
    } finally {
      await Promise.all(others.map((other) => other.stop()))
    }
  })

  test('a wanted port that nobody holds is taken', async () => {
    const wantedSmtpPort = sandbox.smtpPort
    await sandbox.stop()
    await start({ wantedSmtpPort })
    expect(sandbox.smtpPort).toBe(wantedSmtpPort)
  })
})

async function converse(port: number) {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.on('data', (data) => {
    heard += data.toString()
  })
  socket.on('error', () => {}) // the server may reset what it did not want to read
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  return {
    ended,
    say: (text: string) => void socket.write(text),
    hears: (text: string) =>
      waitUntil(() => heard.includes(text), { what: `the server to say ${text}`, timeoutMs: 3000 }),
  }
}
