// The desk's own processes: wrong clocks, little memory, a busy event loop, rolling restarts, one too many.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { FailpointName } from '@maildesk/failpoints'
import type { Rig, Victim } from '../contracts.ts'
import { during, type Fault, pause } from './fault.ts'

/** Memory of a worker that has little, MiB: enough to start, too little for several large mails at once. */
const littleHeapMb = 64
/** A machine under load is slow to start a process, milliseconds. */
const readyTimeoutMs = 60_000
/** Longer than the lease and the lock of the rig's desk, milliseconds. */
const blockMs = 5000

const clocks = [
  { name: 'poller-clock-ahead', of: (rig: Rig) => rig.poller, offset: '+1h' },
  { name: 'poller-clock-behind', of: (rig: Rig) => rig.poller, offset: '-1h' },
  { name: 'worker-clock-ahead', of: (rig: Rig) => rig.workers[0], offset: '+1h' },
  { name: 'worker-clock-behind', of: (rig: Rig) => rig.workers[0], offset: '-1h' },
  { name: 'api-clock-ahead', of: (rig: Rig) => rig.api, offset: '+1h', shows: 'clock-skew' },
  { name: 'api-clock-behind', of: (rig: Rig) => rig.api, offset: '-1h', shows: 'clock-skew' },
] as const

export const clockFaults: readonly Fault[] = clocks.map(({ of, offset, ...named }) => ({
  about: 'clock',
  ...named,
  strike: (rig, random) =>
    withSettings(
      of(rig),
      { LD_PRELOAD: fakeTimeLibrary(), FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' },
      () => pause(random, 3000, 5000),
    ),
}))

export const processFaults: readonly Fault[] = [
  {
    name: 'worker-of-little-memory',
    about: 'process',
    strike: (rig, random) =>
      withSettings(rig.workers[0], { NODE_OPTIONS: `--max-old-space-size=${littleHeapMb}` }, () =>
        pause(random, 3000, 5000),
      ),
  },
  blocked('poller-busy', 'poll.listed'),
  blocked('worker-busy-before-filing', 'file.claimed'),
  blocked('worker-busy-before-commit', 'file.finished'),
  blocked('worker-busy-before-sending', 'send.kept'),
  {
    name: 'rolling-restart',
    about: 'process',
    async strike(rig, random) {
      for (const victim of rig.all) {
        await victim.signal('SIGTERM')
        await victim.ready(readyTimeoutMs)
        await pause(random, 0, 200)
      }
    },
  },
  {
    name: 'impatient-restart',
    about: 'process',
    async strike(rig, random) {
      for (const victim of rig.all) {
        const lives = victim.lives()
        const ended = victim.signal('SIGTERM')
        await pause(random, 0, 150)
        if (victim.lives() === lives) await victim.signal('SIGKILL')
        await ended
        await victim.ready(readyTimeoutMs)
      }
    },
  },
  {
    name: 'two-pollers',
    about: 'process',
    async strike(rig, random) {
      const end = await rig.startAnother('poller')
      // The one that reads goes; the other takes over.
      await rig.poller.signal('SIGKILL')
      await pause(random, 2000, 4000)
      await end()
      await rig.poller.ready(readyTimeoutMs)
    },
  },
]

function blocked(name: string, point: FailpointName): Fault {
  return {
    name,
    about: 'process',
    async strike(rig) {
      const armed = rig.arm({ name: point, nth: 1, action: 'block', ms: blockMs })
      const hasFired = await armed.fired(15_000)
      armed.disarm()
      if (!hasFired) throw new Error(`no process came by ${point}`)
      await delay(blockMs)
    },
  }
}

async function withSettings(
  victim: Victim | undefined,
  settings: Readonly<Record<string, string>>,
  meanwhile: () => Promise<void>,
): Promise<void> {
  if (!victim) throw new RangeError('this desk has no such process')
  const usual = Object.fromEntries(Object.keys(settings).map((name) => [name, '']))
  await during(
    () => victim.restartWith(settings),
    async () => {
      await victim.ready(readyTimeoutMs)
      await meanwhile()
    },
    async () => {
      await victim.restartWith(usual)
      await victim.ready(readyTimeoutMs)
    },
  )
}

/** @throws Error with the install line when it is not there. */
function fakeTimeLibrary(): string {
  const root = '/usr/lib'
  for (const triplet of readdirSync(root)) {
    const folder = join(root, triplet, 'faketime')
    try {
      if (readdirSync(folder).includes('libfaketime.so.1')) return join(folder, 'libfaketime.so.1')
    } catch {
      // Most folders of libraries have none: the next may.
    }
  }
  throw new Error('libfaketime is missing: apt-get install -y libfaketime')
}
