// The time by the one clock that all processes share.
import type { Database } from './connect.ts'

/**
 * Now, by the database: how long ago a row was written is told by the clock that wrote it, since that of this host may be
 * an hour off.
 */
export async function readDatabaseTime(db: Database): Promise<Date> {
  const { rows } = await db.raw('SELECT clock_timestamp() AS now')
  return rows[0].now
}
