/* As whom PostgreSQL runs. It refuses to run as root, so a maildesk started by root lends it another user. */

import { execFile, spawn } from 'node:child_process'
import { chown, lchown, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CANDIDATES = ['postgres', 'nobody']

/** A system user other than the one maildesk runs as. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
  /** For messages. */
  readonly name: string
}

/**
 * The user that PostgreSQL must run as; undefined for "the same as maildesk", which is right unless that is root.
 *
 * @throws Error when maildesk is root and neither `postgres` nor `nobody` exists.
 */
export async function chooseServerUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const name of CANDIDATES) {
    const user = await findUser(name)
    if (user && user.uid !== 0) return user
  }
  throw new Error(
    `PostgreSQL refuses to run as root and none of the users ${CANDIDATES.join(', ')} exists. ` +
      'Start maildesk as an ordinary user, or create the user postgres, or set DATABASE_URL.',
  )
}

/** Whether that user can go into the folder. Asks the kernel, so access lists and mounts count too. */
export async function canEnter(folder: string, user: ServerUser): Promise<boolean> {
  return succeeds('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], user)
}

/** Whether the program starts and exits with 0 for that user. */
export function succeeds(program: string, args: readonly string[], user: ServerUser): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { uid: user.uid, gid: user.gid, cwd: '/', stdio: 'ignore', env: {} })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}

/** Gives a folder and all it holds to the user. */
export async function giveTo(user: ServerUser, folder: string): Promise<void> {
  await chown(folder, user.uid, user.gid)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), user.uid, user.gid)
  }
}

async function findUser(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)])
    return { uid, gid, name }
  } catch (error) {
    // id exits 1 when there is no such user.
    if ((error as { code?: unknown }).code === 1) return undefined
    throw error
  }
}

async function idOf(flag: '-u' | '-g', name: string): Promise<number> {
  const { stdout } = await run('/usr/bin/env', ['PATH=/usr/bin:/bin', 'id', flag, name])
  return Number(stdout.trim())
}
