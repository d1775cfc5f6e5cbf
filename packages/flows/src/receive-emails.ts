// Stage 1→2: mails whose raw bytes are already in the blob store become ledger rows, then the bell is rung.
// Rows and cursor are one transaction: a mail is in the ledger or it will be fetched again, never neither.

import {
  databaseText,
  type FolderPurpose,
  type InboundEmailId,
  maxAddressLength,
  type Rfc822Id,
  type StoredBlob,
} from '@maildesk/core'
import {
  advanceCursor,
  insertInboundEmails,
  inTransaction,
  type MailboxRow,
  type Transaction,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps } from './deps.ts'
import { ringQuietly } from './ring.ts'

/** What the header section says, for the ledger row; everything else is read by the worker. */
export interface ReadHeader {
  readonly messageId: Rfc822Id | null
  readonly from: string
  readonly subject: string
}

export interface KeptEmail {
  /** Null for mail that did not come over IMAP. */
  readonly uid: number | null
  readonly raw: StoredBlob
  /** False when only the header section was kept, because the mail is larger than the limit. */
  readonly complete: boolean
  readonly internalDate: Date | null
  readonly header: ReadHeader
}

/** Where the mails stood. */
export interface MailPlace {
  readonly folder: string
  /** `inbox` unless told. */
  readonly purpose?: FolderPurpose
  readonly uidValidity: string
  /** The cursor after this batch: every UID up to here is in the ledger or gone from the server. Null: it stays. */
  readonly lastUid: number | null
}

/** Longest subject kept in a ledger row, UTF-16 units; the raw mail has the rest. */
const maxLedgerSubject = 998
/** A Message-ID beyond this many bytes is none (RFC 5322 §2.1.1: the longest line); PostgreSQL indexes up to 2704. */
const maxMessageIdBytes = 998

/**
 * Writes ledger rows (and the cursor, for IMAP) in one transaction, then rings for each new row.
 * `alongside` is part of the same transaction. A failed ring is logged only: the sweeper rings again. Rows that were there already are left out of the answer.
 * @throws MaildeskError db.* when nothing was written.
 */
export async function receiveEmails(
  deps: DeskDeps,
  mailbox: MailboxRow | undefined,
  place: MailPlace | undefined,
  mails: readonly KeptEmail[],
  alongside: (tx: Transaction) => Promise<void> = async () => undefined,
): Promise<InboundEmailId[]> {
  const isAfterwards = mailbox && mailbox.after_processing !== 'keep' && place?.purpose !== 'sent'
  const rows = mails.map((mail) => ({
    id: deps.ids.uuid() as InboundEmailId,
    mailbox_id: mailbox?.id ?? null,
    folder: place?.folder ?? null,
    folder_purpose: place ? (place.purpose ?? 'inbox') : null,
    uid_validity: place?.uidValidity ?? null,
    uid: mail.uid,
    arrived_by: place ? ('imap' as const) : ('ingest' as const),
    raw_key: mail.raw.key,
    raw_size: mail.raw.size,
    raw_complete: mail.complete,
    internal_date: mail.internalDate,
    rfc822_id: usableId(mail.header.messageId),
    from_address: databaseText(mail.header.from, maxAddressLength),
    subject: databaseText(mail.header.subject, maxLedgerSubject),
    after_state: place && isAfterwards ? ('pending' as const) : ('none' as const),
  }))
  const kept = await inTransaction(deps.db, async (tx) => {
    const inserted = await insertInboundEmails(tx, rows)
    if (inserted.length > 0) await failpoint('receive.inserted')
    if (place && mailbox && place.lastUid !== null)
      await advanceCursor(tx, { mailboxId: mailbox.id, ...place, lastUid: place.lastUid })
    await alongside(tx)
    if (inserted.length > 0) await failpoint('receive.advanced')
    return inserted
  })
  if (kept.length === 0) return kept
  await failpoint('receive.committed')
  await ringQuietly(
    deps,
    kept.map((id) => ({ name: 'file-email', id })),
  )
  await failpoint('receive.rung')
  return kept
}

function usableId(id: Rfc822Id | null): Rfc822Id | null {
  return id !== null && Buffer.byteLength(id) <= maxMessageIdBytes ? (databaseText(id) as Rfc822Id) : null
}
