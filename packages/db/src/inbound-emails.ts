// Queries of the inbound ledger. Times of leases and retries are the database's, so that hosts need not agree.
import type {
  AuthenticationVerdict,
  InboundEmailId,
  InboundOutcome,
  InboundStatus,
  MailboxId,
  Rfc822Id,
  TicketId,
  UserId,
} from '@maildesk/core'
import type { Database } from './connect.ts'
import type { InboundEmailRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

export type NewInboundEmail = Pick<
  InboundEmailRow,
  | 'id'
  | 'mailbox_id'
  | 'folder'
  | 'folder_purpose'
  | 'uid_validity'
  | 'arrived_by'
  | 'raw_key'
  | 'raw_complete'
  | 'internal_date'
  | 'rfc822_id'
  | 'from_address'
  | 'subject'
  | 'after_state'
> & { readonly uid: number | null; readonly raw_size: number }

/** Keeps mails in the ledger; those whose (mailbox, folder, UIDVALIDITY, UID) is there already are left out of the answer. */
export async function insertInboundEmails(
  tx: Transaction,
  rows: readonly NewInboundEmail[],
): Promise<InboundEmailId[]> {
  if (rows.length === 0) return []
  const inserted = await tx('inbound_emails')
    .insert(
      rows.map((row) => ({
        ...row,
        received_at: tx.raw('clock_timestamp()'),
        after_next_at: row.after_state === 'pending' ? tx.fn.now() : null,
      })),
    )
    .onConflict(['mailbox_id', 'folder', 'uid_validity', 'uid'])
    .ignore()
    .returning('id')
  return inserted.map(({ id }: { id: InboundEmailId }) => id)
}

export async function findInboundEmail(
  db: Database,
  id: InboundEmailId,
): Promise<InboundEmailRow | undefined> {
  return db<InboundEmailRow>('inbound_emails').where({ id }).first()
}

/** Any mail of this Message-ID. */
export async function findInboundByMessageId(
  db: Database,
  rfc822Id: Rfc822Id,
): Promise<InboundEmailRow | undefined> {
  return db<InboundEmailRow>('inbound_emails').where({ rfc822_id: rfc822Id }).first()
}

/**
 * Takes a due mail for filing and counts the start, before any work is done on it; undefined when it is finished,
 * not due, or owned by another worker.
 */
export async function claimInboundEmail(
  db: Database,
  id: InboundEmailId,
  leaseMs: number,
): Promise<InboundEmailRow | undefined> {
  const { rows } = await db.raw(
    `UPDATE inbound_emails
        SET attempts = attempts + 1, leased_until = now() + ? * interval '1 millisecond'
      WHERE id = ? AND status = 'received' AND next_attempt_at <= now() AND (leased_until IS NULL OR leased_until < now())
      RETURNING *`,
    [leaseMs, id],
  )
  return rows[0]
}

/** Keeps the lease of the start that `attempts` names; false when it was lost. */
export async function renewInboundLease(
  db: Database,
  row: InboundEmailRow,
  leaseMs: number,
): Promise<boolean> {
  const { rowCount } = await db.raw(
    `UPDATE inbound_emails SET leased_until = now() + ? * interval '1 millisecond' WHERE id = ? AND status = 'received' AND attempts = ?`,
    [leaseMs, row.id, row.attempts],
  )
  return rowCount === 1
}

/** Locks the row for the finishing transaction; undefined when another start finished it or took it over. */
export async function lockClaimedInboundEmail(
  tx: Transaction,
  row: InboundEmailRow,
): Promise<InboundEmailRow | undefined> {
  return tx<InboundEmailRow>('inbound_emails')
    .where({ id: row.id, status: 'received', attempts: row.attempts })
    .forUpdate()
    .first()
}

/** Gives the mail back, due again in `inMs`. `refund`: the start did not count, because it was not the mail's fault. */
export async function deferInboundEmail(
  db: Database,
  row: InboundEmailRow,
  {
    inMs,
    refund,
    error,
    waitingFor,
  }: { inMs: number; refund: boolean; error: string | null; waitingFor: InboundEmailId | null },
): Promise<void> {
  await db.raw(
    `UPDATE inbound_emails
        SET leased_until = NULL, next_attempt_at = now() + ? * interval '1 millisecond',
            attempts = attempts - ?, last_error = ?, waiting_for_id = ?,
            waiting_since = CASE WHEN ? THEN coalesce(waiting_since, now()) ELSE waiting_since END
      WHERE id = ? AND status = 'received' AND attempts = ?`,
    [inMs, refund ? 1 : 0, error, waitingFor, waitingFor !== null, row.id, row.attempts],
  )
}

/** Keeps what was found of the sender; the caller holds the row's lock. */
export async function recordAuthentication(
  tx: Transaction,
  id: InboundEmailId,
  found: { readonly verdict: AuthenticationVerdict; readonly detail: unknown },
): Promise<void> {
  await tx('inbound_emails')
    .where({ id })
    .update({ authentication: found.verdict, authentication_detail: JSON.stringify(found.detail) })
}

export interface InboundEnd {
  readonly status: Exclude<InboundStatus, 'received'>
  readonly outcome: InboundOutcome
  readonly reason: string | null
  readonly decision: unknown
  readonly ticketId: TicketId | null
  readonly duplicateOf: InboundEmailId | null
  readonly contentHash: string | null
  readonly bodyHash: string | null
}

/** Writes the outcome; the caller holds the row's lock. */
export async function finishInboundEmail(
  tx: Transaction,
  id: InboundEmailId,
  end: InboundEnd,
): Promise<void> {
  await tx('inbound_emails')
    .where({ id })
    .update({
      status: end.status,
      outcome: end.outcome,
      reason: end.reason,
      decision: end.decision === null ? null : JSON.stringify(end.decision),
      ticket_id: end.ticketId,
      duplicate_of_id: end.duplicateOf,
      content_hash: end.contentHash,
      body_hash: end.bodyHash,
      finished_at: tx.fn.now(),
      leased_until: null,
      waiting_for_id: null,
    })
}

/** Those that waited for this mail are due now. */
export async function wakeWaiting(tx: Transaction, id: InboundEmailId): Promise<InboundEmailId[]> {
  const rows = await tx('inbound_emails')
    .where({ waiting_for_id: id, status: 'received' })
    .update({ next_attempt_at: tx.fn.now(), waiting_for_id: null })
    .returning('id')
  return rows.map((row: { id: InboundEmailId }) => row.id)
}

/** Takes a finished mail back to be filed again. */
export async function resetInboundEmail(tx: Transaction, id: InboundEmailId): Promise<void> {
  await tx('inbound_emails')
    .where({ id })
    .whereNot({ status: 'received' })
    .update({
      status: 'received',
      outcome: null,
      reason: null,
      attempts: 0,
      leased_until: null,
      next_attempt_at: tx.fn.now(),
      last_error: null,
      waiting_since: null,
      duplicate_of_id: null,
      finished_at: null,
      authentication: null,
      authentication_detail: null,
      // A mail that is filed again is not discarded any more; what was waived stays so.
      judgement: tx.raw("nullif(judgement, 'discarded')"),
      judged_at: tx.raw("CASE WHEN judgement = 'discarded' THEN NULL ELSE judged_at END"),
    })
}

export interface DueInbound {
  readonly id: InboundEmailId
  /** Milliseconds since it became due. */
  readonly overdueMs: number
}

/** Mails that stand still though they are due, the longest waiting first. */
export async function listDueInbound(db: Database, limit: number): Promise<DueInbound[]> {
  const { rows } = await db.raw(
    `SELECT id, (extract(epoch FROM now() - greatest(next_attempt_at, coalesce(leased_until, next_attempt_at))) * 1000)::float8 AS "overdueMs"
       FROM inbound_emails
      WHERE status = 'received' AND next_attempt_at <= now() AND (leased_until IS NULL OR leased_until < now())
      ORDER BY next_attempt_at, id LIMIT ?`,
    [limit],
  )
  return rows
}

/** Mails whose after-processing is due in this epoch of the folder. */
export async function listAfterDue(
  db: Database,
  place: { mailboxId: MailboxId; folder: string; uidValidity: string },
  limit: number,
): Promise<{ id: InboundEmailId; uid: string }[]> {
  return db('inbound_emails')
    .select('id', 'uid')
    .where({
      mailbox_id: place.mailboxId,
      folder: place.folder,
      uid_validity: place.uidValidity,
      after_state: 'pending',
    })
    .where('after_next_at', '<=', db.fn.now())
    .orderBy('uid')
    .limit(limit)
}

export async function recordAfterDone(db: Database, ids: readonly InboundEmailId[]): Promise<void> {
  await db('inbound_emails')
    .whereIn('id', ids)
    .update({ after_state: 'done', after_error: null, after_attempts: db.raw('after_attempts + 1') })
}

/** After-processing failed: again later, with growing waits up to an hour; the mail itself is safe with us. */
export async function recordAfterFailed(
  db: Database,
  ids: readonly InboundEmailId[],
  error: string,
): Promise<void> {
  await db('inbound_emails')
    .whereIn('id', ids)
    .update({
      after_attempts: db.raw('after_attempts + 1'),
      after_error: error,
      after_next_at: db.raw(`now() + least(power(2, least(after_attempts, 12)), 3600) * interval '1 second'`),
    })
}

export interface Judgement {
  readonly judgement: 'released' | 'discarded'
  readonly judgedById: UserId | null
  readonly note: string | null
  readonly waivedReasons: readonly string[]
  readonly placedInId: TicketId | null
}

/** Keeps what a person said about a held mail; the caller holds the row's lock. */
export async function recordJudgement(tx: Transaction, id: InboundEmailId, said: Judgement): Promise<void> {
  await tx('inbound_emails')
    .where({ id })
    .update({
      judgement: said.judgement,
      judged_by_id: said.judgedById,
      judged_at: tx.fn.now(),
      judgement_note: said.note,
      waived_reasons: JSON.stringify(said.waivedReasons),
      placed_in_id: said.placedInId,
    })
}

/** Takes the row for this transaction. */
export async function lockInboundEmail(
  tx: Transaction,
  id: InboundEmailId,
): Promise<InboundEmailRow | undefined> {
  return tx<InboundEmailRow>('inbound_emails').where({ id }).forUpdate().first()
}
