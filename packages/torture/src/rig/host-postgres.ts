// PostgreSQL of one rig, which can be killed, started again on the same port and data, and frozen as a whole.
import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '@maildesk/core'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@maildesk/embedded'
import { freePort, waitUntil } from '@maildesk/testkit'
import type { Neighbour } from '../contracts.ts'

export interface HostedPostgres extends Neighbour {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

/** A crash of processes loses nothing that was written, synced or not: only a crash of the machine would. */
const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '150' }

/** That the server ended is no news here, and what keeps it from starting is thrown. */
const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

export async function hostPostgres(): Promise<HostedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-torture-postgres-'))
  // As root, the server runs as another user, who must be able to pass.
  await chmod(folder, 0o711)
  const port = await freePort()
  const start = () =>
    startEmbeddedPostgres({
      dataDir: join(folder, 'postgres'),
      shelters: [join(folder, 'shelter')],
      port,
      settings,
      log: silentLog,
    })
  let server: EmbeddedPostgres = await start()
  const family = () => [server.pid, ...childrenOf(server.pid)]
  return {
    url: server.url,
    port,
    async kill() {
      const pids = family()
      for (const pid of pids) signal(pid, 'SIGKILL')
      await waitUntil(() => pids.every((pid) => !isAlive(pid)) || undefined, {
        what: 'PostgreSQL to be gone',
      })
      await server.stop()
    },
    async restart() {
      server = await start()
    },
    freeze: async () => {
      for (const pid of family()) signal(pid, 'SIGSTOP')
    },
    thaw: async () => {
      for (const pid of family()) signal(pid, 'SIGCONT')
    },
    async stop() {
      for (const pid of family()) signal(pid, 'SIGCONT')
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
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
