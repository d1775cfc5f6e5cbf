/* Vitest's global set-up: one PostgreSQL per run, with the migrations run once into a template database. */

import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectDatabase, migrateDatabase } from '@maildesk/db'
import { startEmbeddedPostgres } from '@maildesk/embedded'
import type { TestProject } from 'vitest/node'
import { quietLog } from './quiet-log.ts'

/** What a test file needs to know to get a database of its own. */
export interface TestPostgres {
  /** Connection string of an empty database, for CREATE DATABASE and DROP DATABASE. */
  readonly adminUrl: string
  /** Name of the migrated database to clone. Never connect to it: that would make cloning fail. */
  readonly template: string
}

declare module 'vitest' {
  interface ProvidedContext {
    testPostgres: TestPostgres
  }
}

interface SharedServer {
  readonly postgres: TestPostgres
  stop(): Promise<void>
}

interface Sharing {
  users: number
  server: Promise<SharedServer> | undefined
}

/** Each project calls this set-up, with modules of its own; the process is all that they share. */
const SHARED = Symbol.for('maildesk.test-postgres')

/** Provides `testPostgres`; the last project to finish stops the server and removes its folder. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const sharing = sharedByProjects()
  sharing.users++
  sharing.server ??= startShared()
  const { postgres, stop } = await sharing.server
  project.provide('testPostgres', postgres)
  return async () => {
    if (--sharing.users > 0) return
    sharing.server = undefined
    await stop()
  }
}

function sharedByProjects(): Sharing {
  const holder = globalThis as { [SHARED]?: Sharing }
  holder[SHARED] ??= { users: 0, server: undefined }
  return holder[SHARED]
}

async function startShared(): Promise<SharedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-test-postgres-'))
  // As root, the server runs as another user, who must be able to pass.
  await chmod(folder, 0o711)
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const server = await startEmbeddedPostgres({
      dataDir: join(folder, 'postgres'),
      shelters: [join(folder, 'shelter')],
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
      log: quietLog,
    })
    const stop = async () => {
      await server.stop()
      await remove()
    }
    try {
      return { postgres: await createTemplate(server.url), stop }
    } catch (error) {
      await stop()
      throw error
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function createTemplate(adminUrl: string): Promise<TestPostgres> {
  const template = `template_${randomBytes(4).toString('hex')}`
  const admin = connectDatabase(adminUrl, { poolMax: 1 })
  try {
    await admin.raw('CREATE DATABASE ??', [template])
  } finally {
    await admin.destroy()
  }
  const url = new URL(adminUrl)
  url.pathname = `/${template}`
  const db = connectDatabase(url.href, { poolMax: 2 })
  try {
    await migrateDatabase(db)
  } finally {
    await db.destroy()
  }
  return { adminUrl, template }
}
