// Opens the pool. The only place that hands a connection string to knex.

import type { Knex } from 'knex'
import knex from 'knex'
import { watchSilence } from './watch-silence.ts'

export interface DatabaseOptions {
  /** Largest number of connections this process may hold. */
  readonly poolMax?: number
  /** A statement that takes longer is cancelled by the server; milliseconds. */
  readonly statementTimeoutMs?: number
  /** A server that says nothing for so long while a statement is open is taken for gone; milliseconds. */
  readonly silenceMs?: number
}

const defaultStatementTimeoutMs = 30_000
/** How much later than the time-out of statements a server that is there would have answered, milliseconds. */
const graceMs = 30_000

/** A pool, or a transaction taken from one: what every query function takes first. */
export type Database = Knex

/**
 * Opens a pool; connections are made when first needed, so an absent server shows at the first query.
 * Dates and numbers: timestamptz comes back as Date, bigint and numeric as text.
 */
export function connectDatabase(url: string, options: DatabaseOptions = {}): Database {
  const { statementTimeoutMs = defaultStatementTimeoutMs } = options
  const { silenceMs = statementTimeoutMs + graceMs } = options
  const db = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'maildesk',
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: 60_000,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    },
    pool: { min: 0, max: options.poolMax ?? 10 },
    acquireConnectionTimeout: 15_000,
    // What knex would print is thrown as well, and told where it is handled.
    log: { debug: noPrint, warn: noPrint, error: noPrint, deprecate: noPrint },
  })
  const open = db.client.acquireRawConnection.bind(db.client)
  db.client.acquireRawConnection = async () => watchSilence(await open(), silenceMs)
  return db
}

function noPrint(): void {}
