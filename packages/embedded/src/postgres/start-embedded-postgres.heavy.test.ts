import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '@maildesk/core'
import { quietLog, waitUntil } from '@maildesk/testkit'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAlive } from './process-identity.ts'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './start-embedded-postgres.ts'

const runsAsRoot = process.getuid?.() === 0
const fast = { fsync: 'off', synchronous_commit: 'off' }

describe('the embedded PostgreSQL', { timeout: 60_000 }, () => {
  let folder: string
  let running: EmbeddedPostgres[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maildesk embedded '))
    await chmod(folder, 0o711)
    running = []
  })

  afterEach(async () => {
    await Promise.all(running.map((server) => server.stop()))
    await rm(folder, { recursive: true, force: true })
  })

  async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      shelters: [join(folder, 'shelter')],
      settings: fast,
      log: quietLog,
      ...options,
    })
    running.push(server)
    return server
  }

  test('keeps its data over a restart, in a path with a space', async () => {
    const first = await start()
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const second = await start()
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    expect((await stat(join(folder, 'data', 'password'))).mode & 0o777).toBe(0o600)
    expect((await stat(second.cluster)).mode & 0o777).toBe(0o700)
  })

  test('lets nobody in without the password', async () => {
    const { url } = await start()
    await expect(query(url.replace(/:[0-9a-f]+@/, ':wrong@'), 'SELECT 1')).rejects.toMatchObject({
      code: '28P01',
    })
  })

  test('runs twice side by side in two data directories', async () => {
    const [one, other] = await Promise.all([
      start({ dataDir: join(folder, 'one') }),
      start({ dataDir: join(folder, 'two') }),
    ])
    expect(one.url).not.toBe(other.url)
    expect(await query(other.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }])
  })

  test('refuses a data directory in use and names the pid', async () => {
    await start()
    await expect(start()).rejects.toThrow(`pid ${process.pid}`)
  })

  test('starts again after its postmaster was killed, and logs the death as an error', async () => {
    const errors: object[] = []
    const log: Log = { ...quietLog, error: (fields) => void errors.push(fields) }
    const first = await start({ log, settings: { fsync: 'off' } })
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS answer')
    process.kill(first.pid, 'SIGKILL')
    await waitUntil(() => errors.length === 1, { what: 'the death to be logged' })
    await first.stop()
    const second = await start()
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 7 }])
  })

  test('is not misled by a postmaster.pid that names another living program', async () => {
    const first = await start()
    const pidFile = join(first.cluster, 'postmaster.pid')
    const lines = (await readFile(pidFile, 'utf8')).split('\n')
    await first.stop()
    const stranger = spawn('sleep', ['60'])
    try {
      await writeFile(pidFile, [stranger.pid, ...lines.slice(1)].join('\n'))
      const second = await start()
      expect(await query(second.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }])
      expect(stranger.exitCode).toBeNull()
    } finally {
      stranger.kill()
    }
  })

  test('takes over from a maildesk that was killed and left its server running', async () => {
    const { parent, orphan } = await startInAnotherProcess(join(folder, 'data'))
    await expect(start()).rejects.toThrow(`pid ${parent.pid}`)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    expect(isAlive(orphan)).toBe(true)
    const server = await start()
    await waitUntil(() => !isAlive(orphan), { what: 'the orphan to end' })
    expect(await query(server.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }])
  })

  test('removes what a killed first start left half-made', async () => {
    const draft = join(folder, 'data', 'cluster.draft-abc')
    await mkdir(draft, { recursive: true })
    await chmod(join(folder, 'data'), 0o711)
    await start()
    expect(existsSync(draft)).toBe(false)
  })

  test('says what is wrong when the port is taken', async () => {
    const first = await start({ dataDir: join(folder, 'one') })
    const port = Number(new URL(first.url).port)
    await expect(start({ port })).rejects.toThrow(/Address already in use/)
  })

  test.runIf(runsAsRoot)(
    'as root in a folder closed to others it moves elsewhere, and finds itself again',
    async () => {
      const dataDir = join(folder, 'home', 'data')
      await mkdir(join(folder, 'home'), { mode: 0o700 })
      const first = await start({ dataDir })
      expect(first.cluster).toContain(join(folder, 'shelter'))
      await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS answer')
      await first.stop()
      const second = await start({ dataDir })
      expect(second.cluster).toBe(first.cluster)
      expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 1 }])
    },
  )

  test.runIf(runsAsRoot)(
    'as root it does not take a database that was closed to its user for a missing one',
    async () => {
      const first = await start()
      await first.stop()
      await chmod(join(folder, 'data'), 0o700)
      await expect(start()).rejects.toThrow('chmod o+x')
    },
  )

  test.runIf(!runsAsRoot)('as an ordinary user it stays in a folder closed to others', async () => {
    const dataDir = join(folder, 'home', 'data')
    await mkdir(join(folder, 'home'), { mode: 0o700 })
    expect((await start({ dataDir })).cluster).toBe(join(dataDir, 'cluster'))
  })
})

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // a killed server ends idle connections
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function startInAnotherProcess(dataDir: string): Promise<{ parent: ChildProcess; orphan: number }> {
  const module = fileURLToPath(new URL('./start-embedded-postgres.ts', import.meta.url))
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(module)}
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const { pid } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, settings: { fsync: 'off' }, log })
    console.log(pid)
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  return { parent, orphan: Number(line.toString()) }
}
