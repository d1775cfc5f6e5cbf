// Reading whole tables to check them: in pages by id, so that neither memory nor one long statement holds them.
import type { BlobKey, InboundEmailId, MailboxId } from '@maildesk/core'
import type { Database } from './connect.ts'

/** A row that names a blob. */
export interface BlobUse {
  readonly table: 'inbound_emails' | 'attachments' | 'outbound_emails'
  readonly id: string
  readonly key: BlobKey
  /** As the row has it, bytes; null when it does not say. */
  readonly size: number | null
  /** Where to fetch the mail again; of attachments the mail they came in. Null when it came another way. */
  readonly inboundId: InboundEmailId | null
}

/** The smallest id: pages begin after it. */
const firstId = '00000000-0000-0000-0000-000000000000'

const blobUses: Readonly<Record<BlobUse['table'], string>> = {
  inbound_emails: `SELECT id, raw_key AS key, raw_size::float8 AS size, id AS "inboundId" FROM inbound_emails WHERE id > ?`,
  attachments: `SELECT a.id, a.file AS key, a.file_size::float8 AS size,
                       CASE WHEN a.part_path IS NOT NULL THEN m.inbound_email_id END AS "inboundId"
                  FROM attachments a LEFT JOIN messages m ON m.id = a.message_id WHERE a.id > ?`,
  outbound_emails: `SELECT id, raw_key AS key, NULL::float8 AS size, NULL::uuid AS "inboundId"
                      FROM outbound_emails WHERE raw_key IS NOT NULL AND id > ?`,
}

export const blobUseTables = Object.keys(blobUses) as BlobUse['table'][]

/** Every row of a table that names a blob, `pageSize` at a time, by id. */
export async function* listBlobUses(
  db: Database,
  table: BlobUse['table'],
  pageSize: number,
): AsyncGenerator<BlobUse[]> {
  let after = firstId
  for (;;) {
    const { rows } = await db.raw(`${blobUses[table]} ORDER BY 1 LIMIT ?`, [after, pageSize])
    if (rows.length === 0) return
    yield rows.map((row: Omit<BlobUse, 'table'>) => ({ table, ...row }))
    after = rows.at(-1).id
  }
}

/** Rows of a table, as the planner estimates them: for telling progress. */
export async function estimateRows(db: Database, table: BlobUse['table']): Promise<number> {
  const { rows } = await db.raw(
    'SELECT greatest(reltuples, 0)::float8 AS rows FROM pg_class WHERE oid = ?::regclass',
    [table],
  )
  return rows[0].rows
}

/** Those of `keys` that no row names. */
export async function listUnusedKeys(db: Database, keys: readonly BlobKey[]): Promise<BlobKey[]> {
  const { rows } = await db.raw(
    `SELECT asked.key FROM unnest(?::text[]) AS asked (key)
      WHERE NOT EXISTS (SELECT FROM inbound_emails WHERE raw_key = asked.key::char(64))
        AND NOT EXISTS (SELECT FROM attachments WHERE file = asked.key)
        AND NOT EXISTS (SELECT FROM outbound_emails WHERE raw_key = asked.key::char(64))`,
    [[...keys]],
  )
  return rows.map(({ key }: { key: BlobKey }) => key)
}

/** Where a kept mail came from, to fetch it again. */
export interface MailOrigin {
  readonly id: InboundEmailId
  readonly mailboxId: MailboxId | null
  readonly folder: string | null
  readonly uidValidity: string | null
  readonly uid: number | null
  readonly rawKey: BlobKey
  readonly rawComplete: boolean
}

export async function findMailOrigin(db: Database, id: InboundEmailId): Promise<MailOrigin | undefined> {
  const { rows } = await db.raw(
    `SELECT id, mailbox_id AS "mailboxId", folder, uid_validity::text AS "uidValidity", uid::float8 AS uid,
            raw_key AS "rawKey", raw_complete AS "rawComplete"
       FROM inbound_emails WHERE id = ?`,
    [id],
  )
  return rows[0]
}

/** How many rows are at fault, and the first of them. */
export interface RowFault {
  readonly count: number
  readonly examples: readonly string[]
}

const rowFaults = {
  'filed-without-message': `SELECT i.id FROM inbound_emails i
     WHERE i.status = 'filed' AND i.outcome IN ('new_ticket', 'appended', 'note_appended') AND i.ticket_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM messages m WHERE m.inbound_email_id = i.id)`,
  'message-doubled': `SELECT min(id::text) AS id FROM messages WHERE inbound_email_id IS NOT NULL GROUP BY inbound_email_id HAVING count(*) > 1`,
  'message-without-ticket': `SELECT m.id FROM messages m WHERE NOT EXISTS (SELECT FROM tickets t WHERE t.id = m.ticket_id)`,
  'inbound-overdue': `SELECT id FROM inbound_emails
     WHERE status = 'received' AND next_attempt_at < :before AND (leased_until IS NULL OR leased_until < :before)`,
  'outbound-overdue': `SELECT o.id FROM outbound_emails o LEFT JOIN mailboxes b ON b.id = o.mailbox_id
     WHERE o.status IN ('queued', 'retry', 'uncertain') AND o.next_attempt_at < :before AND b.smtp_paused_reason IS NULL`,
  'outbound-abandoned': `SELECT id FROM outbound_emails WHERE status = 'sending' AND leased_until < :before`,
  quarantined: `SELECT id FROM inbound_emails WHERE status = 'quarantined'`,
  uncertain: `SELECT id FROM outbound_emails WHERE status = 'uncertain' AND next_attempt_at IS NULL`,
} as const

export type RowFaultName = keyof typeof rowFaults
export const rowFaultNames = Object.keys(rowFaults) as RowFaultName[]

/** Looks for rows of one fault. `overdueMs`: due for longer is too long. */
export async function findRowFault(
  db: Database,
  name: RowFaultName,
  { overdueMs, maxExamples }: { readonly overdueMs: number; readonly maxExamples: number },
): Promise<RowFault> {
  const { rows } = await db.raw(
    `SELECT count(*)::float8 AS count, coalesce((array_agg(id::text))[1:${Number(maxExamples)}], '{}') AS examples
       FROM (${rowFaults[name].replaceAll(':before', "now() - :overdueMs * interval '1 millisecond'")}) faults`,
    { overdueMs },
  )
  return rows[0]
}
