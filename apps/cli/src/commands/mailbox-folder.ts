import { type FolderPurpose, MaildeskError } from '@maildesk/core'
import { deleteMailboxFolder, inTransaction, listMailboxFolders, saveMailboxFolder } from '@maildesk/db'
import { changeMailbox } from '@maildesk/flows'
import type { Environment } from '@maildesk/runtime'
import { Command } from 'commander'
import { getMailbox } from '../mailboxes.ts'
import { choiceOption } from '../options.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { withDesk } from '../with-desk.ts'
import { readFrom } from './mailbox-add.ts'

interface AddOptions {
  purpose: FolderPurpose
  readFrom: string
}

export function folderCommand(env: Environment): Command {
  return new Command('folder')
    .description('The folders that are read.')
    .addCommand(listCommand(env))
    .addCommand(addCommand(env))
    .addCommand(removeCommand(env))
}

function listCommand(env: Environment): Command {
  return new Command('list')
    .description('The folders of a mailbox and how their last poll went.')
    .argument('<address>')
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: { json?: true }) => {
      const folders = await withDesk(env, async (desk) =>
        listMailboxFolders(desk.deps.db, (await getMailbox(desk, address)).id),
      )
      if (options.json) return printJson(folders)
      printTable(
        ['FOLDER', 'PURPOSE', 'READ SINCE', 'LAST POLL', 'UNACCOUNTED', 'TROUBLE'],
        folders.map((row) => [
          row.name,
          row.purpose,
          row.reads_since ?? 'all',
          row.last_polled_at,
          row.unaccounted,
          row.last_error,
        ]),
      )
    })
}

function addCommand(env: Environment): Command {
  return new Command('add')
    .description('Read one more folder, or change how one is read.')
    .argument('<address>')
    .argument('<folder>')
    .addOption(
      choiceOption(
        '--purpose <purpose>',
        'inbox: mail that came in; sent: mail that people sent with another program, taken in and never sent again',
        ['inbox', 'sent'],
      ).default('inbox'),
    )
    .option('--read-from <when>', 'all, now, or a day (2026-11-01)', 'all')
    .action(async (address: string, name: string, { purpose, readFrom: from }: AddOptions) => {
      await withDesk(env, async (desk) => {
        const { deps } = desk
        const { id } = await getMailbox(desk, address)
        const readsSince = readFrom(from, deps.clock.now())
        await inTransaction(deps.db, async (tx) => {
          await saveMailboxFolder(tx, { mailboxId: id, name }, { purpose, readsSince })
          // Nothing is changed; what does not go together with the new folder is refused.
          await changeMailbox(tx, { id, settings: {} })
        })
      })
      printLine(`${address} is read in ${name} too`)
    })
}

function removeCommand(env: Environment): Command {
  return new Command('remove')
    .description('Read a folder no more; what was read from it stays.')
    .argument('<address>')
    .argument('<folder>')
    .action(async (address: string, name: string) => {
      await withDesk(env, async (desk) => {
        const mailbox = await getMailbox(desk, address)
        if (name === mailbox.imap_folder) {
          const next = `maildesk mailbox set ${address} imap_folder=…`
          throw new MaildeskError(
            'request.conflict',
            `${name} is the mailbox’s first folder; change it with: ${next}`,
          )
        }
        const wasThere = await inTransaction(desk.deps.db, (tx) =>
          deleteMailboxFolder(tx, { mailboxId: mailbox.id, name }),
        )
        if (!wasThere)
          throw new MaildeskError(
            'request.not-found',
            `${address} has no folder ${name}; next: maildesk mailbox folder list ${address}`,
          )
      })
      printLine(`${address} is not read in ${name} any more`)
    })
}
