// What the gate asks the ledgers before it lets an automatic mail out.
import type { AutomaticCounts, InboundEmailId, OutboundKind, Rung, TicketId, UserId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { Transaction } from './transaction.ts'

/** The mail that is about to leave. */
export interface ToCount {
  readonly kind: OutboundKind
  /** Normal form. */
  readonly recipient: string
  readonly ticketId: TicketId
  readonly template: string
  readonly subject: string
  readonly perTicket: readonly Rung[]
}

/** How much automatic mail was queued lately. Count and queue under one lock, or the caps are a race. */
export async function countAutomatic(db: Database, mail: ToCount): Promise<AutomaticCounts> {
  return {
    ...(await countToRecipient(db, mail)),
    ...(await countToDomain(db, mail.recipient)),
    ...(await countOfDesk(db)),
  }
}

async function countToRecipient(
  db: Database,
  { kind, recipient, ticketId, template, subject, perTicket }: ToCount,
): Promise<Omit<AutomaticCounts, 'toDomainInHour' | 'inHour' | 'unprovenInHour' | 'notificationsInHour'>> {
  const oldest = Math.max(24 * 60, ...perTicket.map(({ minutes }) => minutes))
  const { rows } = await db.raw(
    `WITH sent AS (
       SELECT o.kind, o.ticket_id, o.template, o.composed ->> 'subject' AS subject, o.created_at
         FROM outbound_deliveries d JOIN outbound_emails o ON o.id = d.outbound_email_id
        WHERE lower(d.address) = :recipient AND o.kind <> 'reply' AND o.status <> 'cancelled'
          AND o.created_at > now() - :oldest * interval '1 minute')
     SELECT (SELECT count(*)::int FROM sent WHERE kind = :kind AND created_at > now() - interval '10 minutes') AS "toRecipientIn10Minutes",
            (SELECT count(*)::int FROM sent WHERE kind = :kind AND created_at > now() - interval '1 day') AS "toRecipientInDay",
            (SELECT count(*)::int FROM sent WHERE template = :template AND subject = :subject
                AND created_at > now() - interval '1 hour') AS "sameWordsInHour",
            ARRAY(SELECT (SELECT count(*)::int FROM sent WHERE ticket_id = :ticketId
                             AND created_at > now() - rung.minutes * interval '1 minute')
                    FROM unnest(:minutes::int[]) WITH ORDINALITY AS rung (minutes, place)
                   ORDER BY rung.place) AS "toRecipientOnTicket"`,
    {
      kind,
      recipient,
      oldest,
      template,
      subject,
      ticketId,
      minutes: perTicket.map(({ minutes }) => minutes),
    },
  )
  return rows[0]
}

async function countToDomain(
  db: Database,
  recipient: string,
): Promise<Pick<AutomaticCounts, 'toDomainInHour'>> {
  const { rows } = await db.raw(
    `SELECT count(DISTINCT o.id)::int AS "toDomainInHour"
       FROM outbound_deliveries d JOIN outbound_emails o ON o.id = d.outbound_email_id
      WHERE split_part(lower(d.address), '@', 2) = split_part(:recipient, '@', 2)
        AND d.updated_at > now() - interval '1 hour'
        AND o.kind NOT IN ('reply', 'notification') AND o.status <> 'cancelled'
        AND o.created_at > now() - interval '1 hour'`,
    { recipient },
  )
  return rows[0]
}

async function countOfDesk(
  db: Database,
): Promise<Pick<AutomaticCounts, 'inHour' | 'unprovenInHour' | 'notificationsInHour'>> {
  const { rows } = await db.raw(
    `SELECT count(*) FILTER (WHERE kind <> 'notification')::int AS "inHour",
            count(*) FILTER (WHERE is_unproven)::int AS "unprovenInHour",
            count(*) FILTER (WHERE kind = 'notification')::int AS "notificationsInHour"
       FROM outbound_emails
      WHERE kind <> 'reply' AND status <> 'cancelled' AND created_at > now() - interval '1 hour'`,
  )
  return rows[0]
}

/** True when the ledger has this mail already: the answer to this cause, or this event told to this person. */
export async function isQueuedAlready(
  db: Database,
  mail: {
    readonly kind: OutboundKind
    readonly causeInboundId: InboundEmailId | null
    readonly eventId: string | null
    readonly recipientUserId: UserId | null
  },
): Promise<boolean> {
  const where =
    mail.kind === 'notification'
      ? { kind: mail.kind, event_id: mail.eventId, recipient_user_id: mail.recipientUserId }
      : { kind: mail.kind, cause_inbound_id: mail.causeInboundId }
  const isUnique = mail.kind === 'notification' ? mail.recipientUserId : mail.causeInboundId
  if (isUnique === null || mail.kind === 'rule') return false
  return (await db('outbound_emails').where(where).first('id')) !== undefined
}

/** True when a mail that an agent wrote was taken for the address by a server. */
export async function hasReachedBefore(db: Database, address: string): Promise<boolean> {
  const { rows } = await db.raw(
    `SELECT EXISTS (SELECT FROM outbound_deliveries d JOIN outbound_emails o ON o.id = d.outbound_email_id
                     WHERE lower(d.address) = ? AND o.kind = 'reply' AND d.status = 'sent') AS found`,
    [address],
  )
  return rows[0].found
}

/** Says of an alarm whether it is to be raised now: true once in so many minutes, however many ask. */
export async function raiseAlarm(tx: Transaction, name: string, everyMinutes: number): Promise<boolean> {
  const { rows } = await tx.raw(
    `INSERT INTO alarms (name) VALUES (?)
     ON CONFLICT (name) DO UPDATE SET raised_at = now() WHERE alarms.raised_at <= now() - ? * interval '1 minute'
     RETURNING name`,
    [name, everyMinutes],
  )
  return rows.length > 0
}
