// What became of every made mail, by the database alone: filed once, in the ticket of its conversation.
import type { Database } from '@maildesk/db'
import type { MadeMail } from './conversations.ts'

export interface Account {
  readonly ledgerRows: number
  readonly filed: number
  readonly messages: number
  readonly tickets: number
  /** Message-IDs that have no message, or more than one. */
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  /** Message-IDs whose message is not in the ticket of its conversation's first mail. */
  readonly misthreaded: readonly string[]
}

export async function accountFor(db: Database, mails: readonly MadeMail[]): Promise<Account> {
  const rows: { rfc822_id: string; ticket_id: string }[] = await db('messages')
    .select('rfc822_id', 'ticket_id')
    .whereNotNull('inbound_email_id')
  const byId = Map.groupBy(rows, ({ rfc822_id }) => rfc822_id)
  const ticketOf = (messageId: string) => byId.get(messageId)?.[0]?.ticket_id
  const ledger = await db('inbound_emails').count('* as all').first()
  const filed = await db('inbound_emails').where({ status: 'filed' }).count('* as all').first()
  return {
    ledgerRows: Number(ledger?.all),
    filed: Number(filed?.all),
    messages: rows.length,
    tickets: new Set(rows.map(({ ticket_id }) => ticket_id)).size,
    lost: mails.filter(({ messageId }) => !byId.has(messageId)).map(({ messageId }) => messageId),
    doubled: [...byId].filter(([, found]) => found.length > 1).map(([messageId]) => messageId),
    misthreaded: mails
      .filter(({ messageId, root }) => ticketOf(messageId) !== ticketOf(root))
      .map(({ messageId }) => messageId),
  }
}

/** A row that is not at rest yet: a mail not filed, or an outgoing mail neither sent nor given up. */
export interface UnfinishedRow {
  readonly id: string
  readonly status: string
  readonly attempts: number
  readonly next_attempt_at: Date | null
  readonly last_error: string | null
}

export async function listUnfinished(db: Database): Promise<UnfinishedRow[]> {
  const { rows } = await db.raw(
    `SELECT id, status, attempts, next_attempt_at, last_error FROM inbound_emails WHERE status = 'received'
      UNION ALL
     SELECT id, status, attempts, next_attempt_at, last_response FROM outbound_emails
      WHERE status IN ('queued', 'sending', 'retry')`,
  )
  return rows
}
