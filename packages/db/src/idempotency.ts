// Queries of `idempotency_keys`: an answer that was given once is given again, not made again.
import type { UserId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { Transaction } from './transaction.ts'

export interface IdempotencyKey {
  readonly userId: UserId
  /** As the caller sent it; theirs alone. */
  readonly key: string
  /** Of everything that makes the request what it is. */
  readonly requestSha256: string
}

export type KeyClaim =
  /** Nobody used the key: do the work and `keepAnswer` in this transaction. */
  | { readonly kind: 'new' }
  /** The same request was answered before. */
  | { readonly kind: 'answered'; readonly answer: unknown }
  /** The key was used for another request. */
  | { readonly kind: 'reused' }

/**
 * Takes the key in the transaction of the effect. Of two at once the second waits for the first to commit and then
 * finds its answer; if the first rolls back, the second does the work.
 */
export async function claimIdempotencyKey(
  tx: Transaction,
  { userId, key, requestSha256 }: IdempotencyKey,
): Promise<KeyClaim> {
  const inserted = await tx('idempotency_keys')
    .insert({ user_id: userId, key, request_sha256: requestSha256 })
    .onConflict(['user_id', 'key'])
    .ignore()
    .returning('key')
  if (inserted.length === 1) return { kind: 'new' }
  const row = await tx('idempotency_keys').where({ user_id: userId, key }).first()
  if (row?.request_sha256 !== requestSha256) return { kind: 'reused' }
  return { kind: 'answered', answer: row.response }
}

/** Keeps what was answered, beside the effect. */
export async function keepAnswer(
  tx: Transaction,
  { userId, key }: IdempotencyKey,
  answer: unknown,
): Promise<void> {
  await tx('idempotency_keys')
    .where({ user_id: userId, key })
    .update({ response: JSON.stringify(answer) })
}

/** Forgets answers older than `lifeMs`, milliseconds; the same key then means a new request. */
export async function forgetIdempotencyKeys(db: Database, lifeMs: number): Promise<void> {
  await db.raw("DELETE FROM idempotency_keys WHERE created_at < now() - ? * interval '1 millisecond'", [
    lifeMs,
  ])
}
