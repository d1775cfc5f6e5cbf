// Until nothing is left to do: every delivered mail has its end, and every outgoing mail its fate.
import { setTimeout as delay } from 'node:timers/promises'
import { errorText } from '@maildesk/core'
import type { Database } from '@maildesk/db'
import { marksIn } from '../check/evidence.ts'
import type { Delivered } from '../contracts.ts'

interface Unrest {
  readonly rows: number
  /** Mails without a row. A new UIDVALIDITY gives others more than one, so their number says little. */
  readonly unread: number
  readonly unfiled: number
  readonly unsent: number
  readonly unmoved: number
  readonly uncopied: number
}

/** Mails that are looked for one by one. */
const latestMails = 200
/** How often the tables are asked, milliseconds. */
const askEveryMs = 150

/**
 * Milliseconds until all is at rest. The waits between two attempts to send are minutes by design; here they pass at
 * once, as if a clock had been turned on: what is tested is what happens then.
 * @throws Error after `timeoutMs`, with what is left.
 */
export async function waitForRest(
  db: Database,
  delivered: readonly Delivered[],
  timeoutMs: number,
): Promise<number> {
  const mails = delivered.length
  const startedAt = performance.now()
  let last = 'nothing was told yet'
  while (performance.now() - startedAt < timeoutMs) {
    try {
      await letWaitsPass(db)
      const unrest = { ...(await readUnrest(db)), unread: await countUnread(db, delivered) }
      last = JSON.stringify(unrest)
      if (isRest(unrest, mails)) return Math.round(performance.now() - startedAt)
    } catch (error) {
      last = errorText(error)
    }
    await delay(askEveryMs)
  }
  throw new Error(`no rest after ${timeoutMs} ms; of ${mails} mails delivered: ${last}${await leftOver(db)}`)
}

function isRest({ rows, unread, unfiled, unsent, unmoved, uncopied }: Unrest, mails: number): boolean {
  return rows >= mails && unread + unfiled + unsent + unmoved + uncopied === 0
}

async function letWaitsPass(db: Database): Promise<void> {
  await db.raw(
    `UPDATE outbound_emails SET next_attempt_at = now()
      WHERE status IN ('retry', 'uncertain') AND next_attempt_at > now() + interval '1 second'`,
  )
  // Shorter ones may be leases of copies at work.
  await db.raw(
    `UPDATE outbound_emails SET copy_next_at = now()
      WHERE copy_state = 'pending' AND copy_next_at > now() + interval '10 seconds'`,
  )
}

/** Of the latest mails; those before them were read before. */
async function countUnread(db: Database, delivered: readonly Delivered[]): Promise<number> {
  const marks = new Set(delivered.slice(-latestMails).map(({ mail }) => mail.mark))
  const { rows } = await db.raw('SELECT subject FROM inbound_emails ORDER BY received_at DESC LIMIT ?', [
    4 * latestMails,
  ])
  for (const { subject } of rows) for (const mark of marksIn(subject)) marks.delete(mark)
  return marks.size
}

async function readUnrest(db: Database): Promise<Omit<Unrest, 'unread'>> {
  const { rows } = await db.raw(
    `SELECT (SELECT count(*) FROM inbound_emails)::int AS rows,
            (SELECT count(*) FROM inbound_emails WHERE status = 'received')::int AS unfiled,
            (SELECT count(*) FROM outbound_emails
              WHERE status IN ('queued', 'sending', 'retry') OR (status = 'uncertain' AND next_attempt_at IS NOT NULL))::int AS unsent,
            (SELECT count(*) FROM inbound_emails WHERE after_state = 'pending')::int AS unmoved,
            (SELECT count(*) FROM outbound_emails WHERE copy_state = 'pending')::int AS uncopied`,
  )
  return rows[0]
}

async function leftOver(db: Database): Promise<string> {
  try {
    const { rows } = await db.raw(
      `(SELECT 'in' AS way, id, status, attempts, subject AS about, last_error AS said, next_attempt_at FROM inbound_emails WHERE status = 'received' LIMIT 5)
       UNION ALL
       (SELECT 'out', id, status, attempts, kind, last_response, next_attempt_at FROM outbound_emails
         WHERE status IN ('queued', 'sending', 'retry') OR (status = 'uncertain' AND next_attempt_at IS NOT NULL) LIMIT 5)`,
    )
    return rows.map((row: object) => `\n  ${JSON.stringify(row)}`).join('')
  } catch (error) {
    return `\n  ${errorText(error)}`
  }
}
