import { inTransaction, listMailboxes } from '@maildesk/db'
import { changeMailbox } from '@maildesk/flows'
import type { Environment } from '@maildesk/runtime'
import { Command } from 'commander'
import { checkMailbox } from '../check-mailbox.ts'
import { printChecks, runCheck } from '../checks.ts'
import { getMailbox, shownMailbox } from '../mailboxes.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { withDesk } from '../with-desk.ts'
import { addMailboxCommand } from './mailbox-add.ts'
import { backfillCommand } from './mailbox-backfill.ts'
import { mailboxDkimCommand } from './mailbox-dkim.ts'
import { folderCommand } from './mailbox-folder.ts'
import { oauthCommand } from './mailbox-oauth.ts'
import { defaultWaitSeconds, probeCommand, probeMailbox } from './mailbox-probe.ts'
import { setMailboxCommand, showMailboxCommand } from './mailbox-settings.ts'

export function mailboxCommand(env: Environment): Command {
  const list = new Command('list')
    .description('All mailboxes and how their last poll went.')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: true }) => {
      const mailboxes = await withDesk(env, ({ deps }) => listMailboxes(deps.db))
      if (options.json) printJson(mailboxes.map(shownMailbox))
      else {
        printTable(
          ['ADDRESS', 'ACTIVE', 'IMAP', 'SMTP', 'LAST POLL', 'TROUBLE'],
          mailboxes.map((row) => [
            row.address,
            row.is_active ? 'yes' : 'paused',
            `${row.imap_host ?? ''}:${row.imap_port ?? ''} ${row.imap_folder}`,
            row.smtp_host ? `${row.smtp_host}:${row.smtp_port}` : 'none',
            row.last_polled_at,
            row.last_error ?? row.smtp_paused_reason,
          ]),
        )
      }
    })
  const test = new Command('test')
    .description('Log in to the mailbox’s IMAP and SMTP servers; a good SMTP log-in ends a pause.')
    .argument('<address>')
    .option('--probe', 'also find out which signed addresses arrive, as `mailbox probe` does')
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: { probe?: true; json?: true }) => {
      const checks = await withDesk(env, async (desk) => {
        const mailbox = await getMailbox(desk, address)
        const found = await checkMailbox(desk, mailbox)
        if (!options.probe || found.some(({ ok }) => !ok)) return found
        const probed = await runCheck(`${address} sub-addresses`, async () => {
          const { subAddressing } = await probeMailbox(desk, mailbox, defaultWaitSeconds)
          return subAddressing
        })
        return [...found, probed]
      })
      printChecks(checks, options.json === true)
    })
  const pause = toggleCommand(env, 'pause', 'Stop reading this mailbox.', false)
  const resume = toggleCommand(env, 'resume', 'Read and send again.', true)
  return new Command('mailbox')
    .addCommand(addMailboxCommand(env))
    .addCommand(list)
    .addCommand(test)
    .addCommand(pause)
    .addCommand(resume)
    .addCommand(mailboxDkimCommand(env))
    .addCommand(folderCommand(env))
    .addCommand(showMailboxCommand(env))
    .addCommand(setMailboxCommand(env))
    .addCommand(oauthCommand(env))
    .addCommand(backfillCommand(env))
    .addCommand(probeCommand(env))
}

function toggleCommand(env: Environment, name: string, description: string, active: boolean): Command {
  return new Command(name)
    .description(description)
    .argument('<address>')
    .action(async (address: string) => {
      await withDesk(env, async (desk) => {
        const mailbox = await getMailbox(desk, address)
        await inTransaction(desk.deps.db, (tx) =>
          changeMailbox(tx, { id: mailbox.id, settings: {}, isActive: active }),
        )
      })
      printLine(`${name}d ${address}`)
    })
}
