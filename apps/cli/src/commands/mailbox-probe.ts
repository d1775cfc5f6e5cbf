import type { MailboxRow } from '@maildesk/db'
import { type ProbeResult, probeAddresses } from '@maildesk/flows'
import { createMailer, openMailSource } from '@maildesk/mail'
import { type Environment, unseal } from '@maildesk/runtime'
import { type Desk, imapAccessOf, imapLimits, mailboxTokens } from '@maildesk/wiring'
import { Command, InvalidArgumentError } from 'commander'
import { getMailbox } from '../mailboxes.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { withDesk } from '../with-desk.ts'

/** Seconds that a mail to oneself may take, unless told. */
export const defaultWaitSeconds = 60
const maxWaitSeconds = 3600

export function probeCommand(env: Environment): Command {
  return new Command('probe')
    .description(
      'Send mails to signed addresses of the mailbox and see whether they arrive: with a plus, then at reply_domain. Stores what works as sub_addressing.',
    )
    .argument('<address>')
    .option('--wait <seconds>', 'how long each mail may take', parseSeconds, defaultWaitSeconds)
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: { wait: number; json?: true }) => {
      const result = await withDesk(env, async (desk) =>
        probeMailbox(desk, await getMailbox(desk, address), options.wait),
      )
      if (options.json) return printJson(result)
      printTable(
        ['WAY', 'ADDRESS', 'OUTCOME', 'DETAIL'],
        result.tried.map(({ how, address: to, outcome, detail }) => [how, to, outcome, detail]),
      )
      printLine(`sub_addressing of ${address} is ${result.subAddressing}`)
    })
}

/** Tries the mailbox's addresses with the servers of its own. */
export async function probeMailbox(
  desk: Desk,
  mailbox: MailboxRow,
  waitSeconds: number,
): Promise<ProbeResult> {
  const { deps, config, log } = desk
  const tokens = mailboxTokens(desk)
  const parts = {
    ...deps,
    tokens,
    mailer: createMailer({ socketTimeoutMs: config.smtpTimeoutMs, log }),
    unseal: (sealed: string, context: string) => unseal(sealed, context, config.secretKeys),
    openSource: async (row: MailboxRow) =>
      openMailSource({
        access: imapAccessOf(row, config.secretKeys, await tokens.find(row)),
        folder: row.imap_folder,
        limits: imapLimits(config),
        log,
      }),
  }
  return probeAddresses(parts, mailbox, waitSeconds * 1000)
}

function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > maxWaitSeconds)
    throw new InvalidArgumentError(`a whole number from 1 to ${maxWaitSeconds} is wanted`)
  return seconds
}
