/* Which process a pid means. Pids are reused; a pid together with its start time is not. */

import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A process, told apart from a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal only for the same process of the same boot. */
  readonly startedAt: string
}

/** True while some process has this pid, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The identity of a living process; undefined when there is none with this pid. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  if (!isAlive(pid)) return undefined
  const startedAt = process.platform === 'linux' ? await startOnLinux(pid) : await startElsewhere(pid)
  return startedAt === undefined ? undefined : { pid, startedAt }
}

/** Whether this very process still runs. */
export async function isSameProcess({ pid, startedAt }: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(pid))?.startedAt === startedAt
}

/** Whether the process works in this folder or was told its path; false when that cannot be seen. */
export async function worksIn(pid: number, folder: string): Promise<boolean> {
  if (process.platform !== 'linux') {
    const command = await ps('command=', pid)
    return command?.includes('postgres') === true && command.includes(folder)
  }
  try {
    const program = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    // PostgreSQL makes the cluster its working directory; the kernel keeps that right even if the folder was moved.
    return (
      program.split('\0')[0]?.endsWith('postgres') === true && (await readlink(`/proc/${pid}/cwd`)) === folder
    )
  } catch (error) {
    if (isGoneOrHidden(error)) return false
    throw error
  }
}

async function startOnLinux(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses and may hold anything; count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; only its parent has not noticed.
    if (fields[0] === 'Z') return undefined
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    return `${boot}/${fields[19]}`
  } catch (error) {
    if (isGoneOrHidden(error)) return undefined
    throw error
  }
}

async function startElsewhere(pid: number): Promise<string | undefined> {
  return ps('lstart=', pid)
}

async function ps(column: string, pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('/bin/ps', ['-ww', '-o', column, '-p', String(pid)], {
      env: { LC_ALL: 'C', TZ: 'UTC' },
    })
    return stdout.trim() || undefined
  } catch (error) {
    // ps exits 1 when there is no such process.
    if ((error as { code?: unknown }).code === 1) return undefined
    throw error
  }
}

function isGoneOrHidden(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')
}
