// Opens the pool. The only place that hands a connection string to knex.

import type { Knex } from 'knex'
import knex from 'knex'

export interface DatabaseOptions {
  /** Largest number of connections this process may hold. */
  readonly poolMax?: number
  /** A statement that takes longer is cancelled by the server; milliseconds. */
  readonly statementTimeoutMs?: number
}

/** A pool, or a transaction taken from one: what every query function takes first. */
export type Database = Knex

/**
 * Opens a pool; connections are made when first needed, so an absent server shows at the first query.
 * Dates and numbers: timestamptz comes back as Date, bigint and numeric as text.
 */
export function connectDatabase(url: string, options: DatabaseOptions = {}): Database {
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'maildesk',
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      idle_in_transaction_session_timeout: 60_000,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    },
    pool: { min: 0, max: options.poolMax ?? 10 },
    acquireConnectionTimeout: 15_000,
    // What knex would print is thrown as well, and told where it is handled.
    log: { debug: noPrint, warn: noPrint, error: noPrint, deprecate: noPrint },
  })
}

function noPrint(): void {}
