// `maildesk start`: what the environment does not bring, this brings (database, key, and in the sandbox a mail server);
// then the roles, all in this process.
import { join } from 'node:path'
import { runApi } from '@maildesk/api'
import { connectDatabase, migrateDatabase } from '@maildesk/db'
import { runPoller } from '@maildesk/poller'
import { migrateQueue } from '@maildesk/queue'
import {
  type Config,
  type Environment,
  Lifecycle,
  type Logger,
  loadConfig,
  requireProduction,
  stopOnSignals,
} from '@maildesk/runtime'
import { type Desk, type DeskConfig, openDesk, openDeskLogger } from '@maildesk/wiring'
import { runWorker } from '@maildesk/worker'
import type { Role } from './roles.ts'
import { openSandbox } from './sandbox.ts'
import { ensureSecretKey, removeRunning, writeRunning } from './sandbox-files.ts'

/** Starts and returns when all is ready; a signal stops it. @throws MaildeskError config.invalid, and what a part throws. */
export async function runStart(env: Environment, asked: readonly Role[]): Promise<void> {
  const config = loadConfig(env)
  const log = openDeskLogger(config, 'start')
  const lifecycle = new Lifecycle(log)
  stopOnSignals(lifecycle, log)
  try {
    const complete = await completeConfig(config, lifecycle, log)
    // The mail server is to outlive the desk that talks to it, so its place in the order of stopping is taken first.
    const mailServer = new Lifecycle(log)
    lifecycle.add('mail server', () => mailServer.stop().then(failWhenUnclean))
    const desk = await openDesk(complete, log)
    lifecycle.add('desk', () => desk.lifecycle.stop().then(failWhenUnclean))
    const sandbox = config.sandbox ? await openSandbox(desk, mailServer) : undefined
    if (asked.includes('worker')) await runWorker(desk)
    if (asked.includes('poller')) await runPoller(desk)
    const apiUrl = asked.includes('api') ? await startApi(desk) : undefined
    await sandbox?.announce(apiUrl)
    log.info({ roles: asked, api: apiUrl }, 'ready')
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

/** The exit code must tell of a part that did not stop well; its own lifecycle has logged which. */
function failWhenUnclean(well: boolean): void {
  if (!well) throw new Error('a part did not stop cleanly')
}

/** The configuration with a database and keys: those configured, or the embedded ones. */
async function completeConfig(config: Config, lifecycle: Lifecycle, log: Logger): Promise<DeskConfig> {
  if (config.databaseUrl) return { ...config, ...requireProduction(config) }
  const secretKeys =
    config.secretKeys.length > 0 ? config.secretKeys : [await ensureSecretKey(config.dataDir)]
  // Loaded only when asked for: it brings a whole database.
  const { startEmbeddedPostgres } = await import('@maildesk/embedded')
  const postgres = await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), log })
  lifecycle.add('embedded PostgreSQL', () => postgres.stop())
  await migrate(postgres.url)
  await writeRunning(config.dataDir, { pid: process.pid, databaseUrl: postgres.url })
  lifecycle.add('running.json', () => removeRunning(config.dataDir))
  return { ...config, databaseUrl: postgres.url, secretKeys }
}

async function migrate(databaseUrl: string): Promise<void> {
  const db = connectDatabase(databaseUrl, { poolMax: 2, statementTimeoutMs: 0 })
  try {
    await migrateDatabase(db)
  } finally {
    await db.destroy()
  }
  await migrateQueue(databaseUrl)
}

async function startApi(desk: Desk): Promise<string> {
  const { url } = await runApi(desk)
  return url
}
