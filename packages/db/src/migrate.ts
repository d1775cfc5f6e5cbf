// Brings a database to the present schema. Safe to run from many hosts at once: an advisory lock lets one go first.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Knex } from 'knex'
import type { Database } from './connect.ts'

const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))
/** Any constant works; it only has to be the same everywhere. */
const migrationLock = 7_206_113_901

/** knex's own file source would look for a package around each file; ours imports the TypeScript as it is. */
class MigrationFolder implements Knex.MigrationSource<string> {
  async getMigrations(): Promise<string[]> {
    return readdirSync(migrationsFolder)
      .filter((name) => /^\d{14}_\w+\.ts$/.test(name))
      .sort()
  }

  getMigrationName(name: string): string {
    return name
  }

  getMigration(name: string): Promise<Knex.Migration> {
    return import(pathToFileURL(join(migrationsFolder, name)).href)
  }
}

const settings = { migrationSource: new MigrationFolder() }

/**
 * Runs what has not run yet and returns the names. Waits while another host migrates. Open `db` with statementTimeoutMs 0
 * and room for two connections.
 */
export async function migrateDatabase(db: Database): Promise<string[]> {
  const connection = await db.client.acquireConnection()
  try {
    // Another host's migration may take as long as it needs.
    await db.raw('SET statement_timeout = 0').connection(connection)
    await db.raw('SELECT pg_advisory_lock(?)', [migrationLock]).connection(connection)
    const [, names] = await db.migrate.latest(settings)
    return names
  } finally {
    await db.raw('SELECT pg_advisory_unlock(?)', [migrationLock]).connection(connection)
    await db.raw('RESET statement_timeout').connection(connection)
    await db.client.releaseConnection(connection)
  }
}

/** Undoes the newest batch; for development. */
export async function rollbackDatabase(db: Database): Promise<string[]> {
  const [, names] = await db.migrate.rollback(settings)
  return names
}

export interface MigrationStatus {
  readonly done: readonly string[]
  readonly pending: readonly string[]
}

/** Which migrations ran and which wait. */
export async function migrationStatus(db: Database): Promise<MigrationStatus> {
  const [done, pending] = await db.migrate.list(settings)
  return {
    done: done.map((row: { name: string }) => row.name),
    pending: pending.map((entry: string | { file: string }) =>
      typeof entry === 'string' ? entry : entry.file,
    ),
  }
}
