// Queries of `blocked_senders`.
import { blockEntriesFor, type UserId } from '@maildesk/core'
import type { Database } from './connect.ts'
import { type Page, type PageRequest, readPage } from './keyset-page.ts'
import type { BlockedSenderRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** One page of the blocklist, newest first. */
export async function listBlockedSenders(db: Database, page: PageRequest): Promise<Page<BlockedSenderRow>> {
  return readPage<BlockedSenderRow>(
    db,
    db('blocked_senders').select('blocked_senders.*'),
    { column: 'created_at', kind: 'time', direction: 'desc', id: 'id' },
    page,
  )
}

/** The narrowest entry that names this sender: the address, else the domain, else one above it. */
export async function findBlockingEntry(db: Database, address: string): Promise<string | undefined> {
  const row = await db<BlockedSenderRow>('blocked_senders')
    .select('entry')
    .whereIn('entry', blockEntriesFor(address))
    .orderByRaw('length(entry) DESC')
    .first()
  return row?.entry
}

/** Adds an entry, or answers the one that is there. `entry` as `blockEntryOf` gives it. */
export async function blockSender(
  tx: Transaction,
  blocked: { id: string; entry: string; reason: string; createdById: UserId | null },
): Promise<BlockedSenderRow> {
  await tx('blocked_senders')
    .insert({
      id: blocked.id,
      entry: blocked.entry,
      reason: blocked.reason,
      created_by_id: blocked.createdById,
    })
    .onConflict('entry')
    .ignore()
  return tx('blocked_senders').where({ entry: blocked.entry }).first()
}

/** True when there was such an entry. */
export async function unblockSender(
  tx: Transaction,
  which: { readonly id: string } | { readonly entry: string },
): Promise<boolean> {
  return (await tx('blocked_senders').where(which).delete()) > 0
}

/** A mail was held because of this entry. */
export async function recordBlockHit(tx: Transaction, entry: string): Promise<void> {
  await tx('blocked_senders')
    .where({ entry })
    .update({ hits: tx.raw('hits + 1'), last_hit_at: tx.fn.now() })
}
