// The one clock that all processes share.
import type { Database } from './connect.ts'

/**
 * The database's time. Whatever is compared with a time that a row holds is compared by this one: a host's own clock may
 * be hours away. @throws what the driver throws.
 */
export async function databaseNow(db: Database): Promise<Date> {
  const { rows } = await db.raw('SELECT clock_timestamp() AS now')
  return rows[0].now
}
