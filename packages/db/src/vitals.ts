// How the desk's work fares, in one look: what alarms are made of.
import type { Clock, ClockReading, Vitals } from '@maildesk/core'
import type { Database } from './connect.ts'

/**
 * Reads them. The due times are the database's, as are those of the claims; only `clock` is this host's.
 * @throws what the driver throws.
 */
export async function readVitals(db: Database, clock: Clock): Promise<Vitals> {
  // Asked first and alone: what else is read would only make the answer later.
  const reading = await readClocks(db, clock)
  const { rows } = await db.raw(
    `SELECT current_setting('transaction_read_only') = 'on' AS "isReadOnly",
            (SELECT extract(epoch FROM now() - min(greatest(next_attempt_at, coalesce(leased_until, next_attempt_at)))) * 1000
               FROM inbound_emails
              WHERE status = 'received' AND next_attempt_at <= now() AND (leased_until IS NULL OR leased_until < now())
            )::float8 AS "inboundOverdueMs",
            (SELECT max(overdue) FROM (
               SELECT extract(epoch FROM now() - min(o.next_attempt_at)) * 1000 AS overdue
                 FROM outbound_emails o LEFT JOIN mailboxes m ON m.id = o.mailbox_id
                WHERE o.status IN ('queued', 'retry', 'uncertain') AND o.next_attempt_at <= now() AND m.smtp_paused_reason IS NULL
                UNION ALL
               SELECT extract(epoch FROM now() - min(leased_until)) * 1000
                 FROM outbound_emails WHERE status = 'sending' AND leased_until < now()) standing
            )::float8 AS "outboundOverdueMs",
            (SELECT count(*) FROM inbound_emails WHERE status = 'quarantined')::int AS quarantined,
            (SELECT count(*) FROM outbound_emails WHERE status = 'uncertain' AND next_attempt_at IS NULL)::int AS undecided,
            (SELECT coalesce(json_agg(json_build_object('address', address, 'reason', smtp_paused_reason) ORDER BY address), '[]')
               FROM mailboxes WHERE is_active AND smtp_paused_reason IS NOT NULL) AS paused`,
  )
  return { clock: reading, ...rows[0] }
}

/** Asks the database for its time between two looks at this host's. */
export async function readClocks(db: Database, clock: Clock): Promise<ClockReading> {
  const asked = clock.now().getTime()
  const { rows } = await db.raw('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS theirs')
  return { asked, theirs: rows[0].theirs, answered: clock.now().getTime() }
}
