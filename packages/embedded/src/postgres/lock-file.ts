/* One holder per folder. The lock names its holder, so that one left by a killed process is seen to be stale. */

import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { identifyProcess, isSameProcess, type ProcessIdentity } from './process-identity.ts'

const MAX_TRIES = 5

export interface HeldLock {
  /** Gives the lock back. */
  release(): Promise<void>
}

/**
 * Takes the lock at `path` for this process; a lock whose holder no longer lives is taken over.
 *
 * @param what what the lock guards, for the error: 'the embedded database in /srv/desk/data'
 * @throws Error naming the pid that holds it.
 */
export async function holdLock(path: string, what: string): Promise<HeldLock> {
  const mine = JSON.stringify(await ownIdentity())
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (await createLock(path, mine)) return { release: () => rm(path, { force: true }) }
    const theirs = await readLock(path)
    if (theirs === undefined) continue
    const holder = parseHolder(theirs)
    if (holder && (await isSameProcess(holder))) throw heldError(what, holder.pid, path)
    await removeStaleLock(path, theirs)
  }
  throw new Error(
    `Could not lock ${what}: ${path} changed hands ${MAX_TRIES} times. Start only one maildesk on it.`,
  )
}

async function ownIdentity(): Promise<ProcessIdentity> {
  const identity = await identifyProcess(process.pid)
  if (!identity)
    throw new Error(`Cannot read when process ${process.pid} started (is /proc mounted? is /bin/ps there?)`)
  return identity
}

/** Creates the lock with its content in one step, so that nobody ever reads half of it. */
async function createLock(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, content, { mode: 0o600, flag: 'wx' })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Undefined for content that no maildesk wrote (a disk that was full): such a lock holds nobody out. */
function parseHolder(content: string): ProcessIdentity | undefined {
  try {
    const { pid, startedAt } = JSON.parse(content) as Partial<ProcessIdentity>
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined
  } catch {
    return undefined
  }
}

/** Two processes may judge the same lock stale; the slower one must not remove the faster one's fresh lock. */
async function removeStaleLock(path: string, judged: string): Promise<void> {
  const aside = `${path}.stale-${randomBytes(6).toString('hex')}`
  try {
    await rename(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if ((await readFile(aside, 'utf8')) !== judged) await link(aside, path)
  await rm(aside, { force: true })
}

function heldError(what: string, pid: number, path: string): Error {
  const who = pid === process.pid ? `this process (pid ${pid})` : `the maildesk with pid ${pid}`
  return new Error(
    `${what} is in use by ${who}. Stop it first, or choose another data directory. (Lock: ${path})`,
  )
}
