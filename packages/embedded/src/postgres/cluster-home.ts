/* Where the cluster lies: in the data directory, or, if its user cannot get in there, in a place of its own. */

import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Log } from '@maildesk/core'
import { canEnter, type ServerUser } from './server-user.ts'

/** The file in the data directory that says where a relocated cluster lies: one line, a path. */
const POINTER_FILE = 'cluster-is-in.txt'

/** Tried in order when the user that runs PostgreSQL cannot enter the data directory. */
export const DEFAULT_SHELTERS: readonly string[] = ['/var/lib/maildesk', '/opt/maildesk', '/srv/maildesk']

/**
 * The folder that holds (or will hold) `cluster`. A pointer file from an earlier start is followed; otherwise the
 * data directory itself if `user` may enter it, else a new folder below the shelter, named in a pointer file.
 *
 * @throws Error when the pointer leads nowhere or no shelter can be made.
 */
export async function findClusterHome(
  dataDir: string,
  user: ServerUser | undefined,
  shelter: () => Promise<string>,
  log: Log,
): Promise<string> {
  const known = await readPointer(dataDir)
  if (known) {
    log.info({ dataDir, cluster: known }, 'the embedded database lies outside the data directory')
    return known
  }
  if (!user || (await canEnter(dataDir, user))) return dataDir
  if (existsSync(join(dataDir, 'cluster'))) throw outOfReach(dataDir, user)
  const home = await createHome(await shelter(), dataDir, log)
  log.warn(
    { dataDir, cluster: home, user: user.name, pointer: join(dataDir, POINTER_FILE) },
    'PostgreSQL must not run as root and its user cannot enter the data directory: the database is kept elsewhere',
  )
  return home
}

/**
 * A folder that the user may enter, for what the data directory and the checkout cannot hold. Made when missing.
 *
 * @throws Error naming each candidate when none will do.
 */
export async function findShelter(candidates: readonly string[], user: ServerUser): Promise<string> {
  const problems: string[] = []
  for (const candidate of candidates) {
    try {
      await mkdir(candidate, { recursive: true, mode: 0o711 })
      if (await canEnter(candidate, user)) return candidate
      problems.push(`${candidate}: ${user.name} may not enter it`)
    } catch (error) {
      problems.push(`${candidate}: ${(error as Error).message}`)
    }
  }
  throw new Error(
    `PostgreSQL must run as the user ${user.name}, who cannot enter the data directory, and no other place will do ` +
      `(${problems.join('; ')}). Start maildesk as an ordinary user, move the data directory, or set DATABASE_URL.`,
  )
}

/** The folder was closed after the database was made. A new, empty one elsewhere would look like lost data. */
function outOfReach(dataDir: string, user: ServerUser): Error {
  return new Error(
    `The embedded database lies in ${dataDir}, which the user ${user.name} cannot enter any more. ` +
      'Let others pass again (chmod o+x on that folder and those above it), or start maildesk as the user who made it.',
  )
}

async function readPointer(dataDir: string): Promise<string | undefined> {
  const path = join(dataDir, POINTER_FILE)
  let home: string
  try {
    home = (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    await readdir(home)
    return home
  } catch (cause) {
    throw new Error(
      `${path} says that the embedded database lies in ${home}, which cannot be read. ` +
        `Bring that folder back, or delete ${dataDir} to start with an empty database.`,
      { cause },
    )
  }
}

/**
 * The random part keeps a data directory that was deleted and made anew from finding the old database;
 * the old one is named, so that nobody's mail stays behind unnoticed.
 */
async function createHome(shelter: string, dataDir: string, log: Log): Promise<string> {
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  const leftovers = (await readdir(shelter)).filter((name) => name.startsWith(`${key}-`))
  if (leftovers.length > 0) {
    const paths = leftovers.map((name) => join(shelter, name))
    log.warn(
      { dataDir, paths },
      'databases of an earlier data directory at this path are still there; delete them if not needed',
    )
  }
  const home = join(shelter, `${key}-${randomBytes(4).toString('hex')}`)
  await mkdir(home, { mode: 0o711 })
  const pointer = join(dataDir, POINTER_FILE)
  const draft = join(dataDir, `${basename(pointer)}.new`)
  await writeFile(draft, `${home}\n`, { flush: true })
  await rename(draft, pointer)
  return home
}
