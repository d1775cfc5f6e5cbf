// Queries of the outbound ledger.
import type {
  AfterAttempt,
  BlobKey,
  ComposedEmail,
  InboundEmailId,
  MailboxId,
  MessageId,
  OutboundEmailId,
  OutboundKind,
  TicketId,
  TokenRole,
  UserId,
} from '@maildesk/core'
import type { Database } from './connect.ts'
import type { OutboundDeliveryRow, OutboundEmailRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

export interface NewOutboundEmail {
  readonly id: OutboundEmailId
  readonly kind: OutboundKind
  readonly ticketId: TicketId
  readonly messageId: MessageId | null
  readonly mailboxId: MailboxId
  readonly causeInboundId: InboundEmailId | null
  readonly tokenNonce: string
  readonly envelopeFrom: string
  readonly composed: ComposedEmail
  readonly recipientUserId?: UserId | null
  readonly eventId?: string | null
  readonly template?: string | null
  readonly tokenRole?: TokenRole
  /** It answers somebody whom nothing authenticates. */
  readonly isUnproven?: boolean
  /** One delivery row each. */
  readonly deliveries: readonly { readonly id: string; readonly address: string }[]
  /** When it may leave; at once unless told. */
  readonly leaves?: {
    /** For so long it can be taken back, milliseconds. */
    readonly afterMs: number
    /** Not before; null for no such wish. */
    readonly at: Date | null
  }
}

/** Queues an email: row, deliveries and its Message-ID, all in the caller's transaction. */
export async function insertOutboundEmail(tx: Transaction, email: NewOutboundEmail): Promise<void> {
  await tx('outbound_emails').insert({
    id: email.id,
    kind: email.kind,
    ticket_id: email.ticketId,
    message_id: email.messageId,
    mailbox_id: email.mailboxId,
    cause_inbound_id: email.causeInboundId,
    rfc822_id: email.composed.messageId,
    token_nonce: email.tokenNonce,
    envelope_from: email.envelopeFrom,
    composed: JSON.stringify(email.composed),
    ...(email.leaves ? whenItLeaves(tx, email.leaves) : {}),
    recipient_user_id: email.recipientUserId ?? null,
    event_id: email.eventId ?? null,
    template: email.template ?? null,
    token_role: email.tokenRole ?? 'public',
    is_unproven: email.isUnproven ?? false,
  })
  await tx('outbound_deliveries').insert(
    email.deliveries.map(({ id, address }) => ({ id, outbound_email_id: email.id, address })),
  )
  await tx('wire_ids').insert({
    rfc822_id: email.composed.messageId,
    ticket_id: email.ticketId,
    message_id: email.messageId,
    outbound_email_id: email.id,
  })
}

/** The give-up time counts from the moment the mail may leave. */
function whenItLeaves(tx: Transaction, { afterMs, at }: NonNullable<NewOutboundEmail['leaves']>) {
  const due = tx.raw("greatest(now() + ? * interval '1 millisecond', ?::timestamptz)", [afterMs, at])
  return { next_attempt_at: due, queued_at: due, scheduled_for: at }
}

export async function findOutboundEmail(
  db: Database,
  id: OutboundEmailId,
): Promise<OutboundEmailRow | undefined> {
  return db<OutboundEmailRow>('outbound_emails').where({ id }).first()
}

export async function listDeliveries(db: Database, id: OutboundEmailId): Promise<OutboundDeliveryRow[]> {
  return db<OutboundDeliveryRow>('outbound_deliveries').where({ outbound_email_id: id }).orderBy('address')
}

/** Takes a due email for sending and counts the attempt; undefined when it is not due or owned by another worker. */
export async function claimOutboundEmail(
  db: Database,
  id: OutboundEmailId,
  leaseToken: string,
  leaseMs: number,
): Promise<OutboundEmailRow | undefined> {
  const { rows } = await db.raw(
    `UPDATE outbound_emails
        SET status = 'sending', attempts = attempts + 1, lease_token = ?, leased_until = now() + ? * interval '1 millisecond', data_started_at = NULL
      WHERE id = ? AND status IN ('queued', 'retry', 'uncertain') AND next_attempt_at <= now()
      RETURNING *`,
    [leaseToken, leaseMs, id],
  )
  return rows[0]
}

/** Keeps the lease; false when it was lost. */
export async function renewOutboundLease(
  db: Database,
  id: OutboundEmailId,
  leaseToken: string,
  leaseMs: number,
): Promise<boolean> {
  const { rowCount } = await db.raw(
    `UPDATE outbound_emails SET leased_until = now() + ? * interval '1 millisecond'
      WHERE id = ? AND status = 'sending' AND lease_token = ? AND leased_until > now()`,
    [leaseMs, id, leaseToken],
  )
  return rowCount === 1
}

/** The phase mark: from here on a copy may be out there. False when the lease was lost, and then no body may leave. */
export async function markDataStarted(
  db: Database,
  id: OutboundEmailId,
  leaseToken: string,
  leaseMs: number,
): Promise<boolean> {
  const { rowCount } = await db.raw(
    `UPDATE outbound_emails SET data_started_at = now(), leased_until = now() + ? * interval '1 millisecond'
      WHERE id = ? AND status = 'sending' AND lease_token = ? AND leased_until > now()`,
    [leaseMs, id, leaseToken],
  )
  return rowCount === 1
}

/** Keeps the mail as built, once: the first build wins and every attempt sends the same bytes. */
export async function keepBuiltMail(db: Database, id: OutboundEmailId, rawKey: BlobKey): Promise<BlobKey> {
  const { rows } = await db.raw(
    'UPDATE outbound_emails SET raw_key = coalesce(raw_key, ?) WHERE id = ? RETURNING raw_key',
    [rawKey, id],
  )
  return rows[0].raw_key
}

/**
 * Writes what an attempt came to; false when the lease was lost meanwhile and nothing was written. Only good news is
 * taken from a worker that lost it: what it knows to be sent is uncertain no more.
 */
export async function finishAttempt(
  tx: Transaction,
  row: Pick<OutboundEmailRow, 'id' | 'attempts'>,
  leaseToken: string,
  after: AfterAttempt,
  response: string,
): Promise<boolean> {
  const { rowCount } = await tx.raw(
    `UPDATE outbound_emails
        SET status = ?, next_attempt_at = now() + ?::float8 * interval '1 millisecond', uncertain_attempts = ?, last_response = ?,
            lease_token = NULL, leased_until = NULL, sent_at = CASE WHEN ? = 'sent' THEN now() END
      WHERE id = ? AND ((status = 'sending' AND lease_token = ?) OR (? = 'sent' AND status = 'uncertain' AND attempts = ?))`,
    [
      after.status,
      after.nextInMs,
      after.uncertainAttempts,
      response,
      after.status,
      row.id,
      leaseToken,
      after.status,
      row.attempts,
    ],
  )
  if (rowCount !== 1) return false
  for (const { address, status, code, response: text } of after.deliveries) {
    await tx('outbound_deliveries')
      .where({ outbound_email_id: row.id, address })
      // A delivery report may be quicker than the worker that writes down what the server said.
      .whereNull('bounced_at')
      .update({ status, code, response: text, updated_at: tx.fn.now() })
  }
  return true
}

export interface DueOutbound {
  readonly id: OutboundEmailId
  /** Milliseconds since it became due. */
  readonly overdueMs: number
}

/** Emails that stand still though they are due; those of a paused mailbox wait. */
export async function listDueOutbound(db: Database, limit: number): Promise<DueOutbound[]> {
  const { rows } = await db.raw(
    `SELECT o.id, (extract(epoch FROM now() - o.next_attempt_at) * 1000)::float8 AS "overdueMs"
       FROM outbound_emails o LEFT JOIN mailboxes m ON m.id = o.mailbox_id
      WHERE o.status IN ('queued', 'retry', 'uncertain') AND o.next_attempt_at <= now() AND m.smtp_paused_reason IS NULL
      ORDER BY o.next_attempt_at, o.id LIMIT ?`,
    [limit],
  )
  return rows
}

/** Attempts whose worker died: their lease ran out while `sending`. */
export async function listAbandonedOutbound(db: Database, limit: number): Promise<OutboundEmailRow[]> {
  return db<OutboundEmailRow>('outbound_emails')
    .where({ status: 'sending' })
    .where('leased_until', '<', db.fn.now())
    .orderBy('leased_until')
    .limit(limit)
}

/** A person asks for another try: due now; the give-up time and the recipients not reached start anew. */
export async function requeueOutbound(tx: Transaction, id: OutboundEmailId): Promise<void> {
  await tx('outbound_emails').where({ id }).update({
    status: 'queued',
    next_attempt_at: tx.fn.now(),
    queued_at: tx.fn.now(),
    attempts: 0,
    cancelled_by_id: null,
  })
  await tx('outbound_deliveries')
    .where({ outbound_email_id: id })
    .whereIn('status', ['queued', 'retry', 'refused'])
    .update({ status: 'queued', updated_at: tx.fn.now() })
}
