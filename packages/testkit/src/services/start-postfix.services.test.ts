import { existsSync } from 'node:fs'
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../wait-until.ts'
import { type DovecotServer, startDovecot } from './start-dovecot.ts'
import { type PostfixServer, startPostfix } from './start-postfix.ts'

const SUPPORT = 'support@example.com'

let dovecot: DovecotServer
let postfix: PostfixServer

beforeAll(async () => {
  dovecot = await startDovecot({ users: { [SUPPORT]: 'secret' } })
  postfix = await startPostfix({
    relayTo: { protocol: 'lmtp', port: dovecot.lmtpPort },
    domains: ['example.com'],
  })
})

afterAll(async () => {
  await postfix?.stop()
  await dovecot?.stop()
})

test('a mail sent by SMTP with a plus tag arrives in the mailbox and keeps the tag', async () => {
  await send('support+tag7@example.com', 'Through Postfix')
  const mail = await arrived('Through Postfix')
  expect(mail).toContain('Delivered-To: support+tag7@example.com')
})

test('mail for a foreign domain is refused', async () => {
  await expect(send('someone@elsewhere.example', 'Lost')).rejects.toThrow(/554.*Relay access denied/i)
})

test('mail for an unknown user comes back to its sender as a bounce', async () => {
  await send('nobody@example.com', 'To nobody', SUPPORT)
  const bounce = await arrived('Undelivered Mail Returned to Sender')
  expect(bounce).toContain('Content-Type: message/delivery-status')
})

test('mail taken while Dovecot is down is delivered when it is back', async () => {
  await dovecot.kill('SIGKILL')
  await send(SUPPORT, 'Waits in the queue')
  await waitUntil(() => postfix.log().includes('status=deferred'), { what: 'Postfix to defer the mail' })
  await dovecot.restart()
  await arrived('Waits in the queue')
})

test('after a kill and a restart Postfix takes mail on the same port', async () => {
  await postfix.kill('SIGKILL')
  await expect(send(SUPPORT, 'Nobody listens')).rejects.toThrow('ECONNREFUSED')
  await postfix.restart()
  await send(SUPPORT, 'After the restart')
  await arrived('After the restart')
})

test('stopping leaves nothing listening and no directory', async () => {
  await postfix.stop()
  expect(existsSync(postfix.directory)).toBe(false)
  await expect(send(SUPPORT, 'Too late')).rejects.toThrow('ECONNREFUSED')
})

async function send(to: string, subject: string, from = 'ann@example.org') {
  const transport = createTransport({ host: '127.0.0.1', port: postfix.smtpPort, ignoreTLS: true })
  try {
    await transport.sendMail({ from, to, subject, text: 'Hello' })
  } finally {
    transport.close()
  }
}

function arrived(subject: string): Promise<string> {
  return waitUntil(
    async () => (await readInbox()).find((mail) => mail.includes(`\r\nSubject: ${subject}\r\n`)),
    {
      what: `"${subject}" to arrive`,
      timeoutMs: 20_000,
      intervalMs: 100,
    },
  )
}

async function readInbox(): Promise<string[]> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: dovecot.imapPort,
    secure: false,
    auth: { user: SUPPORT, pass: 'secret' },
    logger: false,
  })
  client.on('error', () => undefined) // also reported by the call that failed
  await client.connect()
  try {
    const { exists } = await client.mailboxOpen('INBOX')
    const mails: string[] = []
    if (exists > 0)
      for await (const mail of client.fetch('1:*', { source: true })) mails.push(String(mail.source))
    return mails
  } finally {
    await client.logout()
  }
}
