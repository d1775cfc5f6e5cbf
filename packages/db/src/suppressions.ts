// Queries of `suppressions`: addresses that get no mail, or only what agents write.
import type { OutboundEmailId, Suppression, SuppressionScope, UserId } from '@maildesk/core'
import type { Database } from './connect.ts'
import { containsPattern, type Page, type PageRequest, readPage } from './keyset-page.ts'
import type { SuppressionRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** The suppression of an address that is in force; undefined when mail may go there. */
export async function findSuppression(db: Database, address: string): Promise<SuppressionRow | undefined> {
  const { rows } = await db.raw(
    'SELECT * FROM suppressions WHERE address = lower(?) AND (until IS NULL OR until > now())',
    [address],
  )
  return rows[0]
}

export interface SuppressionFilter {
  readonly scope?: SuppressionScope
  /** Found anywhere in the address. */
  readonly text?: string
}

/** Suppressions in force, newest first. */
export async function listSuppressions(
  db: Database,
  { scope, text }: SuppressionFilter,
  page: PageRequest,
): Promise<Page<SuppressionRow>> {
  const query = db('suppressions').select('suppressions.*').whereRaw('(until IS NULL OR until > now())')
  if (scope) query.where({ scope })
  if (text) query.whereILike('address', containsPattern(text))
  return readPage(db, query, { column: 'created_at', kind: 'time', direction: 'desc', id: 'id' }, page)
}

/** Writes an address's suppression, in place of the one before. */
export async function putSuppression(
  tx: Transaction,
  address: string,
  { scope, reason, until }: Suppression,
  createdById: UserId | null,
): Promise<SuppressionRow> {
  const { rows } = await tx.raw(
    `INSERT INTO suppressions (address, scope, reason, until, created_by_id) VALUES (lower(?), ?, ?, ?, ?)
     ON CONFLICT (address) DO UPDATE
       SET scope = excluded.scope, reason = excluded.reason, until = excluded.until, created_by_id = excluded.created_by_id
     RETURNING *`,
    [address, scope, reason, until, createdById],
  )
  return rows[0]
}

/** @returns false when there was none in force. */
export async function deleteSuppression(tx: Transaction, address: string): Promise<boolean> {
  const { rows } = await tx.raw(
    'DELETE FROM suppressions WHERE address = lower(?) RETURNING (until IS NULL OR until > now()) AS "inForce"',
    [address],
  )
  return rows[0]?.inForce ?? false
}

/** Addresses of a queued mail that get nothing at all. */
export async function listWhollySuppressed(db: Database, id: OutboundEmailId): Promise<SuppressionRow[]> {
  const { rows } = await db.raw(
    `SELECT s.* FROM suppressions s
      WHERE s.scope = 'all' AND (s.until IS NULL OR s.until > now())
        AND s.address IN (SELECT lower(d.address) FROM outbound_deliveries d WHERE d.outbound_email_id = ?)
      ORDER BY s.address`,
    [id],
  )
  return rows
}

/** Takes addresses out of a queued mail; when nobody is left the mail is cancelled. @returns whether anybody is left. */
export async function suppressDeliveries(
  tx: Transaction,
  id: OutboundEmailId,
  addresses: readonly string[],
): Promise<boolean> {
  await tx.raw(
    `UPDATE outbound_deliveries SET status = 'suppressed', updated_at = now()
      WHERE outbound_email_id = ? AND status = 'queued' AND lower(address) = ANY (?::text[])`,
    [id, [...addresses]],
  )
  const { rowCount } = await tx.raw(
    `UPDATE outbound_emails SET status = 'cancelled', next_attempt_at = NULL
      WHERE id = ? AND NOT EXISTS (
        SELECT FROM outbound_deliveries WHERE outbound_email_id = ? AND status <> 'suppressed')`,
    [id, id],
  )
  return rowCount === 0
}
