// A desk process that is started again whenever it ends, as any supervisor would.
import { setTimeout as delay } from 'node:timers/promises'
import { type DeskProcess, startDeskProcess, waitUntil } from '@maildesk/testkit'
import type { Victim } from '../contracts.ts'

export interface KeptVictim extends Victim {
  /** Each life that ended without a signal, with its exit code and last words. */
  readonly crashes: readonly string[]
  /** Ends it for good. */
  dismiss(): Promise<void>
}

/** A life shorter than this is followed by a pause, so that what cannot start does not eat the machine; milliseconds. */
const shortLifeMs = 500
/** Characters of a log that are told of a crash. */
const lastWords = 1500
/** How long a start may take, milliseconds. */
const readyLimitMs = 90_000

/** Starts `apps/<app>` and keeps it. */
export function keepVictim(
  name: Victim['name'],
  app: string,
  settings: Readonly<Record<string, string>>,
): KeptVictim {
  let env = settings
  let isKept = true
  /** Somebody asked the present life to end. */
  let isAsked = false
  const crashes: string[] = []
  let lives = 1
  let startedAt = performance.now()
  let process: DeskProcess
  let readyLife = 0

  /** A life that ends before it is ready never was. */
  const noteReady = (life: number) =>
    process.waitForLog('"msg":"ready"', readyLimitMs).then(
      () => {
        if (life === lives) readyLife = life
      },
      () => undefined,
    )

  const start = () =>
    startDeskProcess(name, `apps/${app}/src/main.ts`, [], env, {
      onEnd(code) {
        if (code !== null && !isAsked)
          crashes.push(`${name} ended by itself with ${code}: ${process.log().slice(-lastWords)}`)
        void startAgain()
      },
    })

  async function startAgain() {
    if (!isKept) return
    if (performance.now() - startedAt < shortLifeMs) await delay(shortLifeMs)
    if (!isKept) return
    lives += 1
    isAsked = false
    startedAt = performance.now()
    process.restart()
    void noteReady(lives)
  }

  process = start()
  void noteReady(lives)
  return {
    name,
    pid: () => process.pid(),
    isRunning: () => process.isRunning(),
    async signal(signal) {
      const pid = process.pid()
      if (signal === 'SIGSTOP' || signal === 'SIGCONT') {
        if (pid !== undefined && process.isRunning()) globalThis.process.kill(pid, signal)
        return
      }
      const before = lives
      isAsked = true
      await process.kill(signal)
      await waitUntil(() => !isKept || lives > before || undefined, {
        timeoutMs: 10_000,
        intervalMs: 10,
        what: `${name} to be started again`,
      })
    },
    ready: (timeoutMs = readyLimitMs) => process.waitForLog('"msg":"ready"', timeoutMs),
    isReady: () => readyLife === lives,
    lives: () => lives,
    async restartWith(more) {
      isKept = false
      isAsked = true
      await process.kill('SIGTERM')
      env = { ...env, ...more }
      isKept = true
      isAsked = false
      lives += 1
      startedAt = performance.now()
      process = start()
      void noteReady(lives)
    },
    log: () => process.log(),
    crashes,
    async dismiss() {
      isKept = false
      isAsked = true
      const pid = process.pid()
      if (pid !== undefined && process.isRunning()) globalThis.process.kill(pid, 'SIGCONT')
      await process.kill('SIGTERM')
    },
  }
}
