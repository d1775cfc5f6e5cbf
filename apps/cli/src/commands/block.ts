import { blockEntryOf, MaildeskError } from '@maildesk/core'
import { blockSender, inTransaction, listBlockedSenders, unblockSender } from '@maildesk/db'
import type { Environment } from '@maildesk/runtime'
import { Command } from 'commander'
import { limitOption } from '../options.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { withDesk } from '../with-desk.ts'

export function blockCommand(env: Environment): Command {
  const list = new Command('list')
    .description('Senders whose mail is held, newest first.')
    .addOption(limitOption())
    .option('--json', 'print one JSON document')
    .action(async ({ limit, json }: { limit: number; json?: true }) => {
      const { items } = await withDesk(env, ({ deps }) =>
        listBlockedSenders(deps.db, { limit, after: undefined }),
      )
      if (json) printJson(items)
      else
        printTable(
          ['ENTRY', 'HITS', 'LAST HIT', 'SINCE', 'REASON'],
          items.map((row) => [row.entry, row.hits, row.last_hit_at, row.created_at, row.reason]),
        )
    })
  const add = new Command('add')
    .description('Hold the mail of an address, or of a domain and all below it. It is kept, never dropped.')
    .argument('<entry>', 'an address or a domain')
    .option('--reason <text>', 'why', '')
    .action(async (given: string, { reason }: { reason: string }) => {
      const entry = getEntry(given)
      await withDesk(env, ({ deps }) =>
        inTransaction(deps.db, (tx) =>
          blockSender(tx, { id: deps.ids.uuid(), entry, reason: reason.slice(0, 500), createdById: null }),
        ),
      )
      printLine(`mail of ${entry} is held from now on`)
    })
  const remove = new Command('remove')
    .description('Take an entry off the list; what is held already stays so until it is released.')
    .argument('<entry>', 'an address or a domain')
    .action(async (given: string) => {
      const entry = getEntry(given)
      const isGone = await withDesk(env, ({ deps }) =>
        inTransaction(deps.db, (tx) => unblockSender(tx, { entry })),
      )
      if (!isGone)
        throw new MaildeskError('request.not-found', `${entry} is not blocked; next: maildesk block list`)
      printLine(`mail of ${entry} is no longer held`)
    })
  return new Command('block').addCommand(list).addCommand(add).addCommand(remove)
}

function getEntry(text: string): string {
  const entry = blockEntryOf(text)
  if (!entry) throw new MaildeskError('request.invalid', `${text} is neither an address nor a domain`)
  return entry
}
