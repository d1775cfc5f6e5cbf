import { mailboxSettingNames, readSettings } from '@maildesk/core'
import { inTransaction, listMailboxFolders, type MailboxRow } from '@maildesk/db'
import { changeMailbox } from '@maildesk/flows'
import { type Environment, seal } from '@maildesk/runtime'
import { Command } from 'commander'
import { getMailbox, readSecret, shownMailbox } from '../mailboxes.ts'
import { printJson, printTable } from '../print.ts'
import { withDesk } from '../with-desk.ts'

interface SetOptions {
  passwordFrom?: string
  smtpPasswordFrom?: string
  json?: true
}

export function showMailboxCommand(env: Environment): Command {
  return new Command('show')
    .description('One mailbox with all its settings; never its secrets.')
    .argument('<address>')
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: { json?: true }) => {
      const { mailbox, folders } = await withDesk(env, async (desk) => {
        const found = await getMailbox(desk, address)
        return { mailbox: found, folders: await listMailboxFolders(desk.deps.db, found.id) }
      })
      if (options.json) printJson({ ...shownMailbox(mailbox), folders })
      else printMailbox(mailbox)
    })
}

export function setMailboxCommand(env: Environment): Command {
  return new Command('set')
    .description('Change settings of a mailbox: name=value …; nothing after the = for none.')
    .argument('<address>')
    .argument('[name=value...]')
    .option('--password-from <VARIABLE>', 'environment variable that holds a new IMAP password')
    .option('--smtp-password-from <VARIABLE>', 'environment variable that holds a new SMTP password')
    .option('--json', 'print one JSON document')
    .addHelpText('after', `\nSettings: ${mailboxSettingNames.join(', ')}`)
    .action(async (address: string, words: string[], options: SetOptions) => {
      const settings = readSettings(words)
      const { passwordFrom, smtpPasswordFrom } = options
      const mailbox = await withDesk(env, async (desk) => {
        const { id } = await getMailbox(desk, address)
        const sealed = (variable: string, server: string) =>
          seal(readSecret(env, variable), `mailbox:${id}:${server}`, desk.config.secretKeys)
        const secrets = {
          ...(passwordFrom ? { imap_secret: sealed(passwordFrom, 'imap') } : {}),
          ...(smtpPasswordFrom ? { smtp_secret: sealed(smtpPasswordFrom, 'smtp') } : {}),
        }
        return inTransaction(desk.deps.db, (tx) => changeMailbox(tx, { id, settings, secrets }))
      })
      if (options.json) printJson(shownMailbox(mailbox))
      else printMailbox(mailbox, Object.keys(settings))
    })
}

/** The settings, or those of them that are named. */
function printMailbox(mailbox: MailboxRow, only: readonly string[] = mailboxSettingNames): void {
  const names = mailboxSettingNames.filter((name) => only.includes(name))
  printTable(
    ['SETTING', 'VALUE'],
    names.map((name) => [name, shownValue(mailbox[name])]),
  )
}

function shownValue(value: unknown): unknown {
  return Array.isArray(value) ? value.join(', ') : value
}
