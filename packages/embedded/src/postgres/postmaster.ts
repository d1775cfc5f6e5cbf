/* One running PostgreSQL: started, watched, stopped. */

import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@maildesk/core'
import { PROGRAM_ENVIRONMENT } from './init-cluster.ts'
import type { ServerUser } from './server-user.ts'

/** Long, because recovery after an unclean end replays the WAL first. */
const READY_DEADLINE_MS = 5 * 60_000
/** Backends of a killed postmaster notice its death within moments and then let go of the shared memory. */
const LEFTOVER_DEADLINE_MS = 20_000
const MAX_PORT_TRIES = 5
const FAST_STOP_MS = 15_000
const IMMEDIATE_STOP_MS = 5_000
const LOG_TAIL_LINES = 20

export interface PostmasterPlan {
  readonly postgres: string
  readonly cluster: string
  readonly user: ServerUser | undefined
  /** A free one is chosen when absent. */
  readonly port: number | undefined
  readonly settings: Readonly<Record<string, string>>
  readonly log: Log
}

export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** Fast shutdown (open transactions roll back), immediate after 15 s. Resolves when the process is gone. */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL and waits until it takes connections.
 *
 * @throws Error with the server's last words when it ends instead.
 */
export async function startPostmaster(plan: PostmasterPlan): Promise<Postmaster> {
  const deadline = performance.now() + LEFTOVER_DEADLINE_MS
  for (let portTries = 1; ; ) {
    const port = plan.port ?? (await freePort())
    const attempt = launch(plan, port)
    if (await becomesReady(attempt, plan.cluster)) return watched(attempt, port, plan.log)
    const words = attempt.tail.join('\n')
    if (/shared memory block .{1,100} in use/.test(words) && performance.now() < deadline) await delay(200)
    else if (plan.port === undefined && /Address already in use/.test(words) && portTries < MAX_PORT_TRIES)
      portTries++
    else
      throw new Error(`The embedded PostgreSQL in ${plan.cluster} did not start on port ${port}:\n${words}`)
  }
}

interface Attempt {
  readonly child: ChildProcess
  /** The last lines it wrote. */
  readonly tail: string[]
  /** Resolves, never rejects, when the process and its output have ended; says how. */
  readonly ended: Promise<string>
}

function launch({ postgres, cluster, user, settings }: PostmasterPlan, port: number): Attempt {
  const allSettings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    // Errors of statements quote customers' words; they reach us through the client, and need no second copy.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    ...settings,
  }
  const args = [
    '-D',
    cluster,
    ...Object.entries(allSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const child = spawn(postgres, args, {
    ...(user && { uid: user.uid, gid: user.gid }),
    cwd: '/',
    env: PROGRAM_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
    // Out of the terminal's process group: Ctrl-C must reach maildesk, which drains first and stops its database last.
    detached: true,
  })
  const tail: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    tail.push(line)
    if (tail.length > LOG_TAIL_LINES) tail.shift()
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      tail.push(error.message)
      resolve(error.message)
    })
    child.once('close', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
  })
  return { child, tail, ended }
}

/** The server says so in its pid file, which needs no connection. False when it ended first. */
async function becomesReady({ child, ended }: Attempt, cluster: string): Promise<boolean> {
  let over = false
  void ended.then(() => {
    over = true
  })
  const deadline = performance.now() + READY_DEADLINE_MS
  while (!over) {
    if (await saysReady(join(cluster, 'postmaster.pid'), child.pid)) return true
    if (performance.now() > deadline) {
      child.kill('SIGQUIT')
      await ended
      throw new Error(
        `The embedded PostgreSQL in ${cluster} was not ready after ${READY_DEADLINE_MS / 1000} s`,
      )
    }
    await Promise.race([ended, delay(25)])
  }
  return false
}

async function saysReady(pidFile: string, pid: number | undefined): Promise<boolean> {
  try {
    const lines = (await readFile(pidFile, 'utf8')).split('\n')
    return lines[0]?.trim() === String(pid) && lines[7]?.trim() === 'ready'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

function watched({ child, tail, ended }: Attempt, port: number, log: Log): Postmaster {
  let stopping: Promise<void> | undefined
  const pid = child.pid as number
  void ended.then((how) => {
    if (!stopping)
      log.error(
        { pid, how, lastWords: tail },
        'the embedded PostgreSQL ended unexpectedly; start maildesk again',
      )
  })
  return {
    pid,
    port,
    stop() {
      stopping ??= end(child, ended, log)
      return stopping
    },
  }
}

async function end(child: ChildProcess, ended: Promise<string>, log: Log): Promise<void> {
  child.kill('SIGINT')
  if (await within(ended, FAST_STOP_MS)) return
  log.warn(
    { pid: child.pid, afterMs: FAST_STOP_MS },
    'PostgreSQL is slow to stop: stopping it at once; its next start recovers',
  )
  child.kill('SIGQUIT')
  if (await within(ended, IMMEDIATE_STOP_MS)) return
  child.kill('SIGKILL')
  await ended
}

async function within(ended: Promise<string>, patienceMs: number): Promise<boolean> {
  const patience = new AbortController()
  try {
    const late = delay(patienceMs, false, { signal: patience.signal }).catch(() => false)
    return await Promise.race([ended.then(() => true), late])
  } finally {
    patience.abort()
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
