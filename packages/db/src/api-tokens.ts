// Queries of `api_tokens`: who is calling. Only hashes are kept, so a copy of the database opens nothing.
import { createHash, randomBytes } from 'node:crypto'
import type { UserId, UserRole } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { ApiTokenRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** Random bits of a token: more than anybody can try. */
const tokenBytes = 32

/** What a token looks like: told apart from other secrets at a glance, and refused without asking the database. */
export const apiTokenPattern = /^mdk_[A-Za-z0-9_-]{43}$/

/** The form a token is kept and looked up in. Pure. The token is random, so a plain SHA-256 is enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export interface NewApiToken {
  readonly id: string
  readonly userId: UserId
  /** For people: where it is used. */
  readonly name: string
  readonly expiresAt?: Date | null
}

/** Makes a token; the returned text is the only copy there will ever be. */
export async function createApiToken(
  tx: Transaction,
  { id, userId, name, expiresAt }: NewApiToken,
): Promise<{ token: string; row: ApiTokenRow }> {
  const token = `mdk_${randomBytes(tokenBytes).toString('base64url')}`
  const [row] = await tx<ApiTokenRow>('api_tokens')
    .insert({ id, user_id: userId, name, token_sha256: hashToken(token), expires_at: expiresAt ?? null })
    .returning('*')
  return { token, row: row as ApiTokenRow }
}

/** Ends a token for good; false when there is none or it had ended. */
export async function revokeApiToken(db: Database, id: string): Promise<boolean> {
  const changed = await db('api_tokens')
    .where({ id })
    .whereNull('revoked_at')
    .update({ revoked_at: db.fn.now() })
  return changed === 1
}

/** The person behind a token, and whether it still opens anything. */
export interface TokenHolder {
  readonly tokenId: string
  readonly userId: UserId
  readonly role: UserRole
  /** False when expired, revoked, or the person was deactivated; by the database's clock. */
  readonly isLive: boolean
  /** True when last_used_at is older than a minute, or was never set. */
  readonly useIsStale: boolean
}

const holderColumns = `t.id AS "tokenId", u.id AS "userId", u.role,
  (u.is_active AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())) AS "isLive",
  (t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute') AS "useIsStale"`

export async function findTokenHolder(db: Database, token: string): Promise<TokenHolder | undefined> {
  const { rows } = await db.raw(
    `SELECT ${holderColumns} FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.token_sha256 = ?`,
    [hashToken(token)],
  )
  return rows[0]
}

/** The same by the token's id, for a session that was opened with it. */
export async function findTokenHolderById(db: Database, tokenId: string): Promise<TokenHolder | undefined> {
  const { rows } = await db.raw(
    `SELECT ${holderColumns} FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.id = ?`,
    [tokenId],
  )
  return rows[0]
}

/** Notes that a token was used, at most once a minute. */
export async function touchApiToken(db: Database, tokenId: string): Promise<void> {
  await db.raw(
    `UPDATE api_tokens SET last_used_at = now() WHERE id = ? AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
    [tokenId],
  )
}
