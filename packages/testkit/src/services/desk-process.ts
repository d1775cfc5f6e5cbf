// One maildesk process as a person or a supervisor would run it: started, killed, started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { waitUntil } from '../wait-until.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
/** Log lines kept of each process, for the message of a failing test. */
const keptLines = 400

export interface DeskProcess {
  readonly name: string
  /** What it has logged lately, all lives together. */
  log(): string
  /** What it has printed on standard output. */
  output(): string
  /** Whether its present life goes on. */
  isRunning(): boolean
  /** Its present life's number. */
  pid(): number | undefined
  /** Waits for a text in its log, counted from the present life. */
  waitForLog(text: string, timeoutMs?: number): Promise<void>
  /** Sends the signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Starts it again after an end. */
  restart(): void
}

/**
 * Starts `node <file> <args>` with nothing of this process's environment but PATH and `env`. `onEnd` is called after the
 * end of each life.
 */
export function startDeskProcess(
  name: string,
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { cwd = root, onEnd = () => undefined }: { cwd?: string; onEnd?: (code: number | null) => void } = {},
): DeskProcess {
  let lines: string[] = []
  let life: string[] = []
  let printed = ''
  let child: ChildProcess

  const start = () => {
    life = []
    child = spawn(process.execPath, [`${root}${file}`, ...args], {
      cwd,
      env: { PATH: process.env.PATH ?? '', LOG_FORMAT: 'json', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.once('exit', onEnd)
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      life.push(chunk.toString())
      lines = [...lines, chunk.toString()].slice(-keptLines)
    })
  }
  start()
  return {
    name,
    log: () => lines.join(''),
    output: () => printed,
    pid: () => child.pid,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async waitForLog(text, timeoutMs = 30_000) {
      await waitUntil(() => life.join('').includes(text) || undefined, {
        timeoutMs,
        intervalMs: 50,
        what: `"${text}" in the log of ${name}`,
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${lines.join('').slice(-4000)}`, { cause: error })
      })
    },
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null)
        return { code: child.exitCode, signal: child.signalCode }
      child.kill(signal)
      const [code, ended] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
      return { code, signal: ended }
    },
    restart: start,
  }
}
