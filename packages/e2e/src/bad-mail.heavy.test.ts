import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { type DeskProcess, startDeskProcess, waitUntil } from '@maildesk/testkit'
import { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { badMails } from './bad-mails.ts'
import { makeDataDir } from './make-data-dir.ts'
import { listInbound, listTickets, readSandboxFile, type SandboxFile } from './sandbox-client.ts'

// What nobody should send, between mails of people who need help.

let dataDir: string
let desk: DeskProcess
let sandbox: SandboxFile

beforeAll(async () => {
  dataDir = await makeDataDir('bad mail')
  desk = startDeskProcess('start', 'apps/cli/src/main.ts', ['start', '--sandbox'], {
    MAILDESK_DATA_DIR: dataDir,
    MAILDESK_FILE_CONCURRENCY: '2',
    MAILDESK_RATE_LIMIT: '100000',
  })
  await desk.waitForLog('"msg":"ready"', 60_000)
  sandbox = await readSandboxFile(dataDir)
})
afterAll(async () => {
  await desk?.kill('SIGTERM')
  await rm(dataDir, { recursive: true, force: true })
})

test('every bad mail ends in a ticket or in quarantine with a reason, its bytes as they came, and every good one is a ticket', async () => {
  const bad = badMails(sandbox.support_address)
  const good = bad.map((_, index) => goodMail(index))
  await append(bad.flatMap(({ raw }, index) => [raw, good[index] as Buffer]))

  const wanted = new Set([...bad.map(({ raw }) => raw), ...good].map(sha256))
  const bySha = new Map<string, Awaited<ReturnType<typeof listInbound>>[number]>()
  await waitUntil(
    async () => {
      const rows = await listInbound(sandbox)
      if (rows.some(({ status }) => status === 'received')) return undefined
      for (const row of rows)
        if (![...bySha.values()].some(({ id }) => id === row.id)) bySha.set(await rawSha(row.id), row)
      return [...wanted].every((each) => bySha.has(each)) || undefined
    },
    { timeoutMs: 90_000, intervalMs: 500, what: 'all mails to be at rest, with their bytes' },
  ).catch((error: Error) => {
    const missing = bad.filter(({ raw }) => !bySha.has(sha256(raw))).map(({ what }) => what)
    throw new Error(`${error.message}\nmissing: ${missing.join(', ')}\n${desk.log().slice(-5000)}`, {
      cause: error,
    })
  })

  for (const { what, raw } of bad) {
    const row = bySha.get(sha256(raw))
    const end = row?.status === 'filed' ? 'filed' : `${row?.status}: ${row?.reason ?? 'no reason'}`
    expect.soft(end, what).toMatch(/^(filed|quarantined: (?!no reason).+)$/)
  }
  for (const raw of good) expect(bySha.get(sha256(raw))?.status).toBe('filed')
  const titles = (await listTickets(sandbox)).map(({ title }) => title)
  for (const index of good.keys()) expect(titles).toContain(`good ${index}`)
})

test('the process that read all this is the one that was started, and nothing went wrong in it unseen', async () => {
  expect(desk.isRunning()).toBe(true)
  expect(desk.log()).not.toMatch(/uncaught|unhandled/i)
  expect(desk.log()).not.toContain('"msg":"filing failed"')
  expect((await fetch(`${sandbox.api_url}/health/ready`)).status).toBe(200)
})

function goodMail(index: number): Buffer {
  return Buffer.from(
    [
      `From: Grace <grace-${index}@customers.example>`,
      `To: ${sandbox.support_address}`,
      `Subject: good ${index}`,
      `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <good-${index}@customers.example>`,
      '',
      `I need help, number ${index}.`,
      '',
    ].join('\r\n'),
  )
}

/** Puts mails into the support mailbox byte for byte, which SMTP would not do. */
async function append(mails: readonly Buffer[]): Promise<void> {
  const url = new URL(sandbox.imap_url)
  const client = new ImapFlow({
    host: url.hostname,
    port: Number(url.port),
    secure: false,
    doSTARTTLS: false,
    logger: false,
    auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
  })
  await client.connect()
  try {
    for (const raw of mails) expect(await client.append('INBOX', raw)).toBeTruthy()
  } finally {
    await client.logout()
  }
}

async function rawSha(id: string): Promise<string> {
  const response = await fetch(`${sandbox.api_url}/api/v1/inbound-emails/${id}/raw`, {
    headers: { authorization: `Bearer ${sandbox.admin_token}` },
  })
  expect(response.status).toBe(200)
  return sha256(Buffer.from(await response.arrayBuffer()))
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
