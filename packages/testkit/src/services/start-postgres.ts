/* A PostgreSQL of one's own, for tests that break it; every other test shares the one of the global set-up. */

import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@maildesk/embedded'
import { freePort } from '../free-port.ts'
import { quietLog } from '../quiet-log.ts'
import { waitUntil } from '../wait-until.ts'

export interface PostgresServer {
  /** Connection string of an empty database; it stays the same over a restart. */
  readonly url: string
  readonly port: number
  /** Ends the server; connections break and new ones are refused. Data stay. */
  halt(): Promise<void>
  /** SIGKILL of all its processes; resolves when they are gone. Data stay. */
  kill(): Promise<void>
  /** Starts it again on the same port. */
  resume(): Promise<void>
  /** SIGSTOP of all its processes. */
  freeze(): Promise<void>
  /** SIGCONT of all its processes. */
  thaw(): Promise<void>
  /** Ends it and removes its folder; safe to call twice. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  readonly settings?: Readonly<Record<string, string>>
}

/** A crash of processes loses nothing that was written, synced or not: only a crash of the machine would. */
const unsynced = { fsync: 'off', full_page_writes: 'off' }

/** Starts it on a free port of 127.0.0.1, without syncing to disk. */
export async function startPostgres({ settings = {} }: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-own-postgres-'))
  // As root, the server runs as another user, who must be able to pass.
  await chmod(folder, 0o711)
  const port = await freePort()
  const start = () =>
    startEmbeddedPostgres({
      dataDir: join(folder, 'postgres'),
      shelters: [join(folder, 'shelter')],
      port,
      settings: { ...unsynced, ...settings },
      log: quietLog,
    })
  let server: EmbeddedPostgres | undefined
  const family = () => (server ? [server.pid, ...childrenOf(server.pid)] : [])
  const tell = (name: NodeJS.Signals) => {
    const pids = family()
    for (const pid of pids) signal(pid, name)
    return pids
  }
  const halt = async () => {
    const running = server
    tell('SIGCONT')
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
    port,
    halt,
    async kill() {
      const pids = tell('SIGKILL')
      await waitUntil(() => pids.every((pid) => !isAlive(pid)), { what: 'PostgreSQL to be gone' })
      await halt()
    },
    async resume() {
      server ??= await start()
    },
    freeze: async () => void tell('SIGSTOP'),
    thaw: async () => void tell('SIGCONT'),
    stop,
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && statOf(entry)?.parent === parent)
    .map(Number)
}

function isAlive(pid: number): boolean {
  const state = statOf(`${pid}`)?.state
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** proc(5): "pid (command) state ppid …"; the command may itself hold spaces and brackets. */
function statOf(pid: string): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return undefined // it ended between the listing and the read
  }
}
