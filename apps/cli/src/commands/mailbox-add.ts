import { type MailboxId, MaildeskError } from '@maildesk/core'
import { inTransaction, type MailboxRow, saveMailboxFolder, updateMailbox } from '@maildesk/db'
import { createMailbox } from '@maildesk/flows'
import { type Environment, seal } from '@maildesk/runtime'
import type { Desk } from '@maildesk/wiring'
import { Command, Option } from 'commander'
import { readSecret, shownMailbox } from '../mailboxes.ts'
import { parsePort } from '../options.ts'
import { printJson, printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'

interface AddOptions {
  name: string
  imapHost: string
  imapPort: number
  imapTls: MailboxRow['imap_tls']
  imapUser?: string
  folder: string
  smtpHost?: string
  smtpPort: number
  smtpTls: MailboxRow['smtp_tls']
  smtpUser?: string
  password?: string
  passwordFrom?: string
  smtpPasswordFrom?: string
  oauth?: true
  after: MailboxRow['after_processing']
  afterFolder?: string
  subAddressing: MailboxRow['sub_addressing']
  acknowledge: boolean
  signature: string
  readFrom: string
  json?: true
}

export function addMailboxCommand(env: Environment): Command {
  return new Command('add')
    .description(
      'Read an address over IMAP and answer from it over SMTP. Passwords come from environment variables and are stored sealed.',
    )
    .argument('<address>', 'the address customers write to')
    .option('--name <name>', 'the name customers see', '')
    .requiredOption('--imap-host <host>', 'IMAP server')
    .option('--imap-port <port>', 'IMAP port', parsePort, 993)
    .addOption(
      new Option('--imap-tls <how>', 'TLS of IMAP')
        .choices(['implicit', 'starttls', 'none'])
        .default('implicit'),
    )
    .option('--imap-user <user>', 'IMAP user; the address unless told')
    .option('--folder <folder>', 'IMAP folder', 'INBOX')
    .option('--smtp-host <host>', 'SMTP server; without it nothing is sent from this mailbox')
    .option('--smtp-port <port>', 'SMTP port', parsePort, 587)
    .addOption(
      new Option('--smtp-tls <how>', 'TLS of SMTP')
        .choices(['implicit', 'starttls', 'opportunistic', 'none'])
        .default('starttls'),
    )
    .option('--smtp-user <user>', 'SMTP user; the address unless told, "" for none')
    .option('--password-from <VARIABLE>', 'environment variable that holds the password', 'MAILBOX_PASSWORD')
    .option(
      '--smtp-password-from <VARIABLE>',
      'environment variable that holds the SMTP password, when it is another one',
    )
    .option('--oauth', 'no password: `mailbox oauth` comes next')
    .addOption(
      new Option('--after <what>', 'what happens in the mailbox to a mail that is safe with us')
        .choices(['keep', 'seen', 'move', 'delete'])
        .default('keep'),
    )
    .option('--after-folder <folder>', 'where --after move moves to')
    .addOption(
      new Option(
        '--sub-addressing <how>',
        'does mail to local+word@ arrive here? Then answers carry a signed address',
      )
        .choices(['none', 'plus'])
        .default('none'),
    )
    .option('--no-acknowledge', 'send no acknowledgements')
    .option('--signature <text>', 'stands under every reply', '')
    .option(
      '--read-from <when>',
      'which mail that is there already is read: all of it, none (now), or what came since a day (2026-11-01)',
      'all',
    )
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: AddOptions) => {
      const mailbox = await withDesk(env, (desk) => addMailbox(desk, address, options, env))
      if (options.json) printJson(shownMailbox(mailbox))
      else printLine(`added ${mailbox.address}; next: maildesk mailbox test ${mailbox.address}`)
    })
}

async function addMailbox(
  desk: Desk,
  address: string,
  options: AddOptions,
  env: Environment,
): Promise<MailboxRow> {
  const { deps, config } = desk
  if (options.after === 'move' && !options.afterFolder)
    throw new MaildeskError('request.invalid', '--after move needs --after-folder')
  const id = deps.ids.uuid() as MailboxId
  const password = options.oauth ? null : readSecret(env, options.passwordFrom ?? 'MAILBOX_PASSWORD')
  const smtpPassword = options.smtpPasswordFrom ? readSecret(env, options.smtpPasswordFrom) : password
  const smtpUser = options.smtpUser ?? address
  const readsSince = readFrom(options.readFrom, deps.clock.now())
  return inTransaction(deps.db, async (tx) => {
    const mailbox = await createMailbox(tx, {
      id,
      address,
      settings: {
        display_name: options.name,
        imap_host: options.imapHost,
        imap_port: options.imapPort,
        imap_tls: options.imapTls,
        imap_user: options.imapUser ?? address,
        imap_folder: options.folder,
        smtp_host: options.smtpHost ?? null,
        smtp_port: options.smtpHost ? options.smtpPort : null,
        smtp_tls: options.smtpTls,
        smtp_user: smtpUser || null,
        after_processing: options.after,
        after_folder: options.afterFolder ?? null,
        sub_addressing: options.subAddressing,
        acknowledge: options.acknowledge,
        signature: options.signature,
      },
      secrets: {
        imap_secret: password && seal(password, `mailbox:${id}:imap`, config.secretKeys),
        smtp_secret: smtpUser
          ? smtpPassword && seal(smtpPassword, `mailbox:${id}:smtp`, config.secretKeys)
          : null,
      },
    })
    if (options.oauth) await updateMailbox(tx, id, { auth: 'oauth2' })
    await saveMailboxFolder(tx, { mailboxId: id, name: options.folder }, { purpose: 'inbox', readsSince })
    return mailbox
  })
}

/** The day from which on mail is read; null for all of it. @throws MaildeskError request.invalid */
export function readFrom(text: string, now: Date): Date | null {
  if (text === 'all') return null
  if (text === 'now') return now
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  if (!day || Number.isNaN(day.getTime()))
    throw new MaildeskError('request.invalid', `${text} is not all, now or a day such as 2026-11-01`)
  return day
}
