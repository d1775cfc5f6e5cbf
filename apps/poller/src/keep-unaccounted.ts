// Mails that stand in the folder and not in the ledger, brought there without moving the cursor of new mail.

import type { ListedEmail, MailSource } from '@maildesk/core'
import { listUnaccountedUids, type Transaction } from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import { type DeskDeps, receiveEmails } from '@maildesk/flows'
import type { Folder } from './fetch-new.ts'
import { keepMails } from './keep-mails.ts'

export interface UnaccountedOptions {
  /** Those that are ours to take; all unless told. */
  readonly wants?: (email: ListedEmail) => boolean
  readonly signal: AbortSignal
  /** Runs in the transaction that keeps each batch. */
  readonly alongside?: (tx: Transaction, kept: number) => Promise<void>
}

/**
 * Keeps those of `uids` that the ledger does not hold. What it holds is left as it is, by the same key as ever.
 * @returns how many were missing. @throws MaildeskError imap.*, blob.*, db.*
 */
export async function keepUnaccounted(
  deps: DeskDeps,
  source: MailSource,
  { mailbox, row }: Folder,
  uids: readonly number[],
  { wants = () => true, signal, alongside = async () => undefined }: UnaccountedOptions,
): Promise<number> {
  const { uidValidity } = source.folder
  const at = { mailboxId: mailbox.id, folder: row.name, uidValidity }
  const missing = await listUnaccountedUids(deps.db, at, uids)
  if (missing.length === 0) return 0
  const listed = (await source.describe(missing)).filter(wants)
  await failpoint('poll.compared')
  const place = { folder: row.name, purpose: row.purpose, uidValidity, lastUid: null }
  for await (const { mails } of keepMails(deps, source, listed)) {
    await receiveEmails(deps, mailbox, place, mails, (tx) => alongside(tx, mails.length))
    if (signal.aborted) break
  }
  return listed.length
}
