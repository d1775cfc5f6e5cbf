// Starts worker-child.ts and follows what it says.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { WorkerProcess } from '@maildesk/testkit'
import type { ChildOrders } from './worker-child.ts'

/** Resolves once the child's workers run. */
export async function spawnWorker(orders: ChildOrders): Promise<WorkerProcess> {
  const entry = fileURLToPath(new URL('worker-child.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, JSON.stringify(orders)], { stdio: ['pipe', 'pipe', 'pipe'] })
  const said: string[] = []
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text
  })
  child.stdin.on('error', () => undefined) // a child that was killed reads no more
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const ready = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line === 'ready') resolve()
      else said.push(line)
    })
    void ended.then(() => reject(new Error(`the worker ended before it was ready: ${complaints}`)))
  })
  await ready
  const count = (what: string) => (id: string) =>
    said.filter((line) => line.startsWith(`${what} `) && line.endsWith(` ${id}`)).length
  return {
    started: count('started'),
    finished: count('finished'),
    finishedIds: () =>
      said.filter((line) => line.startsWith('finished ')).map((line) => line.split(' ')[2] ?? ''),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    complaints: () => complaints,
    release: () => void child.stdin.write('\n'),
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
