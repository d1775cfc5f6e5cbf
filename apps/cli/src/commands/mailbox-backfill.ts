import { MaildeskError } from '@maildesk/core'
import { findMailboxFolder } from '@maildesk/db'
import { openMailSource } from '@maildesk/mail'
import { backfillFolder } from '@maildesk/poller'
import type { Environment } from '@maildesk/runtime'
import { imapAccessOf, imapLimits, mailboxTokens } from '@maildesk/wiring'
import { Command } from 'commander'
import { getMailbox } from '../mailboxes.ts'
import { printJson, printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'
import { readFrom } from './mailbox-add.ts'

interface BackfillOptions {
  since: string
  folder?: string
  json?: true
}

export function backfillCommand(env: Environment): Command {
  return new Command('backfill')
    .description(
      'Take in old mail, oldest first. What is in the ledger is not taken twice; run again after an interruption, it goes on.',
    )
    .argument('<address>')
    .requiredOption('--since <day>', 'mail the server took in since this day, such as 2026-01-01')
    .option('--folder <folder>', 'the first folder unless told')
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: BackfillOptions) => {
      const result = await withDesk(env, async (desk) => {
        const { deps, config, log } = desk
        const mailbox = await getMailbox(desk, address)
        const name = options.folder ?? mailbox.imap_folder
        const row = await findMailboxFolder(deps.db, { mailboxId: mailbox.id, name })
        if (!row) throw noFolder(address, name)
        const since = readFrom(options.since, deps.clock.now()) ?? new Date(0)
        const access = imapAccessOf(mailbox, config.secretKeys, await mailboxTokens(desk).find(mailbox))
        const stopping = new AbortController()
        const stop = () => stopping.abort()
        process.once('SIGINT', stop).once('SIGTERM', stop)
        const source = await openMailSource({ access, folder: name, limits: imapLimits(config), log })
        try {
          return await backfillFolder(
            deps,
            source,
            { mailbox, row },
            {
              since,
              signal: stopping.signal,
              onProgress: ({ lookedAt, of, kept }) =>
                void process.stderr.write(`${name}: ${lookedAt} of ${of} looked at, ${kept} new\n`),
            },
          )
        } finally {
          await source.close()
          process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop)
        }
      })
      if (!result) throw new MaildeskError('request.conflict', `another backfill of ${address} is running`)
      if (options.json) printJson(result)
      else if (result.isDone) printLine(`done: ${result.kept} mails taken in`)
      else printLine(`stopped after ${result.kept} mails; the same command goes on`)
    })
}

function noFolder(address: string, name: string): MaildeskError {
  const next = `maildesk mailbox folder add ${address} ${name}`
  return new MaildeskError('request.not-found', `${address} is not read in ${name}; next: ${next}`)
}
