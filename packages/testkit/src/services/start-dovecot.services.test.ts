import { existsSync } from 'node:fs'
import { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DovecotServer, startDovecot } from './start-dovecot.ts'

const SUPPORT = 'support@example.com'
const MAIL = 'From: ann@example.org\r\nSubject: Hello\r\n\r\nFirst line\r\n.starts with a dot\r\n'

let dovecot: DovecotServer

beforeAll(async () => {
  dovecot = await startDovecot()
})

afterAll(() => dovecot?.stop())

test('mail delivered by LMTP is read by IMAP, byte for byte below its trace headers', async () => {
  await dovecot.deliver(SUPPORT, MAIL, 'ann@example.org')
  const inbox = await readInbox(SUPPORT)
  expect(inbox.uidValidity).toBeGreaterThan(0n)
  expect(inbox.mails.at(-1)?.endsWith(MAIL)).toBe(true)
})

test('a plus tag lands with its user and is kept in Delivered-To', async () => {
  await dovecot.deliver('support+ticket42@example.com', MAIL)
  const inbox = await readInbox(SUPPORT)
  expect(inbox.mails.at(-1)).toContain('Delivered-To: support+ticket42@example.com\r\n')
})

test('a recipient nobody knows is refused with the answer of the server', async () => {
  await expect(dovecot.deliver('nobody@example.com', MAIL)).rejects.toThrow(
    /RCPT TO:<nobody@example.com>.*550/,
  )
})

test('UIDVALIDITY changes on demand, every time, and the mail stays', async () => {
  await dovecot.deliver(SUPPORT, MAIL)
  const first = await readInbox(SUPPORT)
  const changed = await dovecot.newUidValidity(SUPPORT)
  const second = await readInbox(SUPPORT)
  expect(changed).toEqual({ before: first.uidValidity, after: second.uidValidity })
  expect(second.mails).toHaveLength(first.mails.length)
  await dovecot.newUidValidity(SUPPORT)
  const third = await readInbox(SUPPORT)
  expect(new Set([first.uidValidity, second.uidValidity, third.uidValidity]).size).toBe(3)
})

test('a user can be added and given another password, many times', async () => {
  const user = 'billing@example.com'
  await dovecot.addUser(user, 'password-0')
  for (const password of ['password-1', 'password-2', 'password-3']) {
    await dovecot.setPassword(user, password)
    expect((await readInbox(user, password)).mails).toEqual([])
    await expect(readInbox(user, 'password-0')).rejects.toThrow()
  }
})

test('after a kill nothing answers, and after a restart the same mail is on the same ports', async () => {
  await dovecot.deliver(SUPPORT, MAIL)
  const before = await readInbox(SUPPORT)
  await dovecot.kill('SIGKILL')
  await expect(readInbox(SUPPORT)).rejects.toThrow()
  await dovecot.restart()
  expect(await readInbox(SUPPORT)).toEqual(before)
})

test('two servers run side by side, and stopping one leaves nothing of it', async () => {
  const other = await startDovecot({ users: { 'a@b.example': 'x y' } })
  await other.deliver('a@b.example', MAIL)
  await other.stop()
  expect(existsSync(other.directory)).toBe(false)
  expect((await readInbox(SUPPORT)).uidValidity).toBeGreaterThan(0n)
})

async function readInbox(user: string, password = dovecot.password) {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: dovecot.imapPort,
    secure: false,
    auth: { user, pass: password },
    logger: false,
  })
  client.on('error', () => undefined) // also reported by the call that failed
  await client.connect()
  try {
    const mailbox = await client.mailboxOpen('INBOX')
    const mails: string[] = []
    if (mailbox.exists > 0) {
      for await (const mail of client.fetch('1:*', { source: true })) mails.push(String(mail.source))
    }
    return { uidValidity: mailbox.uidValidity, mails }
  } finally {
    await client.logout()
  }
}
