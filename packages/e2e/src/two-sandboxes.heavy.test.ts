import { rm } from 'node:fs/promises'
import { type DeskProcess, startDeskProcess, waitUntil } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataDir } from './make-data-dir.ts'
import {
  listTickets,
  readSandboxFile,
  type SandboxFile,
  sendBySmtp,
  waitForTicket,
} from './sandbox-client.ts'

// Two people try maildesk on one machine, and one of them tries to start it twice.

let folders: string[]
let desks: DeskProcess[] = []
let sandboxes: SandboxFile[]

const start = (dataDir: string) =>
  startDeskProcess('start', 'apps/cli/src/main.ts', ['start', '--sandbox'], { MAILDESK_DATA_DIR: dataDir })

beforeAll(async () => {
  folders = await Promise.all(['one', 'two'].map((name) => makeDataDir(`sandbox ${name}`)))
  desks = folders.map(start)
  await Promise.all(desks.map((desk) => desk.waitForLog('"msg":"ready"', 60_000)))
  sandboxes = await Promise.all(folders.map(readSandboxFile))
})
afterAll(async () => {
  await Promise.all(desks.map((desk) => desk.kill('SIGTERM')))
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

test('two sandboxes run side by side, and neither sees the other’s mail', async () => {
  const [one, two] = sandboxes as [SandboxFile, SandboxFile]
  expect(one.api_url).not.toBe(two.api_url)
  expect(one.smtp_url).not.toBe(two.smtp_url)
  const mail = { from: 'grace@customers.example', text: 'Hello.' }
  await sendBySmtp(one, { ...mail, to: one.support_address, subject: 'only in one' })
  await sendBySmtp(two, { ...mail, to: two.support_address, subject: 'only in two' })
  await Promise.all([waitForTicket(one, 'only in one'), waitForTicket(two, 'only in two')])
  expect((await listTickets(one)).map(({ title }) => title)).not.toContain('only in two')
  expect((await listTickets(two)).map(({ title }) => title)).not.toContain('only in one')
})

test('a second start on the same data directory is refused and names the process that has it', async () => {
  const second = start(folders[0] as string)
  try {
    await waitUntil(() => !second.isRunning(), { timeoutMs: 30_000, what: 'the second start to give up' })
    const { code } = await second.kill('SIGTERM')
    expect(code).not.toBe(0)
    expect(second.log()).toContain(String(desks[0]?.pid()))
    expect(second.log()).not.toMatch(/\n\s+at /)
  } finally {
    await second.kill('SIGKILL')
  }
  expect((await fetch(`${sandboxes[0]?.api_url}/health/ready`)).status).toBe(200)
})
