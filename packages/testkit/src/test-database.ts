/* A migrated database per test file, cloned from the template that the global set-up made. */

import { randomBytes } from 'node:crypto'
import { connectDatabase, type Database } from '@maildesk/db'
import { inject } from 'vitest'
import type {} from './postgres-global-setup.ts'

export interface TestDatabase {
  /** For what opens its own connections: a queue, another process. */
  readonly url: string
  /** A small pool on it. */
  readonly db: Database
  /** Closes `db` and removes the database, whoever else is still connected. */
  drop(): Promise<void>
}

/**
 * Clones the migrated template. Call it in `beforeAll` and `drop` in `afterAll`.
 *
 * @throws Error in a project whose vitest config does not name postgres-global-setup.ts.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const postgres = inject('testPostgres')
  if (!postgres) {
    throw new Error(
      'No test database here: name the file *.db.test.ts, *.e2e.test.ts, *.services.test.ts or *.heavy.test.ts',
    )
  }
  const name = `test_${randomBytes(6).toString('hex')}`
  await administer(postgres.adminUrl, 'CREATE DATABASE ?? TEMPLATE ??', [name, postgres.template])
  const url = new URL(postgres.adminUrl)
  url.pathname = `/${name}`
  const db = connectDatabase(url.href, { poolMax: 5 })
  return {
    url: url.href,
    db,
    async drop() {
      await db.destroy()
      await administer(postgres.adminUrl, 'DROP DATABASE IF EXISTS ?? WITH (FORCE)', [name])
    },
  }
}

async function administer(adminUrl: string, statement: string, names: string[]): Promise<void> {
  const admin = connectDatabase(adminUrl, { poolMax: 1 })
  try {
    await admin.raw(statement, names)
  } finally {
    await admin.destroy()
  }
}
