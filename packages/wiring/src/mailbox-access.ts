// A mailbox row → how to reach its servers, with the secrets opened.
import { type ImapAccess, MaildeskError } from '@maildesk/core'
import type { MailboxRow } from '@maildesk/db'
import { unseal } from '@maildesk/runtime'

/** `accessToken`: of a mailbox with OAuth2, see `mailboxTokens`. @throws MaildeskError config.invalid when the mailbox has no IMAP server; secret.unreadable. */
export function imapAccessOf(
  mailbox: MailboxRow,
  secretKeys: readonly string[],
  accessToken?: string,
): ImapAccess {
  const hasSecret = mailbox.auth === 'oauth2' ? accessToken !== undefined : mailbox.imap_secret !== null
  if (!mailbox.imap_host || !mailbox.imap_port || !mailbox.imap_user || !hasSecret) {
    throw new MaildeskError('config.invalid', `mailbox ${mailbox.address} has no complete IMAP access`, {
      mailbox: mailbox.address,
    })
  }
  return {
    host: mailbox.imap_host,
    port: mailbox.imap_port,
    tls: mailbox.imap_tls,
    user: mailbox.imap_user,
    ...(accessToken === undefined
      ? { password: unseal(mailbox.imap_secret ?? '', `mailbox:${mailbox.id}:imap`, secretKeys) }
      : { password: '', accessToken }),
  }
}
