import { domainOf, MaildeskError } from '@maildesk/core'
import { findMailboxByAddress, type MailboxRow, updateMailbox } from '@maildesk/db'
import { createDkimKey, dkimRecord } from '@maildesk/mail'
import { type Environment, seal, unseal } from '@maildesk/runtime'
import type { Desk } from '@maildesk/wiring'
import { Command, InvalidArgumentError } from 'commander'
import { printJson, printLine } from '../print.ts'
import { withDesk } from '../with-desk.ts'

interface DkimOptions {
  selector: string
  renew?: true
  remove?: true
  json?: true
}

/** `maildesk mailbox dkim`: a key to sign with, and what to publish for it. */
export function mailboxDkimCommand(env: Environment): Command {
  return new Command('dkim')
    .description(
      'Sign what this mailbox sends (DKIM), and print the DNS record to publish. The key is kept sealed.',
    )
    .argument('<address>')
    .option('--selector <name>', 'name of the key in the DNS', parseSelector, 'maildesk')
    .option(
      '--renew',
      'make a new key; give it another selector, so that mail on its way can still be checked',
    )
    .option('--remove', 'sign no more')
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: DkimOptions) => {
      const record = await withDesk(env, (desk) => setDkim(desk, address, options))
      if (options.json) printJson(record ?? null)
      else if (!record) printLine(`${address} signs no more`)
      else printLine(record.zoneLine)
    })
}

/** Two labels of a DNS name at most (RFC 6376 §3.1). */
function parseSelector(text: string): string {
  const labels = text.split('.')
  const isLabel = (label: string) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label)
  if (labels.length > 2 || !labels.every(isLabel) || text.length > 100)
    throw new InvalidArgumentError('a DNS label is wanted: letters, digits and hyphens, in lower case')
  return text
}

async function setDkim(desk: Desk, address: string, options: DkimOptions) {
  const { deps } = desk
  const mailbox = await findMailboxByAddress(deps.db, address)
  if (!mailbox)
    throw new MaildeskError('request.not-found', `no mailbox ${address}; next: maildesk mailbox list`)
  if (options.remove) {
    await updateMailbox(deps.db, mailbox.id, { dkim_selector: null, dkim_secret: null })
    return undefined
  }
  const { selector, key } = await ensureKey(desk, mailbox, options)
  return dkimRecord(key, selector, domainOf(mailbox.address))
}

/** The key the mailbox has; a new one when it has none, or a new one is wanted. */
async function ensureKey({ deps, config }: Desk, mailbox: MailboxRow, { renew, selector }: DkimOptions) {
  const context = `mailbox:${mailbox.id}:dkim`
  if (mailbox.dkim_secret && mailbox.dkim_selector && !renew)
    return { selector: mailbox.dkim_selector, key: unseal(mailbox.dkim_secret, context, config.secretKeys) }
  const key = createDkimKey()
  await updateMailbox(deps.db, mailbox.id, {
    dkim_selector: selector,
    dkim_secret: seal(key, context, config.secretKeys),
  })
  return { selector, key }
}
