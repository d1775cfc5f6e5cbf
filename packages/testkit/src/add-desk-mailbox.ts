// The mailbox of a whole desk under test: an INBOX to read, an SMTP server to send by, nothing in the way.
import type { MailboxId } from '@maildesk/core'
import { type Database, insertMailbox, inTransaction, type MailboxRow } from '@maildesk/db'
import { createIdSource, seal } from '@maildesk/runtime'

export interface DeskMailbox {
  readonly imap: { readonly port: number; readonly user: string; readonly password: string }
  readonly smtpPort: number
  /** Seals the password. */
  readonly key: string
}

export async function addDeskMailbox(
  db: Database,
  { imap, smtpPort, key }: DeskMailbox,
): Promise<MailboxRow> {
  const id = createIdSource().uuid() as MailboxId
  return inTransaction(db, (tx) =>
    insertMailbox(tx, {
      id,
      address: imap.user,
      display_name: 'Support',
      imap_host: '127.0.0.1',
      imap_port: imap.port,
      imap_tls: 'none',
      imap_user: imap.user,
      imap_secret: seal(imap.password, `mailbox:${id}:imap`, [key]),
      smtp_host: '127.0.0.1',
      smtp_port: smtpPort,
      smtp_tls: 'none',
      smtp_user: null,
      sub_addressing: 'plus',
      undo_seconds: 0,
    }),
  )
}
