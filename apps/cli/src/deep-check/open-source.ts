// A mailbox's folder, opened for one piece of work.
import type { MailSource } from '@maildesk/core'
import type { MailboxRow } from '@maildesk/db'
import { openMailSource } from '@maildesk/mail'
import { type Desk, imapAccessOf, imapLimits, mailboxTokens } from '@maildesk/wiring'

/** @throws MaildeskError config.invalid, secret.unreadable, imap.*, and what `work` throws. */
export async function withSource<Result>(
  desk: Desk,
  mailbox: MailboxRow,
  folder: string,
  work: (source: MailSource) => Promise<Result>,
): Promise<Result> {
  const { config, log } = desk
  const access = imapAccessOf(mailbox, config.secretKeys, await mailboxTokens(desk).find(mailbox))
  const source = await openMailSource({ access, folder, limits: imapLimits(config), log })
  try {
    return await work(source)
  } finally {
    await source.close()
  }
}
