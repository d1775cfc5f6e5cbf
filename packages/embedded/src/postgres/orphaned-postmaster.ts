/* What a maildesk that was killed may leave: a running PostgreSQL, or a postmaster.pid that names a stranger. */

import { readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@maildesk/core'
import { isAlive, worksIn } from './process-identity.ts'

const FAST_STOP_MS = 20_000
const IMMEDIATE_STOP_MS = 10_000
const KILL_MS = 5_000

/**
 * Makes the cluster free to start. Call it under the lock: whoever still serves the cluster then has lost its maildesk.
 *
 * @throws Error when the left-over server does not end.
 */
export async function stopOrphanedPostmaster(cluster: string, log: Log): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid')
  const pid = await readPid(pidFile)
  // PostgreSQL itself recognises a pid that nobody has.
  if (pid === undefined || !isAlive(pid)) return
  if (!(await worksIn(pid, await realpath(cluster)))) {
    log.warn(
      { pid, pidFile },
      'postmaster.pid names a process that is not this database: removing the stale file',
    )
    await rm(pidFile, { force: true })
    return
  }
  log.warn({ pid, cluster }, 'a PostgreSQL of an earlier maildesk still runs on this cluster: stopping it')
  await endPostmaster(pid)
}

/**
 * Ends a postmaster that is not our child: fast, then immediate, then by force (its next start recovers from the WAL).
 *
 * @throws Error when it outlives all three.
 */
async function endPostmaster(pid: number): Promise<void> {
  const steps = [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
    ['SIGKILL', KILL_MS],
  ] as const
  for (const [signal, patienceMs] of steps) {
    if (!signalled(pid, signal) || (await endsWithin(pid, patienceMs))) return
  }
  throw new Error(`The PostgreSQL with pid ${pid} does not end. End it by hand, then start maildesk again.`)
}

/** False when it had ended already. */
function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

async function endsWithin(pid: number, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs
  while (performance.now() < deadline) {
    if (!isAlive(pid)) return true
    await delay(50)
  }
  return false
}

async function readPid(pidFile: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(pidFile, 'utf8'), 10)
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
