// Queries about delivery reports: which mail they are about, what they change, what they leave behind.
import type {
  BounceFact,
  DeliveryStatus,
  InboundEmailId,
  MessageFlag,
  OutboundEmailId,
  ReportedMail,
  ReportPointer,
  TicketId,
  UserId,
} from '@maildesk/core'
import type { Database } from './connect.ts'
import type { BounceRecordRow, OutboundDeliveryRow, OutboundEmailRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** Merges followed at most; a longer chain is a mistake. */
const maxMerges = 20
/** Lines of one address's history that count. */
const maxHistory = 500
/** Days after which a bounce counts for nothing; longer than every time a setting may name. */
const maxHistoryDays = 3660

/** The mail of ours that the first fitting pointer names, and the ticket its conversation is in now. */
export async function findReportedMail(
  db: Database,
  pointers: readonly ReportPointer[],
): Promise<ReportedMail | undefined> {
  for (const pointer of pointers) {
    const { rows } = await db.raw(
      `WITH RECURSIVE found AS (
         SELECT o.id, coalesce(m.ticket_id, o.ticket_id) AS ticket_id
           FROM outbound_emails o JOIN tickets t ON t.id = o.ticket_id LEFT JOIN messages m ON m.id = o.message_id
          WHERE ${pointer.by === 'stored-id' ? 'o.rfc822_id = ?' : 'o.token_nonce = ? AND t.number = ?'}
          ORDER BY o.created_at DESC LIMIT 1
       ), chain (ticket_id, depth) AS (
         SELECT ticket_id, 0 FROM found
         UNION ALL
         SELECT t.merged_into_id, c.depth + 1 FROM chain c JOIN tickets t ON t.id = c.ticket_id
          WHERE t.merged_into_id IS NOT NULL AND c.depth < ?
       )
       SELECT found.id AS "outboundEmailId", t.id AS "ticketId", t.number AS "ticketNumber"
         FROM found, chain c JOIN tickets t ON t.id = c.ticket_id ORDER BY c.depth DESC LIMIT 1`,
      pointer.by === 'stored-id'
        ? [pointer.rfc822Id, maxMerges]
        : [pointer.nonce, pointer.ticketNumber, maxMerges],
    )
    if (rows[0]) return { by: pointer.by, matched: pointer.matched, ...rows[0] }
  }
  return undefined
}

/** Takes an outgoing mail with its deliveries, so that two reports about it come one after the other. */
export async function lockReportedMail(
  tx: Transaction,
  id: OutboundEmailId,
): Promise<{ row: OutboundEmailRow; deliveries: OutboundDeliveryRow[] } | undefined> {
  const row = await tx<OutboundEmailRow>('outbound_emails').where({ id }).forUpdate().first()
  if (!row) return undefined
  const deliveries = await tx<OutboundDeliveryRow>('outbound_deliveries')
    .where({ outbound_email_id: id })
    .orderBy('address')
  return { row: row as OutboundEmailRow, deliveries: deliveries as OutboundDeliveryRow[] }
}

/** Writes what a report said of one delivery. */
export async function recordDeliveryReport(
  tx: Transaction,
  id: string,
  said: { readonly status: DeliveryStatus; readonly diagnostic: string; readonly at: Date },
): Promise<void> {
  await tx('outbound_deliveries').where({ id }).update({
    status: said.status,
    diagnostic: said.diagnostic,
    bounced_at: said.at,
    updated_at: tx.fn.now(),
  })
}

/** A mail that is reported on was taken by a server, whatever its worker saw: it is not sent again. */
export async function settleReported(tx: Transaction, id: OutboundEmailId): Promise<boolean> {
  const count = await tx('outbound_emails')
    .where({ id, status: 'uncertain' })
    .update({ status: 'sent', sent_at: tx.fn.now(), next_attempt_at: null })
  return count === 1
}

/** One line per report and address; a report that is filed again adds none. */
export async function insertBounceRecord(
  tx: Transaction,
  record: Omit<BounceRecordRow, 'lifted_at'>,
): Promise<void> {
  await tx('bounce_records').insert(record).onConflict(['inbound_email_id', 'address']).ignore()
}

/** What suppression follows from. */
export async function listBounceFacts(db: Database, address: string): Promise<BounceFact[]> {
  const { rows } = await db.raw(
    `SELECT b.kind, b.is_dead AS "isDead", (b.is_final AND o.kind IS NOT DISTINCT FROM 'acknowledgement') AS "isAcknowledgement",
            b.outbound_email_id AS "mailId", b.recorded_at AS at, b.lifted_at IS NOT NULL AS "isLifted"
       FROM bounce_records b LEFT JOIN outbound_emails o ON o.id = b.outbound_email_id
      WHERE b.address = lower(?) AND b.lifted_at IS NULL
        AND (b.kind = 'complaint' OR b.recorded_at > now() - ? * interval '1 day')
      ORDER BY (b.kind = 'complaint') DESC, b.recorded_at DESC LIMIT ?`,
    [address, maxHistoryDays, maxHistory],
  )
  return rows
}

/** The history of an address as people see it, newest first. */
export async function listBounceRecords(db: Database, address: string): Promise<BounceRecordRow[]> {
  return db<BounceRecordRow>('bounce_records')
    .whereRaw('address = lower(?)', [address])
    .orderBy('recorded_at', 'desc')
    .limit(maxHistory)
}

/** Lets the bounces of an address, and on request its complaints, count no more. @returns how many. */
export async function liftBounces(
  tx: Transaction,
  address: string,
  { complaintsToo, at }: { readonly complaintsToo: boolean; readonly at: Date },
): Promise<number> {
  const query = tx('bounce_records').whereRaw('address = lower(?)', [address]).whereNull('lifted_at')
  if (!complaintsToo) query.whereNot({ kind: 'complaint' })
  return query.update({ lifted_at: at })
}

/**
 * Marks a ticket that needs a person. Neither `updated_at` nor the status changes: nobody wrote anything. What asks for
 * more stays.
 */
export async function raiseAttention(
  tx: Transaction,
  ticketId: TicketId,
  attention: 'delivery-failed' | 'complaint',
): Promise<void> {
  await tx.raw(
    `UPDATE tickets SET attention = ?, version = version + 1
      WHERE id = ? AND (attention IS NULL OR (attention = 'delivery-failed' AND attention <> ?))`,
    [attention, ticketId, attention],
  )
}

/** Adds a flag to the message that a mail became, once. */
export async function flagMessageOfInbound(
  tx: Transaction,
  inboundEmailId: InboundEmailId,
  flag: MessageFlag,
): Promise<void> {
  await tx.raw(
    `UPDATE messages SET flags = flags || jsonb_build_array(?::jsonb)
      WHERE inbound_email_id = ? AND NOT flags @> jsonb_build_array(jsonb_build_object('code', ?::text))`,
    [JSON.stringify(flag), inboundEmailId, flag.code],
  )
}

/** Mails this agent nothing more; false when that was so before. */
export async function pauseAgentMail(tx: Transaction, userId: UserId, reason: string): Promise<boolean> {
  const { rowCount } = await tx.raw(
    `INSERT INTO agent_settings (user_id, mail_paused_reason) VALUES (?, ?)
     ON CONFLICT (user_id) DO UPDATE SET mail_paused_reason = excluded.mail_paused_reason, updated_at = now()
       WHERE agent_settings.mail_paused_reason IS NULL`,
    [userId, reason],
  )
  return rowCount === 1
}

/** Mails the agent of this address again; false when it was not paused. */
export async function resumeAgentMail(tx: Transaction, address: string): Promise<boolean> {
  const { rowCount } = await tx.raw(
    `UPDATE agent_settings s SET mail_paused_reason = NULL, updated_at = now()
       FROM users u WHERE u.id = s.user_id AND lower(u.email) = lower(?) AND s.mail_paused_reason IS NOT NULL`,
    [address],
  )
  return rowCount === 1
}
