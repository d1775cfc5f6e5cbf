// A worker in a process of its own, for tests that kill, stop or mislead it. Says on stdout what its handlers do.
import { parseArgs } from 'node:util'
import type { JobName } from '@maildesk/core'
import type { WorkerSettings } from '../run-workers.ts'

/** What the test tells the child, as JSON in its first argument. */
export interface ChildOrders {
  readonly settings: WorkerSettings
  /** Handlers return only when a line comes on stdin. */
  readonly holds: boolean
  /** By how much its clock is ahead, milliseconds. */
  readonly clockAheadMs: number
}

const { positionals } = parseArgs({ allowPositionals: true })
const orders = JSON.parse(positionals[0] ?? '{}') as ChildOrders

if (orders.clockAheadMs !== 0) {
  const now = Date.now
  Date.now = () => now() + orders.clockAheadMs
}
// Only now: what BullMQ asks for the time must be misled from its first line on.
const { runWorkers } = await import('../run-workers.ts')

const released = new Promise<void>((resolve) => {
  if (orders.holds) process.stdin.once('data', () => resolve())
  else resolve()
})
const say = (...words: string[]) => process.stdout.write(`${words.join(' ')}\n`)
const handler = (name: JobName) => async (id: string) => {
  say('started', name, id)
  await released
  say('finished', name, id)
}
const tell = (fields: object, message: string) =>
  process.stderr.write(`${message} ${JSON.stringify(fields)}\n`)

await runWorkers(
  {
    'file-email': handler('file-email'),
    'send-email': handler('send-email'),
    'copy-sent': handler('copy-sent'),
  },
  orders.settings,
  { debug: () => undefined, info: () => undefined, warn: tell, error: tell },
)
// Without stdin the test is gone: then this process has no business any more.
process.stdin.on('end', () => process.exit(0)).resume()
say('ready')
