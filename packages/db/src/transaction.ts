// One transaction, with its errors told in our words.
import type { Knex } from 'knex'
import { classifyPgError } from './classify-pg-error.ts'
import type { Database } from './connect.ts'

/** A transaction: what every writing query takes, so that none can be written outside of one by accident. */
export type Transaction = Knex.Transaction

/** Runs `work` in one transaction: all of it is committed, or none. @throws MaildeskError db.* */
export async function inTransaction<Result>(
  db: Database,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  try {
    return await db.transaction(work)
  } catch (error) {
    throw classifyPgError(error)
  }
}
