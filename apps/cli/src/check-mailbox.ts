// Logging in to the servers of a mailbox, for `mailbox test` and `doctor`.
import { listMailboxFolders, type MailboxRow, updateMailbox } from '@maildesk/db'
import { smtpAccessOf } from '@maildesk/flows'
import { probeImap, probeSmtp } from '@maildesk/mail'
import { unseal } from '@maildesk/runtime'
import { type Desk, imapAccessOf, mailboxTokens } from '@maildesk/wiring'
import { type Check, runCheck } from './checks.ts'

/** Opens each of the mailbox's folders and logs in to its SMTP server; a good log-in there ends a pause. */
export async function checkMailbox({ deps, config }: Desk, mailbox: MailboxRow): Promise<Check[]> {
  const tokens = mailboxTokens({ deps, config })
  const imap: Check[] = []
  for (const { name } of (await listMailboxFolders(deps.db, mailbox.id)).filter(
    ({ is_active }) => is_active,
  )) {
    const what = name === mailbox.imap_folder ? 'imap' : `imap ${name}`
    imap.push(
      await runCheck(`${mailbox.address} ${what}`, async () => {
        const found = await probeImap(
          imapAccessOf(mailbox, config.secretKeys, await tokens.find(mailbox)),
          name,
        )
        return `${found.exists} mails in ${name}, UIDVALIDITY ${found.uidValidity}`
      }),
    )
  }
  const smtp = await runCheck(`${mailbox.address} smtp`, async () => {
    const access = smtpAccessOf(
      mailbox,
      (sealed, context) => unseal(sealed, context, config.secretKeys),
      await tokens.find(mailbox),
    )
    if (!access) return 'none configured: nothing is sent from here'
    await probeSmtp(access)
    if (mailbox.smtp_paused_reason) await updateMailbox(deps.db, mailbox.id, { smtp_paused_reason: null })
    return `logged in to ${access.host}:${access.port}`
  })
  return [...imap, smtp]
}
