/* A PostgreSQL of one's own, for tests that stop it; every other test shares the one of the global set-up. */

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@maildesk/embedded'
import { freePort } from '../free-port.ts'
import { quietLog } from '../quiet-log.ts'

export interface PostgresServer {
  /** Connection string of an empty database; it stays the same over a restart. */
  readonly url: string
  /** Ends the server; connections break and new ones are refused. Data stay. */
  halt(): Promise<void>
  /** Starts it again on the same port. */
  resume(): Promise<void>
  /** Ends it and removes its folder; safe to call twice. */
  stop(): Promise<void>
}

/** Starts it on a free port of 127.0.0.1, without syncing to disk. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-own-postgres-'))
  // As root, the server runs as another user, who must be able to pass.
  await chmod(folder, 0o711)
  const port = await freePort()
  const start = () =>
    startEmbeddedPostgres({
      dataDir: join(folder, 'postgres'),
      shelters: [join(folder, 'shelter')],
      port,
      settings: { fsync: 'off' },
      log: quietLog,
    })
  let server: EmbeddedPostgres | undefined
  const halt = async () => {
    const running = server
    server = undefined
    await running?.stop()
  }
  const stop = async () => {
    await halt()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    server = await start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: server.url,
    halt,
    async resume() {
      server ??= await start()
    },
    stop,
  }
}
