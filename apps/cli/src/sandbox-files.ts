// What a running maildesk leaves in its data directory for others: where its embedded database is, and its key.
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the running desk's database is, for other commands on the same data directory. */
export interface RunningDesk {
  readonly pid: number
  readonly databaseUrl: string
}

const runningFile = (dataDir: string) => join(dataDir, 'running.json')
const keyFile = (dataDir: string) => join(dataDir, 'secret.key')

/** Only the owner may read what is in here. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, content, { mode: 0o600 })
  await chmod(temporary, 0o600)
  await rename(temporary, path)
}

export async function writeRunning(dataDir: string, running: RunningDesk): Promise<void> {
  await writePrivateFile(runningFile(dataDir), `${JSON.stringify(running, null, 2)}\n`)
}

export async function removeRunning(dataDir: string): Promise<void> {
  await rm(runningFile(dataDir), { force: true })
}

/** The desk that runs on this data directory now; undefined when none does. */
export async function findRunning(dataDir: string): Promise<RunningDesk | undefined> {
  const text = await readIfThere(runningFile(dataDir))
  if (text === undefined) return undefined
  const running = JSON.parse(text) as RunningDesk
  return isAlive(running.pid) ? running : undefined
}

/** The key of this data directory, made at the first call. */
export async function ensureSecretKey(dataDir: string): Promise<string> {
  const path = keyFile(dataDir)
  const known = await readSecretKey(dataDir)
  if (known) return known
  await mkdir(dataDir, { recursive: true })
  const key = randomBytes(32).toString('hex')
  await writePrivateFile(path, `${key}\n`)
  const file = await open(path, 'r')
  await file.sync()
  await file.close()
  return key
}

export async function readSecretKey(dataDir: string): Promise<string | undefined> {
  return (await readIfThere(keyFile(dataDir)))?.trim() || undefined
}

export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
