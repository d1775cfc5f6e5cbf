// The outbound ledger beside the attempts: mails taken back, mails of unknown fate, copies in the folder of sent mail.
import type { OutboundEmailId, Rfc822Id, UserId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { DueOutbound } from './outbound-emails.ts'
import type { OutboundEmailRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** Takes a mail back that surely has not left, for anybody. False when it has, may have, or is on its way. */
export async function cancelQueued(
  tx: Transaction,
  id: OutboundEmailId,
  by: UserId | null,
): Promise<boolean> {
  const { rowCount } = await tx.raw(
    `UPDATE outbound_emails o SET status = 'cancelled', next_attempt_at = NULL, cancelled_by_id = ?
      WHERE id = ? AND status IN ('queued', 'retry') AND uncertain_attempts = 0
        AND NOT EXISTS (SELECT FROM outbound_deliveries d WHERE d.outbound_email_id = o.id AND d.status NOT IN ('queued', 'retry', 'refused'))`,
    [by, id],
  )
  return rowCount === 1
}

/** What shows that a mail of unknown fate left. */
export interface ProofRow {
  /** A delivery report or a complaint tells of it. */
  readonly report: boolean
  /** A mail that came in names its Message-ID. */
  readonly answer: boolean
  /** An attempt before reached some recipients. */
  readonly isPartlySent: boolean
}

export async function findProof(
  db: Database,
  row: Pick<OutboundEmailRow, 'id' | 'rfc822_id'>,
): Promise<ProofRow> {
  const { rows } = await db.raw(
    `SELECT EXISTS (SELECT FROM bounce_records WHERE outbound_email_id = ?)
            OR EXISTS (SELECT FROM outbound_deliveries WHERE outbound_email_id = ? AND bounced_at IS NOT NULL) AS report,
            EXISTS (SELECT FROM referenced_ids r JOIN messages m ON m.id = r.message_id
                     WHERE r.rfc822_id = ? AND m.inbound_email_id IS NOT NULL) AS answer,
            EXISTS (SELECT FROM outbound_deliveries WHERE outbound_email_id = ? AND status = 'sent') AS "isPartlySent"`,
    [row.id, row.id, row.rfc822_id satisfies Rfc822Id, row.id],
  )
  return rows[0]
}

export interface Settled {
  readonly status: 'uncertain' | 'sent' | 'failed'
  /** Milliseconds until it is looked at again; null for never. */
  readonly nextInMs: number | null
  readonly response: string
}

/** Writes what became of a mail of unknown fate; false when that was done meanwhile, or it is being sent again. */
export async function settleUncertain(
  tx: Transaction,
  row: Pick<OutboundEmailRow, 'id' | 'attempts'>,
  { status, nextInMs, response }: Settled,
): Promise<boolean> {
  const { rowCount } = await tx.raw(
    `UPDATE outbound_emails
        SET status = ?, next_attempt_at = now() + ?::float8 * interval '1 millisecond', last_response = ?,
            sent_at = CASE WHEN ? = 'sent' THEN coalesce(data_started_at, now()) END
      WHERE id = ? AND status = 'uncertain' AND attempts = ?`,
    [status, nextInMs, response, status, row.id, row.attempts],
  )
  if (rowCount !== 1) return false
  if (status !== 'uncertain')
    await tx('outbound_deliveries')
      .where({ outbound_email_id: row.id })
      .whereIn('status', ['queued', 'retry'])
      .update({ status: status === 'sent' ? 'sent' : 'refused', response, updated_at: tx.fn.now() })
  return true
}

/** A copy of the mail is to be kept in its mailbox's folder of sent mail. False when there is no such folder. */
export async function requestSentCopy(tx: Transaction, id: OutboundEmailId): Promise<boolean> {
  const { rowCount } = await tx.raw(
    `UPDATE outbound_emails o SET copy_state = 'pending', copy_next_at = now()
       FROM mailboxes m
      WHERE o.id = ? AND m.id = o.mailbox_id AND o.copy_state = 'none'
        AND m.sent_folder IS NOT NULL AND m.imap_host IS NOT NULL`,
    [id],
  )
  return rowCount === 1
}

/** Takes a due copy and counts the attempt; until `leaseMs` are over nobody else tries. */
export async function claimSentCopy(
  db: Database,
  id: OutboundEmailId,
  leaseMs: number,
): Promise<OutboundEmailRow | undefined> {
  const { rows } = await db.raw(
    `UPDATE outbound_emails SET copy_attempts = copy_attempts + 1, copy_next_at = now() + ? * interval '1 millisecond'
      WHERE id = ? AND copy_state = 'pending' AND copy_next_at <= now() RETURNING *`,
    [leaseMs, id],
  )
  return rows[0]
}

/** Keeps a claimed copy claimed; false when it was finished or another attempt has begun. */
export async function renewSentCopy(
  db: Database,
  row: Pick<OutboundEmailRow, 'id' | 'copy_attempts'>,
  leaseMs: number,
): Promise<boolean> {
  const { rowCount } = await db.raw(
    `UPDATE outbound_emails SET copy_next_at = now() + ? * interval '1 millisecond'
      WHERE id = ? AND copy_state = 'pending' AND copy_attempts = ?`,
    [leaseMs, row.id, row.copy_attempts],
  )
  return rowCount === 1
}

/** Writes what became of a copy. */
export async function finishSentCopy(
  db: Database,
  id: OutboundEmailId,
  result: {
    readonly state: 'pending' | 'done' | 'failed' | 'none'
    readonly nextInMs: number | null
    readonly error: string | null
  },
): Promise<void> {
  await db.raw(
    `UPDATE outbound_emails SET copy_state = ?, copy_next_at = now() + ?::float8 * interval '1 millisecond', copy_error = ?
      WHERE id = ? AND copy_state = 'pending'`,
    [result.state, result.nextInMs, result.error, id],
  )
}

/** Copies that stand still though they are due. */
export async function listDueCopies(db: Database, limit: number): Promise<DueOutbound[]> {
  const { rows } = await db.raw(
    `SELECT id, (extract(epoch FROM now() - copy_next_at) * 1000)::float8 AS "overdueMs"
       FROM outbound_emails WHERE copy_state = 'pending' AND copy_next_at <= now()
      ORDER BY copy_next_at, id LIMIT ?`,
    [limit],
  )
  return rows
}

/** Every mail that failed, oldest first. */
export async function listFailedOutbound(db: Database): Promise<OutboundEmailId[]> {
  return db<OutboundEmailRow>('outbound_emails').where({ status: 'failed' }).orderBy('created_at').pluck('id')
}
