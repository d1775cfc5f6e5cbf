// A whole desk as processes of its own between real servers, with a hand on each of them and a book of what it was given.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { UserId } from '@maildesk/core'
import {
  connectDatabase,
  createApiToken,
  type Database,
  insertUser,
  inTransaction,
  migrateDatabase,
} from '@maildesk/db'
import { type Armed, countHits, firedBy, forgetHits, writeArmed } from '@maildesk/failpoints'
import { migrateQueue } from '@maildesk/queue'
import { createIdSource } from '@maildesk/runtime'
import {
  addDeskMailbox,
  freePort,
  startDeskProcess,
  startDovecot,
  startPostgres,
  startRedis,
  startSmtpSink,
  startTcpProxy,
  waitUntil,
} from '@maildesk/testkit'
import { checkInvariants } from '../check/index.ts'
import type {
  Accepted,
  Account,
  ArmedPoint,
  Delivered,
  Ledgers,
  MadeMail,
  Neighbour,
  Rig,
  RigOptions,
  Victim,
} from '../contracts.ts'
import { askUntilAnswered } from './ask.ts'
import { readSnapshot } from './read-snapshot.ts'
import { seenMail } from './seen-mail.ts'
import { type KeptVictim, keepVictim } from './victim.ts'
import { waitForRest } from './wait-for-rest.ts'

const support = 'support@example.com'
const secretKey = 'a-key-for-the-fault-tests-of-at-least-thirty-two-characters'

/** Short, so that what a killed process held comes back within seconds; and no limits on mail that answers by itself. */
const quickSettings = {
  MAILDESK_QUEUE_LOCK_MS: '1000',
  MAILDESK_LEASE_MS: '2000',
  MAILDESK_SWEEP_INTERVAL_MS: '300',
  MAILDESK_POLL_INTERVAL_MS: '1000',
  MAILDESK_FILE_CONCURRENCY: '2',
  MAILDESK_UNCERTAIN_WAIT_MS: '1000',
  MAILDESK_SMTP_TIMEOUT_MS: '10000',
  MAILDESK_IMAP_TIMEOUT_MS: '5000',
  MAILDESK_AUTO_DOMAIN_HOUR: '100000',
  MAILDESK_AUTO_HOUR: '1000000',
  MAILDESK_AUTO_UNPROVEN_HOUR: '1000000',
  MAILDESK_AUTO_SAME_WORDS_HOUR: '1000',
  MAILDESK_FLOOD_TICKETS_HOUR: '1000000',
  MAILDESK_RATE_LIMIT: '1000000',
}

/** Longest wait for the desk to start, on a machine that runs other rigs too; milliseconds. */
const startTimeoutMs = 60_000
/** Longest wait for one answer of the API, milliseconds. */
const apiTimeoutMs = 15_000

/** Starts servers and desk, and resolves when all processes are ready. What was started is stopped when it fails. */
export async function openRig(options: RigOptions): Promise<Rig> {
  const stops: (() => Promise<unknown>)[] = []
  const stopAll = async () => {
    for (const stop of stops.reverse().splice(0)) await stop()
  }
  try {
    return await open(options, (stop) => stops.push(stop), stopAll)
  } catch (error) {
    await stopAll()
    throw error
  }
}

async function open(
  { backend, seed, workers: workerCount = 1, settings = {} }: RigOptions,
  onStop: (stop: () => Promise<unknown>) => void,
  stop: () => Promise<void>,
): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'maildesk-torture-'))
  onStop(async () => rmSync(folder, { recursive: true, force: true }))
  const control = join(folder, 'failpoints')
  const postgres = await startPostgres({ settings: { max_connections: '150' } })
  onStop(() => postgres.stop())
  const db = connectDatabase(postgres.url, { poolMax: 4 })
  onStop(() => db.destroy())
  await migrateDatabase(db)
  await migrateQueue(postgres.url)
  const [dovecot, sink, redis] = await Promise.all([
    startDovecot(),
    startSmtpSink(),
    backend === 'redis' ? startRedis({ debug: true }) : undefined,
  ])
  onStop(() => dovecot.stop())
  onStop(() => sink.stop())
  if (redis) onStop(() => redis.stop())
  const links = {
    postgres: await startTcpProxy({ targetPort: postgres.port }),
    redis: redis && (await startTcpProxy({ targetPort: redis.port })),
    imap: await startTcpProxy({ targetPort: dovecot.imapPort }),
    smtp: await startTcpProxy({ targetPort: sink.port }),
  }
  for (const link of Object.values(links)) if (link) onStop(() => link.stop())
  const imap = { port: dovecot.imapPort, user: support, password: dovecot.password }
  await addDeskMailbox(db, {
    imap: { ...imap, port: links.imap.port },
    smtpPort: links.smtp.port,
    key: secretKey,
  })
  const adminToken = await makeAdminToken(db)
  writeArmed(control, { points: [] })

  const apiPort = await freePort()
  const env = {
    DATABASE_URL: through(postgres.url, links.postgres.port),
    ...(links.redis ? { REDIS_URL: `redis://127.0.0.1:${links.redis.port}` } : {}),
    STORAGE_URL: `${pathToFileURL(folder).href}/storage`,
    MAILDESK_DATA_DIR: folder,
    MAILDESK_SECRET_KEY: secretKey,
    MAILDESK_FAILPOINTS: control,
    PORT: String(apiPort),
    // Processes start again hundreds of times.
    NODE_COMPILE_CACHE: join(tmpdir(), 'maildesk-torture-compiled'),
    ...quickSettings,
    ...settings,
  }
  const keep = (name: Victim['name'], app: string): KeptVictim => {
    const victim = keepVictim(name, app, env)
    onStop(() => victim.dismiss())
    return victim
  }
  const poller = keep('poller', 'poller')
  const workers = (['worker 1', 'worker 2'] as const)
    .slice(0, workerCount)
    .map((name) => keep(name, 'worker'))
  const api = keep('api', 'api')
  const all = [poller, ...workers, api]
  await Promise.all(all.map((victim) => victim.ready(startTimeoutMs)))

  const apiUrl = `http://127.0.0.1:${apiPort}`
  const storage = join(folder, 'storage')
  const delivered: Delivered[] = []
  const accepted: Accepted[] = []
  let armings = 0
  let armed: Armed = { points: [] }
  const setArmed = (next: Armed) => {
    armed = next
    writeArmed(control, armed)
  }
  const ledgers: Ledgers = {
    delivered,
    accepted,
    get seen() {
      return sink.transactions.map(seenMail)
    },
  }

  const call = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(`${apiUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${adminToken}`, ...init.headers },
      signal: AbortSignal.timeout(apiTimeoutMs),
    })
    const body = await response.text()
    if (response.status >= 500) throw new Error(`${response.status} ${body}`)
    if (!response.ok) throw new RangeError(`${init.method} ${path} was refused: ${response.status} ${body}`)
    return JSON.parse(body)
  }

  const rig: Rig = {
    backend,
    seed,
    db,
    databaseUrl: postgres.url,
    support,
    apiUrl,
    adminToken,
    dovecot,
    sink,
    redis,
    servers: {
      postgres: { ...postgres, restart: postgres.resume },
      redis: redis && neighbour(redis),
      dovecot: neighbour(dovecot),
    },
    links,
    poller,
    workers,
    api,
    all,
    async startAnother(app) {
      const another = startDeskProcess(`another ${app}`, `apps/${app}/src/main.ts`, [], env)
      const end = async () => {
        await another.kill('SIGTERM')
      }
      onStop(end)
      await another.waitForLog('"msg":"ready"')
      return end
    },
    storage,
    ledgers,
    async deliver(mail: MadeMail, to = support) {
      await askUntilAnswered(`delivery of ${mail.mark}`, async () => {
        await dovecot.deliver(to, mail.raw, mail.from)
        return true
      })
      delivered.push({ mail, at: Date.now() })
    },
    async reply(ticketId, mark, uploads = []) {
      const idempotencyKey = randomUUID()
      const answer = await askUntilAnswered(`answer ${mark}`, () =>
        call(`/api/v1/tickets/${ticketId}/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
          body: JSON.stringify({ message_text: `An answer. [${mark}]`, attachment_ids: uploads }),
        }),
      )
      const { id } = answer as { id: string }
      // In brackets: no mark is the beginning of another.
      const kept = { idempotencyKey, ticketId, messageId: id, mark: `[${mark}]`, at: Date.now() }
      accepted.push(kept)
      return kept
    },
    async upload(ticketId, filename) {
      const idempotencyKey = randomUUID()
      const kept = await askUntilAnswered(`upload ${filename}`, () => {
        const form = new FormData()
        form.set('ticket_id', ticketId)
        form.set('file', new Blob([`The file ${filename}.\n`], { type: 'text/plain' }), filename)
        return call('/api/v1/attachments', {
          method: 'POST',
          headers: { 'idempotency-key': idempotencyKey },
          body: form,
        })
      })
      return (kept as { id: string }).id
    },
    async release(inboundId) {
      await call(`/api/v1/inbound-emails/${inboundId}/release`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
    },
    arm(point): ArmedPoint {
      armings += 1
      const id = `${armings}`
      setArmed({ ...armed, points: [...armed.points, { id, ...point }] })
      const disarm = () => setArmed({ ...armed, points: armed.points.filter((other) => other.id !== id) })
      return {
        disarm,
        pid: () => firedBy(control, id),
        async fired(timeoutMs) {
          const pid = await waitUntil(() => firedBy(control, id), {
            timeoutMs,
            intervalMs: 20,
            what: point.name,
          }).catch(() => undefined) // false is the answer then
          return pid !== undefined
        },
      }
    },
    async counting(work) {
      forgetHits(control)
      setArmed({ ...armed, counts: true })
      try {
        const result = await work()
        return { result, hits: countHits(control) }
      } finally {
        setArmed({ ...armed, counts: false })
      }
    },
    drained: (timeoutMs = 60_000) =>
      waitForRest(db, delivered, timeoutMs).catch((error: Error) => {
        const logs = all.map((victim) => `== ${victim.name}\n${victim.log().slice(-2500)}`).join('\n')
        throw new Error(`${error.message}\n${logs}`, { cause: error })
      }),
    snapshot: () => readSnapshot({ db, storage, imap, folders: ['INBOX'] }),
    async account(): Promise<Account> {
      const account = checkInvariants(ledgers, await rig.snapshot())
      const crashes = all
        .flatMap((victim) => victim.crashes)
        .map((detail) => ({ invariant: 'I8', kind: 'other', detail }) as const)
      return { ...account, violations: [...account.violations, ...crashes] }
    },
    onStop,
    stop,
  }
  return rig
}

function through(url: string, port: number): string {
  const proxied = new URL(url)
  proxied.hostname = '127.0.0.1'
  proxied.port = String(port)
  return proxied.href
}

function neighbour(server: {
  kill(signal: NodeJS.Signals): Promise<void>
  restart(): Promise<void>
}): Neighbour {
  return {
    kill: () => server.kill('SIGKILL'),
    restart: () => server.restart(),
    freeze: () => server.kill('SIGSTOP'),
    thaw: () => server.kill('SIGCONT'),
  }
}

async function makeAdminToken(db: Database): Promise<string> {
  const ids = createIdSource()
  const { token } = await inTransaction(db, async (tx) => {
    const admin = await insertUser(tx, {
      id: ids.uuid() as UserId,
      email: 'admin@desk.example',
      first_name: 'Ada',
      last_name: 'Admin',
      role: 'admin',
    })
    return createApiToken(tx, { id: ids.uuid(), userId: admin.id, name: 'fault tests', expiresAt: null })
  })
  return token
}
