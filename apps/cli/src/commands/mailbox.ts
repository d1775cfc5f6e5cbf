import { isUsableAddress, type MailboxId, MaildeskError } from '@maildesk/core'
import {
  findMailboxByAddress,
  insertMailbox,
  inTransaction,
  listMailboxes,
  type MailboxRow,
  updateMailbox,
} from '@maildesk/db'
import { smtpAccessOf } from '@maildesk/flows'
import { probeImap, probeSmtp } from '@maildesk/mail'
import { type Environment, seal, unseal } from '@maildesk/runtime'
import { type Desk, imapAccessOf } from '@maildesk/wiring'
import { Command, Option } from 'commander'
import { type Check, printChecks, runCheck } from '../checks.ts'
import { parsePort } from '../options.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { withDesk } from '../with-desk.ts'
import { mailboxDkimCommand } from './mailbox-dkim.ts'

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
  after: MailboxRow['after_processing']
  afterFolder?: string
  subAddressing: MailboxRow['sub_addressing']
  acknowledge: boolean
  signature: string
  json?: true
}

export function mailboxCommand(env: Environment): Command {
  const add = new Command('add')
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
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: AddOptions) => {
      const mailbox = await withDesk(env, (desk) => addMailbox(desk, address, options, env))
      if (options.json) printJson(shown(mailbox))
      else printLine(`added ${mailbox.address}; next: maildesk mailbox test ${mailbox.address}`)
    })
  const list = new Command('list')
    .description('All mailboxes and how their last poll went.')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: true }) => {
      const mailboxes = await withDesk(env, ({ deps }) => listMailboxes(deps.db))
      if (options.json) printJson(mailboxes.map(shown))
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
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: { json?: true }) => {
      const checks = await withDesk(env, async (desk) => checkMailbox(desk, await getMailbox(desk, address)))
      printChecks(checks, options.json === true)
    })
  const pause = toggleCommand(env, 'pause', 'Stop reading this mailbox.', false)
  const resume = toggleCommand(env, 'resume', 'Read and send again.', true)
  return new Command('mailbox')
    .addCommand(add)
    .addCommand(list)
    .addCommand(test)
    .addCommand(pause)
    .addCommand(resume)
    .addCommand(mailboxDkimCommand(env))
}

function toggleCommand(env: Environment, name: string, description: string, active: boolean): Command {
  return new Command(name)
    .description(description)
    .argument('<address>')
    .action(async (address: string) => {
      await withDesk(env, async (desk) => {
        const mailbox = await getMailbox(desk, address)
        await updateMailbox(desk.deps.db, mailbox.id, {
          is_active: active,
          ...(active ? { smtp_paused_reason: null } : {}),
        })
      })
      printLine(`${name}d ${address}`)
    })
}

async function addMailbox(
  desk: Desk,
  address: string,
  options: AddOptions,
  env: Environment,
): Promise<MailboxRow> {
  const { deps, config } = desk
  if (!isUsableAddress(address))
    throw new MaildeskError('request.invalid', `${address} is not a mail address`)
  if (options.after === 'move' && !options.afterFolder)
    throw new MaildeskError('request.invalid', '--after move needs --after-folder')
  if (await findMailboxByAddress(deps.db, address))
    throw new MaildeskError('request.conflict', `there is a mailbox ${address} already`)
  const id = deps.ids.uuid() as MailboxId
  const password = readSecret(env, options.passwordFrom ?? 'MAILBOX_PASSWORD')
  const smtpPassword = options.smtpPasswordFrom ? readSecret(env, options.smtpPasswordFrom) : password
  const smtpUser = options.smtpUser ?? address
  return inTransaction(deps.db, (tx) =>
    insertMailbox(tx, {
      id,
      address,
      display_name: options.name,
      imap_host: options.imapHost,
      imap_port: options.imapPort,
      imap_tls: options.imapTls,
      imap_user: options.imapUser ?? address,
      imap_secret: seal(password, `mailbox:${id}:imap`, config.secretKeys),
      imap_folder: options.folder,
      smtp_host: options.smtpHost ?? null,
      smtp_port: options.smtpHost ? options.smtpPort : null,
      smtp_tls: options.smtpTls,
      smtp_user: smtpUser || null,
      smtp_secret: smtpUser ? seal(smtpPassword, `mailbox:${id}:smtp`, config.secretKeys) : null,
      after_processing: options.after,
      after_folder: options.afterFolder ?? null,
      sub_addressing: options.subAddressing,
      acknowledge: options.acknowledge,
      signature: options.signature,
    }),
  )
}

function readSecret(env: Environment, name: string): string {
  const value = env[name]
  if (!value)
    throw new MaildeskError(
      'request.invalid',
      `the environment variable ${name} with the mailbox’s password is not set`,
    )
  return value
}

async function getMailbox({ deps }: Desk, address: string): Promise<MailboxRow> {
  const mailbox = await findMailboxByAddress(deps.db, address)
  if (!mailbox)
    throw new MaildeskError('request.not-found', `no mailbox ${address}; next: maildesk mailbox list`)
  return mailbox
}

/** Logs in to both servers of a mailbox. */
export async function checkMailbox({ deps, config }: Desk, mailbox: MailboxRow): Promise<Check[]> {
  const imap = await runCheck(`${mailbox.address} imap`, async () => {
    const found = await probeImap(imapAccessOf(mailbox, config.secretKeys), mailbox.imap_folder)
    return `${found.exists} mails in ${mailbox.imap_folder}, UIDVALIDITY ${found.uidValidity}`
  })
  const smtp = await runCheck(`${mailbox.address} smtp`, async () => {
    const access = smtpAccessOf(mailbox, (sealed, context) => unseal(sealed, context, config.secretKeys))
    if (!access) return 'none configured: nothing is sent from here'
    await probeSmtp(access)
    if (mailbox.smtp_paused_reason) await updateMailbox(deps.db, mailbox.id, { smtp_paused_reason: null })
    return `logged in to ${access.host}:${access.port}`
  })
  return [imap, smtp]
}

function shown({ imap_secret, smtp_secret, dkim_secret, ...rest }: MailboxRow) {
  return {
    ...rest,
    imap_secret: imap_secret ? '(sealed)' : null,
    smtp_secret: smtp_secret ? '(sealed)' : null,
    dkim_secret: dkim_secret ? '(sealed)' : null,
  }
}
