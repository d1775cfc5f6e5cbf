// The hook in processes of its own: killing, stopping and throwing cannot be tried in the process of the test.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ArmedFailpoint, countHits, failpoint, firedBy, forgetHits, writeArmed } from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maildesk-failpoints-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const module = fileURLToPath(new URL('./index.ts', import.meta.url))

/** A process that comes by `poll.listed` so many times and prints what happened each time. */
function passBy(times: number) {
  const script = `
    const { failpoint, listenForFailpoints } = await import(${JSON.stringify(module)})
    listenForFailpoints(${JSON.stringify(folder)})
    for (let n = 1; n <= ${times}; n++) {
      try { await failpoint('poll.listed'); console.log('passed') } catch (error) { console.log(error.message) }
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  const ended = once(child, 'close').then(([, signal]) => ({
    signal: signal as NodeJS.Signals | null,
    printed: printed.trim().split('\n').filter(Boolean),
  }))
  return { child, ended }
}

const arm = (point: Partial<ArmedFailpoint>) =>
  writeArmed(folder, { points: [{ id: 'a', name: 'poll.listed', nth: 1, action: 'kill', ...point }] })

test('without a control folder the hook does nothing and costs no promise', () => {
  expect(failpoint('poll.listed')).toBeUndefined()
})

test('kill ends the process at the hit it was armed for, and not before', async () => {
  arm({ nth: 3 })
  const { child, ended } = passBy(5)
  expect(await ended).toEqual({ signal: 'SIGKILL', printed: ['passed', 'passed'] })
  expect(firedBy(folder, 'a')).toBe(child.pid)
})

test('of several processes and lives one is hit, once', async () => {
  arm({ action: 'throw' })
  const runs = await Promise.all([passBy(3).ended, passBy(3).ended])
  const again = await passBy(3).ended
  const all = [...runs, again].flatMap(({ printed }) => printed)
  expect(all.filter((line) => line === 'failpoint poll.listed')).toHaveLength(1)
  expect(all).toHaveLength(9)
})

test('another failpoint is passed by', async () => {
  arm({ name: 'poll.opened' })
  expect(await passBy(2).ended).toEqual({ signal: null, printed: ['passed', 'passed'] })
  expect(firedBy(folder, 'a')).toBeUndefined()
})

test('stop stands still until it is told to go on', async () => {
  arm({ action: 'stop' })
  const { child, ended } = passBy(1)
  while (firedBy(folder, 'a') === undefined) await new Promise((resolve) => setTimeout(resolve, 10))
  child.kill('SIGCONT')
  expect(await ended).toEqual({ signal: null, printed: ['passed'] })
})

test('hits are counted while they are asked for, as of the process that was hit most', async () => {
  writeArmed(folder, { points: [], counts: true })
  await Promise.all([passBy(2).ended, passBy(3).ended])
  expect(countHits(folder)).toEqual(new Map([['poll.listed', 3]]))
  forgetHits(folder)
  expect(countHits(folder).size).toBe(0)
})
