// A mailbox row → how to reach its servers, with the secrets opened.
import { type ImapAccess, MaildeskError } from '@maildesk/core'
import type { MailboxRow } from '@maildesk/db'
import { unseal } from '@maildesk/runtime'

/** @throws MaildeskError config.invalid when the mailbox has no IMAP server; secret.unreadable. */
export function imapAccessOf(mailbox: MailboxRow, secretKeys: readonly string[]): ImapAccess {
  if (!mailbox.imap_host || !mailbox.imap_port || !mailbox.imap_user || !mailbox.imap_secret) {
    throw new MaildeskError('config.invalid', `mailbox ${mailbox.address} has no complete IMAP access`, {
      mailbox: mailbox.address,
    })
  }
  return {
    host: mailbox.imap_host,
    port: mailbox.imap_port,
    tls: mailbox.imap_tls,
    user: mailbox.imap_user,
    password: unseal(mailbox.imap_secret, `mailbox:${mailbox.id}:imap`, secretKeys),
  }
}
