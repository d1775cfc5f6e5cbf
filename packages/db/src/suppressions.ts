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

/** Notes with a mail to whom it does not go, because nothing goes there. */
export async function insertSuppressedDeliveries(
  tx: Transaction,
  outboundEmailId: OutboundEmailId,
  deliveries: readonly { readonly id: string; readonly address: string }[],
): Promise<void> {
  if (deliveries.length === 0) return
  await tx('outbound_deliveries').insert(
    deliveries.map(({ id, address }) => ({
      id,
      outbound_email_id: outboundEmailId,
      address,
      status: 'suppressed',
    })),
  )
}
