/* Makes the cluster, once. A start that was killed half-way leaves a draft, never half a cluster. */

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { giveTo, type ServerUser } from './server-user.ts'

const run = promisify(execFile)
const DRAFT_PREFIX = 'cluster.draft-'

/** The one role of the embedded database; it owns everything. */
export const DATABASE_ROLE = 'maildesk'
/** What the programs see of our environment: nothing but a fixed language. PG* variables would redirect them. */
export const PROGRAM_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }

export interface ClusterPlan {
  /** Folder that holds the cluster. */
  readonly home: string
  readonly initdb: string
  readonly password: string
  readonly user: ServerUser | undefined
  /** Wait until the disk has it; only tests say no. */
  readonly durable: boolean
}

/** Path of the cluster in its home; made now if it is missing. */
export async function ensureCluster(plan: ClusterPlan): Promise<string> {
  const cluster = join(plan.home, 'cluster')
  await removeDrafts(plan.home)
  if (existsSync(cluster)) await checkOwner(cluster, plan.user)
  else await createCluster(plan, cluster)
  return cluster
}

/** The password of the role, kept in a file of mode 0600; made up on the first start. */
export async function ensurePassword(dataDir: string): Promise<string> {
  const path = join(dataDir, 'password')
  if (existsSync(path)) return (await readFile(path, 'utf8')).trim()
  const password = randomBytes(24).toString('hex')
  const draft = `${path}.new`
  await rm(draft, { force: true })
  await writeFile(draft, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true })
  await rename(draft, path)
  return password
}

async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(DRAFT_PREFIX)) await rm(join(home, name), { recursive: true, force: true })
  }
}

async function createCluster(
  { home, initdb, password, user, durable }: ClusterPlan,
  cluster: string,
): Promise<void> {
  const draft = await mkdtemp(join(home, DRAFT_PREFIX))
  const data = join(draft, 'cluster')
  const passwordFile = join(draft, 'password')
  await mkdir(data, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user) {
    await giveTo(user, draft)
    await chown(draft, user.uid, user.gid)
  }
  const args = [
    `--pgdata=${data}`,
    `--pwfile=${passwordFile}`,
    `--username=${DATABASE_ROLE}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorts by code point like C, and the same on every machine, yet knows that É is the capital of é.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ]
  try {
    await run(initdb, args, {
      ...(user && { uid: user.uid, gid: user.gid }),
      cwd: '/',
      env: PROGRAM_ENVIRONMENT,
    })
    await rename(data, cluster)
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: string }
    throw new Error(`Could not create the embedded database in ${home}: ${stderr?.trim() || message}`, {
      cause,
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Root can give the cluster to the right user; anyone else must be that user. */
async function checkOwner(cluster: string, user: ServerUser | undefined): Promise<void> {
  const owner = (await stat(cluster)).uid
  if (user) {
    if (owner !== user.uid) await giveTo(user, cluster)
  } else if (owner !== process.getuid?.()) {
    throw new Error(
      `The embedded database ${cluster} belongs to the user with id ${owner}, and maildesk runs as ${process.getuid?.()}. ` +
        'Start maildesk as before (as root, if it was made by root), or give the folder to this user with chown -R.',
    )
  }
}
