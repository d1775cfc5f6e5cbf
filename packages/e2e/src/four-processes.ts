// The desk as four processes (poller, two workers, API) beside real servers, with a hand on each of them.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { migrateQueue } from '@maildesk/queue'
import {
  addDeskMailbox,
  type DeskProcess,
  freePort,
  startDeskProcess,
  type TestDatabase,
} from '@maildesk/testkit'

export const secretKey = 'a-key-for-the-tests-of-at-least-thirty-two-characters'

export interface Servers {
  readonly database: TestDatabase
  readonly redisUrl: string | undefined
  readonly imap: { readonly port: number; readonly user: string; readonly password: string }
  readonly smtpPort: number
  /** Seals the mailbox's password; `secretKey` unless told. */
  readonly key?: string
}

export interface FourProcesses {
  readonly poller: DeskProcess
  readonly workers: readonly [DeskProcess, DeskProcess]
  readonly api: DeskProcess
  readonly all: readonly DeskProcess[]
  readonly apiUrl: string
  /** Ends all with SIGTERM and removes the data. */
  stop(): Promise<void>
}

/** Makes the mailbox, migrates the queue and starts the four processes. */
export async function startFourProcesses(
  servers: Servers,
  settings: Readonly<Record<string, string>> = {},
): Promise<FourProcesses> {
  const folder = await mkdtemp(join(tmpdir(), 'maildesk four processes '))
  await prepareDatabase(servers)
  const port = await freePort()
  const env = {
    DATABASE_URL: servers.database.url,
    ...(servers.redisUrl ? { REDIS_URL: servers.redisUrl } : {}),
    STORAGE_URL: `${pathToFileURL(folder).href}/storage`,
    MAILDESK_DATA_DIR: folder,
    MAILDESK_SECRET_KEY: secretKey,
    PORT: String(port),
    // Short, so that what a killed process held comes back within seconds.
    MAILDESK_QUEUE_LOCK_MS: '2000',
    MAILDESK_LEASE_MS: '3000',
    MAILDESK_SWEEP_INTERVAL_MS: '500',
    MAILDESK_POLL_INTERVAL_MS: '2000',
    MAILDESK_FILE_CONCURRENCY: '2',
    MAILDESK_AUTO_DOMAIN_HOUR: '100000',
    MAILDESK_AUTO_HOUR: '1000000',
    MAILDESK_AUTO_UNPROVEN_HOUR: '1000000',
    ...settings,
  }
  const start = (name: string, app: string) => startDeskProcess(name, `apps/${app}/src/main.ts`, [], env)
  const poller = start('poller', 'poller')
  const workers = [start('worker 1', 'worker'), start('worker 2', 'worker')] as const
  const api = start('api', 'api')
  const all = [poller, ...workers, api]
  return {
    poller,
    workers,
    api,
    all,
    apiUrl: `http://127.0.0.1:${port}`,
    async stop() {
      await Promise.all(all.map((each) => each.kill('SIGTERM')))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Migrates the queue and makes the mailbox. */
export async function prepareDatabase(servers: Servers): Promise<void> {
  await migrateQueue(servers.database.url)
  await addDeskMailbox(servers.database.db, { key: secretKey, ...servers })
}
