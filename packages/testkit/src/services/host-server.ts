/* Runs one foreign server in its own temp directory and process group.
 * Not a supervisor: a server that dies stays dead until the test says `restart`.
 * Called by start-redis, start-dovecot and start-postfix. */

import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { waitUntil } from '../wait-until.ts'
import { isGroupAlive, signalGroup } from './process-group.ts'

const START_TIMEOUT_MS = 20_000
const END_TIMEOUT_MS = 10_000
const GENTLE_END_MS = 500
const CHECK_EVERY_MS = 20
const MAX_LOG_CHARS_IN_ERROR = 3_000

/** Signals after which a server is expected to go on living. */
const NOT_DEADLY: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGSTOP', 'SIGCONT']
/** Signals that hit the whole family at once: a power cut, or the machine freezing and thawing. */
const FOR_THE_WHOLE_GROUP: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGSTOP', 'SIGCONT']

export interface ServerRecipe {
  readonly name: string
  /** Writes the configuration and returns what to run; it must stay in the foreground. */
  prepare(directory: string): Promise<ServerCommand>
  /** True once the server answers; throwing means "not yet". */
  isReady(): Promise<boolean>
}

interface ServerCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Logs beside stdout and stderr, shown when the start fails. */
  readonly logFiles?: readonly string[]
}

export interface HostedServer {
  /** Everything the server wrote; gone after `stop`. */
  readonly directory: string
  /** All that the server has logged so far. */
  log(): string
  /**
   * Sends a signal. SIGKILL, SIGSTOP and SIGCONT go to all its processes, others to the main one; after a
   * deadly one this resolves when every process has ended. Data and ports stay, see `restart`.
   */
  kill(signal: NodeJS.Signals): Promise<void>
  /** Starts the server again on the same ports and data; kills it first if it still runs. */
  restart(): Promise<void>
  /** Ends the server and removes its directory; safe to call twice. */
  stop(): Promise<void>
}

/**
 * Starts a server and resolves when it is ready.
 *
 * @throws Error with the end of its log when it does not become ready within 20 s; nothing is left behind.
 */
export async function hostServer(recipe: ServerRecipe): Promise<HostedServer> {
  const directory = mkdtempSync(join(tmpdir(), `maildesk-${recipe.name}-`))
  chmodSync(directory, 0o755) // servers started as root drop to users of their own, who must get through
  const janitor = startJanitor(directory)
  const outputFile = join(directory, 'output.log')
  let command: ServerCommand | undefined
  let running: ChildProcess | undefined

  const log = () =>
    [outputFile, ...(command?.logFiles ?? [])]
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n')

  async function start() {
    command ??= await recipe.prepare(directory)
    const server = await spawnInOwnGroup(command, outputFile, directory)
    running = server
    janitor.watch(server.pid)
    const state = await waitUntil(
      async () => (hasEnded(server) ? 'ended' : (await recipe.isReady()) && 'ready'),
      { what: `${recipe.name} to become ready`, timeoutMs: START_TIMEOUT_MS },
    )
    if (state === 'ended') throw new Error(`${recipe.name} ended while it was starting`)
  }

  async function kill(signal: NodeJS.Signals) {
    if (!running?.pid)
      throw new Error(`${recipe.name} is not running, so it cannot get ${signal}: restart it first`)
    const group = running.pid
    if (FOR_THE_WHOLE_GROUP.includes(signal)) signalGroup(group, signal)
    else running.kill(signal)
    if (NOT_DEADLY.includes(signal)) return
    await waitUntil(() => !isGroupAlive(group), { what: `${recipe.name} to end`, timeoutMs: END_TIMEOUT_MS })
    running = undefined
    janitor.watch(undefined)
  }

  async function stop() {
    if (running) await endGently()
    rmSync(directory, { recursive: true, force: true })
    await janitor.dismiss()
  }

  /** A main process that may end in peace reaps its children, where a killed one leaves zombies in a container. */
  async function endGently() {
    const server = running
    if (!server?.pid) return
    signalGroup(server.pid, 'SIGCONT')
    server.kill('SIGTERM')
    const deadline = performance.now() + GENTLE_END_MS
    while (isGroupAlive(server.pid) && performance.now() < deadline) await delay(CHECK_EVERY_MS)
    await kill('SIGKILL')
  }

  async function restart() {
    if (running) await kill('SIGKILL')
    await start()
  }

  try {
    await start()
  } catch (error) {
    const tail = log().slice(-MAX_LOG_CHARS_IN_ERROR)
    await stop()
    throw new Error(`Could not start ${recipe.name}: ${(error as Error).message}\n${tail}`, { cause: error })
  }
  return { directory, log, kill, restart, stop }
}

/** `detached` makes it the leader of a new process group, so that one signal reaches its whole family. */
function spawnInOwnGroup(
  command: ServerCommand,
  outputFile: string,
  directory: string,
): Promise<ChildProcess> {
  const output = openSync(outputFile, 'a')
  try {
    const server = spawn(command.program, command.args, {
      cwd: directory,
      detached: true,
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', ...command.env },
      stdio: ['ignore', output, output],
    })
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.once('spawn', () => resolve(server))
    })
  } finally {
    closeSync(output)
  }
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null
}

/**
 * A small shell that outlives us: when this process ends without `stop`, even by SIGKILL, its stdin closes
 * and it ends the server's group and removes the directory.
 */
function startJanitor(directory: string) {
  const script =
    'group=; while read -r line; do group=$line; done; [ -n "$group" ] && kill -s KILL -- "-$group"; rm -rf -- "$1"'
  const janitor = spawn('/bin/sh', ['-c', script, 'janitor', directory], {
    detached: true, // a Ctrl-C in the terminal must not end it together with us
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = new Promise<void>((resolve, reject) => {
    janitor.once('exit', () => resolve())
    janitor.once('error', reject)
  })
  return {
    /** Names the group to end; undefined when there is none, because its number may be used anew. */
    watch: (group: number | undefined) => void janitor.stdin.write(`${group ?? ''}\n`),
    async dismiss() {
      if (!janitor.stdin.writableEnded) janitor.stdin.end('\n')
      await ended
    },
  }
}
