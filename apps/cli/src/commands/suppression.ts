import { isUsableAddress, MaildeskError, type SuppressionScope, suppressionScopes } from '@maildesk/core'
import { inTransaction, listSuppressions } from '@maildesk/db'
import { liftByHand, suppressByHand } from '@maildesk/flows'
import type { Environment } from '@maildesk/runtime'
import { Command, InvalidArgumentError } from 'commander'
import { choiceOption, limitOption } from '../options.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { withDesk } from '../with-desk.ts'

const dayMs = 24 * 60 * 60 * 1000
/** Ten years; longer is for ever, which is the default. */
const maxDays = 3650

interface ListOptions {
  scope?: SuppressionScope
  limit: number
  json?: true
}
interface AddOptions {
  scope: SuppressionScope
  days?: number
}

export function suppressionCommand(env: Environment): Command {
  const list = new Command('list')
    .description('Addresses that get no mail, newest first.')
    .addOption(choiceOption('--scope <scope>', 'only these', suppressionScopes))
    .addOption(limitOption())
    .option('--json', 'print one JSON document')
    .action(async ({ scope, limit, json }: ListOptions) => {
      const { items } = await withDesk(env, ({ deps }) =>
        listSuppressions(deps.db, scope ? { scope } : {}, { limit, after: undefined }),
      )
      if (json) printJson(items)
      else
        printTable(
          ['ADDRESS', 'SCOPE', 'REASON', 'UNTIL'],
          items.map(({ address, scope: its, reason, until }) => [address, its, reason, until]),
        )
    })
  const lift = new Command('lift')
    .description('Send an address mail again; what reports said so far counts no more, complaints too.')
    .argument('<address>', 'as `list` shows it', parseAddress)
    .action(async (address: string) => {
      const isLifted = await withDesk(env, ({ deps }) =>
        inTransaction(deps.db, (tx) => liftByHand(tx, address, { complaintsToo: true })),
      )
      if (!isLifted) throw new MaildeskError('request.not-found', `nothing is held against ${address}`)
      printLine(`lifted ${address}`)
    })
  const add = new Command('add')
    .description('Send an address no mail until it is lifted.')
    .argument('<address>', 'whose', parseAddress)
    .addOption(
      choiceOption('--scope <scope>', '`all`: answers of agents as well', suppressionScopes).default(
        'automatic',
      ),
    )
    .option('--days <n>', 'only so long', parseDays)
    .action(async (address: string, { scope, days }: AddOptions) => {
      await withDesk(env, ({ deps }) => {
        const until = days === undefined ? null : new Date(deps.clock.now().getTime() + days * dayMs)
        return inTransaction(deps.db, (tx) => suppressByHand(tx, { address, scope, until }, null))
      })
      printLine(`suppressed ${address}`)
    })
  return new Command('suppression').addCommand(list).addCommand(lift).addCommand(add)
}

function parseAddress(text: string): string {
  if (!isUsableAddress(text)) throw new InvalidArgumentError('a mail address is wanted')
  return text
}

function parseDays(text: string): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > maxDays)
    throw new InvalidArgumentError(`a whole number from 1 to ${maxDays} is wanted`)
  return days
}
