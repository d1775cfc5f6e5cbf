/* PostgreSQL for people who have none: from npm, on loopback, in the data directory. */

import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '@maildesk/core'
import pg from 'pg'
import { binariesFor, locateBinaries, type PostgresBinaries } from './binaries.ts'
import { DEFAULT_SHELTERS, findClusterHome, findShelter } from './cluster-home.ts'
import { DATABASE_ROLE, ensureCluster, ensurePassword } from './init-cluster.ts'
import { type HeldLock, holdLock } from './lock-file.ts'
import { stopOrphanedPostmaster } from './orphaned-postmaster.ts'
import { startPostmaster } from './postmaster.ts'
import { chooseServerUser, type ServerUser } from './server-user.ts'

const DATABASE = 'maildesk'

export interface EmbeddedPostgresOptions {
  /** Folder for the cluster, its password and its lock; made when missing. Give it to nothing else. */
  readonly dataDir: string
  /** Port on 127.0.0.1; a free one is chosen when absent. */
  readonly port?: number
  /** Server settings on top of ours, such as `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>
  /** Places for a cluster whose user cannot enter `dataDir`, tried in order; /var/lib/maildesk first unless told. */
  readonly shelters?: readonly string[]
  readonly log: Log
}

export interface EmbeddedPostgres {
  /** Connection string of the database `maildesk`, with its password. */
  readonly url: string
  /** Process id of the server. */
  readonly pid: number
  /** Folder of the cluster; outside `dataDir` when its user cannot enter that. */
  readonly cluster: string
  /** Fast shutdown; resolves when the server is gone and the folder is free. Close your connections first. */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL on `dataDir`, creating the cluster and the database `maildesk` on the first start. Survives an
 * unclean end of an earlier start. As root the server runs as the user `postgres` or `nobody`.
 *
 * @throws Error when another maildesk uses the folder (naming its pid), or when the server does not start (with its words).
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  // Others may pass through but not look around: the server's user must get to its cluster.
  await mkdir(options.dataDir, { recursive: true, mode: 0o711 })
  const dataDir = await realpath(options.dataDir)
  const lock = await holdLock(join(dataDir, 'lock'), `the embedded database in ${dataDir}`)
  try {
    return await startLocked(dataDir, lock, options)
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function startLocked(
  dataDir: string,
  lock: HeldLock,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { settings = {}, log } = options
  const user = await chooseServerUser()
  const { binaries, home } = await arrange(dataDir, user, options)
  const homeLock =
    home === dataDir ? undefined : await holdLock(join(home, 'lock'), `the embedded database in ${home}`)
  try {
    const password = await ensurePassword(dataDir)
    const durable = settings.fsync !== 'off'
    const cluster = await ensureCluster({ home, initdb: binaries.initdb, password, user, durable })
    await stopOrphanedPostmaster(cluster, log)
    const server = await startPostmaster({
      postgres: binaries.postgres,
      cluster,
      user,
      port: options.port,
      settings,
      log,
    })
    try {
      await ensureDatabase(urlOf('postgres', password, server.port))
    } catch (error) {
      await server.stop()
      throw error
    }
    log.info(
      { cluster, port: server.port, pid: server.pid, ...(user && { user: user.name }) },
      'embedded PostgreSQL is up',
    )
    return {
      url: urlOf(DATABASE, password, server.port),
      pid: server.pid,
      cluster,
      async stop() {
        await server.stop()
        await homeLock?.release()
        await lock.release()
      },
    }
  } catch (error) {
    await homeLock?.release()
    throw error
  }
}

interface Arrangement {
  readonly binaries: PostgresBinaries
  readonly home: string
}

async function arrange(
  dataDir: string,
  user: ServerUser | undefined,
  { shelters = DEFAULT_SHELTERS, log }: EmbeddedPostgresOptions,
): Promise<Arrangement> {
  const shelter = () => findShelter(shelters, user as ServerUser)
  return {
    binaries: user ? await binariesFor(user, shelter) : await locateBinaries(),
    home: await findClusterHome(dataDir, user, shelter, log),
  }
}

function urlOf(database: string, password: string, port: number): string {
  return `postgres://${DATABASE_ROLE}:${password}@127.0.0.1:${port}/${database}`
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  client.on('error', () => undefined) // told by the statement that fails
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
  } catch (cause) {
    throw new Error(`Could not create the database ${DATABASE} in the embedded PostgreSQL`, { cause })
  } finally {
    await client.end()
  }
}
