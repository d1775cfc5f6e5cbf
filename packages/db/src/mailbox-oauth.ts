// Queries of `mailbox_oauth`.
import type { MailboxId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { MailboxOauthRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

export async function findMailboxOauth(
  db: Database,
  mailboxId: MailboxId,
): Promise<MailboxOauthRow | undefined> {
  return db<MailboxOauthRow>('mailbox_oauth').where({ mailbox_id: mailboxId }).first()
}

/** Held while the provider is asked: of many processes one does it, the others read what it brought. */
export async function lockMailboxOauth(
  tx: Transaction,
  mailboxId: MailboxId,
): Promise<MailboxOauthRow | undefined> {
  return tx<MailboxOauthRow>('mailbox_oauth').where({ mailbox_id: mailboxId }).forUpdate().first()
}

/** How the mailbox gets its tokens from now on; what was cached of another grant is forgotten. */
export async function saveMailboxOauth(
  tx: Transaction,
  grant: Pick<
    MailboxOauthRow,
    'mailbox_id' | 'provider' | 'token_url' | 'scope' | 'client_id' | 'client_secret' | 'refresh_secret'
  >,
): Promise<void> {
  const fresh = { access_secret: null, access_expires_at: null, refused_reason: null, refused_at: null }
  await tx<MailboxOauthRow>('mailbox_oauth')
    .insert({ ...grant, ...fresh })
    .onConflict('mailbox_id')
    .merge({ ...grant, ...fresh, updated_at: tx.fn.now() as unknown as Date })
}

export async function updateMailboxOauth(
  db: Database,
  mailboxId: MailboxId,
  changes: Partial<Omit<MailboxOauthRow, 'mailbox_id'>>,
): Promise<void> {
  await db<MailboxOauthRow>('mailbox_oauth')
    .where({ mailbox_id: mailboxId })
    .update({ ...changes, updated_at: db.fn.now() as unknown as Date })
}
