// What is armed, as files in a folder that the fault tests and all processes share: so that arming needs no restart, and
// of several processes exactly one is hit.
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FailpointName } from './failpoints.ts'

export type FailpointAction =
  /** SIGKILL to itself. */
  | 'kill'
  /** SIGSTOP to itself: it stands still until somebody sends SIGCONT. */
  | 'stop'
  /** Throws a FailpointError. */
  | 'throw'
  /** Waits for `ms`. */
  | 'delay'
  /** Keeps the event loop busy for `ms`. */
  | 'block'

export interface ArmedFailpoint {
  /** Unique among all that are ever armed in this folder. */
  readonly id: string
  readonly name: FailpointName
  /** At which hit in one process, counted from 1 since it was armed. */
  readonly nth: number
  readonly action: FailpointAction
  /** Milliseconds, for `delay` and `block`. */
  readonly ms?: number
}

export interface Armed {
  readonly points: readonly ArmedFailpoint[]
  /** Writes each hit into hits.jsonl. */
  readonly counts?: boolean
}

const armedFile = 'armed.json'
const hitsFile = 'hits.jsonl'

/** Replaces what is armed in the folder, which is made when missing. */
export function writeArmed(folder: string, armed: Armed): void {
  mkdirSync(folder, { recursive: true })
  const next = join(folder, `${armedFile}.next`)
  writeFileSync(next, JSON.stringify(armed))
  renameSync(next, join(folder, armedFile))
}

/** What is armed now; nothing when the folder has no file. */
export function readArmed(folder: string): Armed {
  const text = readOr(join(folder, armedFile), '')
  return text === '' ? { points: [] } : (JSON.parse(text) as Armed)
}

/** Takes the right to act; false when a process had it before. */
export function takeTurn(folder: string, id: string): boolean {
  try {
    writeFileSync(join(folder, `fired-${id}`), `${process.pid}`, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The process that acted; undefined while none has. */
export function firedBy(folder: string, id: string): number | undefined {
  const pid = readOr(join(folder, `fired-${id}`), '')
  return pid === '' ? undefined : Number(pid)
}

export function noteHit(folder: string, name: FailpointName): void {
  appendFileSync(join(folder, hitsFile), `${JSON.stringify({ name, pid: process.pid })}\n`)
}

/** How often each was hit while hits were counted, by the process that was hit most: what is armed counts by process. */
export function countHits(folder: string): ReadonlyMap<FailpointName, number> {
  const ofProcess = new Map<string, number>()
  const most = new Map<FailpointName, number>()
  for (const line of readOr(join(folder, hitsFile), '').split('\n')) {
    if (line === '') continue
    const { name } = JSON.parse(line) as { name: FailpointName }
    const count = (ofProcess.get(line) ?? 0) + 1
    ofProcess.set(line, count)
    most.set(name, Math.max(count, most.get(name) ?? 0))
  }
  return most
}

/** Forgets all hits counted so far. */
export function forgetHits(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, hitsFile), '')
}

function readOr(path: string, missing: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing
    throw error
  }
}
