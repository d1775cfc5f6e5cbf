// Redis or PostgreSQL: decided here once; nobody else can tell.

import { errorText, MaildeskError } from '@maildesk/core'
import {
  assertSchemaCompatibility,
  type Job as BullJob,
  LATEST_SCHEMA_VERSION,
  Queue,
  runMigrations,
  SchemaMigrationRequiredError,
  SchemaVersionMismatchError,
  Worker,
  type WorkerOptions,
} from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createGuardedPostgresBackend } from './guarded-postgres-backend.ts'
import { within } from './within.ts'

export interface QueueSettings {
  /** Set: Redis. Unset: the PostgreSQL of `databaseUrl`. */
  readonly redisUrl: string | undefined
  readonly databaseUrl: string
  /** Longest wait for one command of a producer, milliseconds; then queue.unavailable. */
  readonly commandTimeoutMs?: number
  /** A name before every key, so that desks (and tests) can share one server. */
  readonly prefix?: string
}

/** What a backend can do beyond BullMQ's own classes. */
export interface QueueBackend {
  readonly kind: 'redis' | 'postgres'
  openQueue(name: string): Queue
  /** Resolves when commands can be given; @throws Error at once while a server is away that was there before. */
  connected(): Promise<void>
  openWorker(
    name: string,
    work: (job: BullJob) => Promise<void>,
    options: Omit<WorkerOptions, 'connection'>,
  ): Worker
  /** @throws MaildeskError queue.unavailable | queue.unsuitable */
  probe(): Promise<void>
  close(): Promise<void>
}

export const defaultCommandTimeoutMs = 2000
const defaultPrefix = 'maildesk'
/** BullMQ's PostgreSQL tables live in a schema of their own. */
const bullmqSchema = 'bullmq'

export function openBackend(settings: QueueSettings): QueueBackend {
  return settings.redisUrl ? openRedis(settings.redisUrl, settings) : openPostgres(settings)
}

/**
 * Creates or upgrades BullMQ's own tables; idempotent, and safe from many hosts at once (it takes an advisory lock).
 * @throws MaildeskError queue.unsuitable when a newer maildesk made them.
 */
export async function migrateQueue(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined) // told by the statement that fails
  await client.connect()
  try {
    await runMigrations(client, bullmqSchema)
  } catch (error) {
    throw error instanceof SchemaVersionMismatchError ? tooNew(error) : error
  } finally {
    await client.end()
  }
}

function openRedis(redisUrl: string, settings: QueueSettings): QueueBackend {
  const timeoutMs = settings.commandTimeoutMs ?? defaultCommandTimeoutMs
  const prefix = settings.prefix ?? defaultPrefix
  // A producer must fail at once while Redis is away: the ledger already holds the work and the sweeper rings again.
  const producer = new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
  })
  producer.on('error', () => undefined) // told by probe and by each failed ring
  let wasReady = false
  const firstReady = new Promise<void>((resolve) => {
    producer.once('ready', () => {
      wasReady = true
      resolve()
    })
  })
  const consumers: Redis[] = []
  return {
    kind: 'redis',
    openQueue: (name) => new Queue(name, { connection: producer, prefix }),
    async connected() {
      if (producer.status === 'ready') return
      if (wasReady) throw new Error(`Redis is away (${producer.status})`)
      await within(timeoutMs, firstReady)
    },
    openWorker(name, work, options) {
      // Workers wait for Redis as long as it takes (BullMQ demands null here).
      const consumer = new Redis(redisUrl, { maxRetriesPerRequest: null })
      consumer.on('error', () => undefined) // the Worker tells it
      consumers.push(consumer)
      return new Worker(name, work, { ...options, connection: consumer, prefix })
    },
    async probe() {
      let info: string
      try {
        if (producer.status !== 'ready') await untilReady(producer, timeoutMs)
        info = await within(timeoutMs, producer.info('memory'))
      } catch (cause) {
        throw new MaildeskError(
          'queue.unavailable',
          `Redis does not answer: ${errorText(cause)}`,
          {},
          { cause },
        )
      }
      const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1] ?? 'unknown'
      if (policy !== 'noeviction') {
        throw new MaildeskError(
          'queue.unsuitable',
          `Redis has maxmemory-policy ${policy} and may throw jobs away; set it to noeviction`,
          { policy },
        )
      }
    },
    async close() {
      producer.disconnect()
      for (const consumer of consumers) consumer.disconnect()
    },
  }
}

function untilReady(redis: Redis, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error) => {
      clearTimeout(timer)
      redis.off('ready', done)
      if (error) reject(error)
      else resolve()
    }
    const timer = setTimeout(() => done(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs)
    redis.once('ready', done)
  })
}

function openPostgres(settings: QueueSettings): QueueBackend {
  const timeoutMs = settings.commandTimeoutMs ?? defaultCommandTimeoutMs
  const connection = (max: number) => ({
    connectionString: settings.databaseUrl,
    schema: bullmqSchema,
    max,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
  })
  const probePool = new pg.Pool({ ...connection(1), application_name: 'maildesk-queue-probe' })
  probePool.on('error', () => undefined) // told by the probe that needs it next
  const name = (queue: string) => (settings.prefix ? `${settings.prefix}-${queue}` : queue)
  return {
    kind: 'postgres',
    openQueue: (queue) =>
      new Queue(name(queue), { connection: connection(3) }, createGuardedPostgresBackend) as unknown as Queue,
    // The pool connects when it is asked, and says so when it cannot.
    connected: () => Promise.resolve(),
    openWorker: (queue, work, options) =>
      new Worker(
        name(queue),
        work,
        { ...options, connection: connection(4) },
        createGuardedPostgresBackend,
      ) as unknown as Worker,
    async probe() {
      try {
        const version = await within(timeoutMs, assertSchemaCompatibility(probePool, bullmqSchema))
        // BullMQ looks only for tables that are too new, and fails later on functions that are not there yet.
        if (version < LATEST_SCHEMA_VERSION)
          throw new Error('BullMQ’s tables are of an older maildesk; run: maildesk migrate')
      } catch (cause) {
        if (cause instanceof SchemaVersionMismatchError) throw tooNew(cause)
        const isMissing = cause instanceof SchemaMigrationRequiredError
        throw new MaildeskError(
          'queue.unavailable',
          `the queue in PostgreSQL does not answer: ${isMissing ? 'BullMQ’s tables are missing; run: maildesk migrate' : errorText(cause)}`,
          {},
          { cause },
        )
      }
    },
    close: () => within(timeoutMs, probePool.end()).catch(() => undefined), // a server that is away is not waited for
  }
}

function tooNew(cause: SchemaVersionMismatchError): MaildeskError {
  return new MaildeskError(
    'queue.unsuitable',
    `BullMQ’s tables were made by a newer maildesk: they need BullMQ ${cause.minimumClientVersion}, this is ${cause.clientVersion}; start the newer maildesk`,
    { needs: cause.minimumClientVersion, has: cause.clientVersion },
    { cause },
  )
}
