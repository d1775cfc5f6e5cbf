import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openLogger } from './logger.ts'
import { Lifecycle } from './shutdown.ts'

const silent = openLogger({ level: 'silent', format: 'json', role: 'test' })

test('parts stop in the reverse order of starting, each after the one before it is done', async () => {
  const seen: string[] = []
  const lifecycle = new Lifecycle(silent)
  for (const name of ['database', 'queue', 'api']) {
    lifecycle.add(name, async () => {
      seen.push(`${name} stops`)
      await Promise.resolve()
      seen.push(`${name} stopped`)
    })
  }
  expect(await lifecycle.stop()).toBe(true)
  expect(seen).toEqual([
    'api stops',
    'api stopped',
    'queue stops',
    'queue stopped',
    'database stops',
    'database stopped',
  ])
})

test('a part that fails, at once or later, keeps no other from stopping, and the answer says so', async () => {
  const stopped: string[] = []
  const lifecycle = new Lifecycle(silent)
  lifecycle.add('database', async () => void stopped.push('database'))
  lifecycle.add('queue', () => Promise.reject(new Error('boom')))
  lifecycle.add('poller', () => {
    throw new Error('boom at once')
  })
  lifecycle.add('api', async () => void stopped.push('api'))
  expect(await lifecycle.stop()).toBe(false)
  expect(stopped).toEqual(['api', 'database'])
})

test('stopping twice stops once', async () => {
  let count = 0
  const lifecycle = new Lifecycle(silent)
  lifecycle.add('database', async () => {
    count += 1
  })
  const answers = await Promise.all([lifecycle.stop(), lifecycle.stop()])
  expect([...answers, await lifecycle.stop()]).toEqual([true, true, true])
  expect(count).toBe(1)
})

test('stopping nothing goes well', async () => {
  expect(await new Lifecycle(silent).stop()).toBe(true)
})

/** A process with one part, which says `ready` once it listens for signals. */
function processWith(stop: string, deadlineMs = 20_000): ChildProcess {
  const script = `
    import { Lifecycle, stopOnSignals } from ${JSON.stringify(new URL('./shutdown.ts', import.meta.url).href)}
    const log = { debug() {}, info() {}, error() {} }
    const lifecycle = new Lifecycle(log)
    lifecycle.add('part', ${stop})
    stopOnSignals(lifecycle, log, ${deadlineMs})
    setInterval(() => {}, 1000)
    console.log('ready')`
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function said(child: ChildProcess, word: string): Promise<void> {
  let output = ''
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    output += chunk
    if (output.includes(word)) return
  }
  throw new Error(`the process ended before it said ${word}: ${output}`)
}

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const [code] = await once(child, 'exit')
  return code
}

test.each([
  ['SIGTERM', 'all stopped well', 'async () => {}', 20_000, 0],
  ['SIGINT', 'all stopped well', 'async () => {}', 20_000, 0],
  ['SIGTERM', 'a part failed', 'async () => { throw new Error("boom") }', 20_000, 1],
  ['SIGTERM', 'a part never stops', '() => new Promise(() => {})', 100, 1],
] as const)('after %s, when %s, the process ends', async (signal, _how, stop, deadlineMs, code) => {
  const child = processWith(stop, deadlineMs)
  await said(child, 'ready')
  child.kill(signal)
  expect(await exitCodeOf(child)).toBe(code)
})

test('a second signal ends the process at once', async () => {
  const child = processWith('() => { console.log("stopping"); return new Promise(() => {}) }')
  await said(child, 'ready')
  child.kill('SIGINT')
  await said(child, 'stopping')
  child.kill('SIGINT')
  expect(await exitCodeOf(child)).toBe(1)
})
