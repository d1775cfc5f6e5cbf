// What the desk says of itself when all is at rest: its tables, its blobs, and the mailbox as its server shows it.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Database } from '@maildesk/db'
import { ImapFlow } from 'imapflow'
import type { Snapshot } from '../contracts.ts'

export interface SnapshotSources {
  readonly db: Database
  /** Folder of the blob store. */
  readonly storage: string
  readonly imap: { readonly port: number; readonly user: string; readonly password: string }
  /** Folders of the mailbox to look into. */
  readonly folders: readonly string[]
}

/** Epoch milliseconds with the microseconds as their fraction. */
const ms = (column: string, name: string) => `extract(epoch FROM ${column})::float8 * 1000 AS "${name}"`

export async function readSnapshot({ db, storage, imap, folders }: SnapshotSources): Promise<Snapshot> {
  const rows = async (sql: string) => (await db.raw(sql)).rows
  const inbound = await rows(
    `SELECT id, subject, status, outcome,
            concat_ws(': ', reason, nullif(decision ->> 'detail', '')) AS reason, ticket_id AS "ticketId", duplicate_of_id AS "duplicateOf",
            raw_key AS "rawKey", uid_validity::text AS "uidValidity", uid::int AS uid,
            ${ms('received_at', 'receivedAt')}, ${ms('finished_at', 'finishedAt')}
       FROM inbound_emails ORDER BY received_at, uid`,
  )
  const messages = await rows(
    `SELECT id, ticket_id AS "ticketId", inbound_email_id AS "inboundEmailId", rfc822_id AS "rfc822Id",
            message_text AS text, ${ms('created_at', 'createdAt')} FROM messages ORDER BY created_at, id`,
  )
  const attachments = await rows(
    `SELECT message_id AS "messageId", filename, file, file_size::int AS size FROM attachments ORDER BY id`,
  )
  const tickets = await rows(`SELECT id, number::text AS number, title FROM tickets ORDER BY number`)
  const outbound = await rows(
    `SELECT o.id, o.kind, o.status, o.ticket_id AS "ticketId", o.message_id AS "messageId",
            o.cause_inbound_id AS "causeInboundId", o.rfc822_id AS "rfc822Id",
            o.uncertain_attempts AS "uncertainAttempts",
            (SELECT coalesce(json_agg(json_build_object('address', d.address, 'status', d.status)), '[]')
               FROM outbound_deliveries d WHERE d.outbound_email_id = o.id) AS deliveries
       FROM outbound_emails o ORDER BY o.queued_at, o.id`,
  )
  const blobs = await hashBlobs(join(storage, 'blobs'))
  return { inbound, messages, attachments, tickets, outbound, blobs, ...(await readMailbox(imap, folders)) }
}

async function hashBlobs(folder: string): Promise<Map<string, boolean>> {
  const found = new Map<string, boolean>()
  for (const shelf of await readdir(folder))
    for (const key of await readdir(join(folder, shelf)))
      found.set(key, (await hashFile(join(folder, shelf, key))) === key)
  return found
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function readMailbox(
  { port, user, password }: SnapshotSources['imap'],
  folders: readonly string[],
): Promise<Required<Pick<Snapshot, 'mailbox' | 'flagged'>>> {
  const mailbox = new Map<string, string>()
  const flagged = new Set<string>()
  const client = new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: password },
    logger: false,
  })
  await client.connect()
  try {
    for (const folder of folders) {
      const lock = await client.getMailboxLock(folder, { readOnly: true })
      try {
        const opened = client.mailbox
        if (!opened || opened.exists === 0) continue
        for await (const { uid, flags, source } of client.fetch(
          '1:*',
          { uid: true, flags: true, source: true },
          { uid: true },
        )) {
          const place = `${opened.uidValidity}/${uid}`
          mailbox.set(
            place,
            createHash('sha256')
              .update(source ?? '')
              .digest('hex'),
          )
          if (flags && flags.size > 0 && [...flags].some((flag) => flag !== '\\Recent')) flagged.add(place)
        }
      } finally {
        lock.release()
      }
    }
  } finally {
    await client.logout()
  }
  return { mailbox, flagged }
}
