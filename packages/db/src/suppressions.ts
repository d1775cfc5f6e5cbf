// Queries of `suppressions`: addresses that get no mail, or none that we send by ourselves.
import type { Database } from './connect.ts'
import type { SuppressionRow } from './tables.ts'

/** What is in force for the address now; undefined when nothing is. */
export async function findSuppression(db: Database, address: string): Promise<SuppressionRow | undefined> {
  return db<SuppressionRow>('suppressions')
    .where({ address: address.toLowerCase() })
    .where((which) => which.whereNull('until').orWhere('until', '>', db.fn.now()))
    .first()
}
