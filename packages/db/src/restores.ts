// A database that was put back from a backup: what the lost desk did since is not in it, and must not be done again.
import type { OutboundEmailId, OutboundKind, TicketId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { Transaction } from './transaction.ts'

/** Until when a lost desk may have answered mail; null when nothing was ever restored. */
export async function lastRestore(db: Database): Promise<Date | null> {
  const row = await db('restores').max('worked_until AS at').first()
  return row?.at ?? null
}

export async function insertRestore(
  tx: Transaction,
  restore: { readonly id: string; readonly workedUntil: Date; readonly skippedNumbers: number },
): Promise<void> {
  await tx('restores').insert({
    id: restore.id,
    worked_until: restore.workedUntil,
    skipped_numbers: restore.skippedNumbers,
  })
}

/** Leaves out the next ticket numbers. @returns the last one that is left out. */
export async function skipTicketNumbers(tx: Transaction, count: number): Promise<string> {
  const { rows } = await tx.raw(
    `WITH present AS (
       SELECT greatest((SELECT max(number) FROM tickets),
                       nextval(pg_get_serial_sequence('tickets', 'number')) - 1) AS last)
     SELECT setval(pg_get_serial_sequence('tickets', 'number'), last + ?::bigint + 1, false) - 1 AS last FROM present`,
    [count],
  )
  return rows[0].last
}

export interface MaybeSent {
  readonly id: OutboundEmailId
  readonly kind: OutboundKind
  readonly ticketId: TicketId
}

/**
 * Mails that the backup holds as still to be sent, and that the lost desk may have sent since: those due by `workedUntil`
 * and those in the middle of it become `uncertain`. Automatic ones fail there, since they are never sent again; of
 * replies proof is looked for once more, and then a person is asked. `attemptsSpent`: more than are ever resent by themselves.
 */
export async function doubtUnsentEmails(
  tx: Transaction,
  workedUntil: Date,
  attemptsSpent: number,
): Promise<MaybeSent[]> {
  const { rows } = await tx.raw(
    `UPDATE outbound_emails
        SET status = 'uncertain', lease_token = NULL, leased_until = NULL, data_started_at = now(), next_attempt_at = now(),
            uncertain_attempts = greatest(uncertain_attempts, ?::int),
            last_response = 'restored from a backup: the lost desk may have sent it'
      WHERE status = 'sending' OR (status IN ('queued', 'retry', 'uncertain') AND next_attempt_at <= ?)
      RETURNING id, kind, ticket_id AS "ticketId"`,
    [attemptsSpent, workedUntil],
  )
  return rows
}
