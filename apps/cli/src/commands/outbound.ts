import { MaildeskError, type OutboundEmailId, outboundStatuses } from '@maildesk/core'
import { findOutboundEmail, listDeliveries, type OutboundEmailRow } from '@maildesk/db'
import { retryOutbound } from '@maildesk/flows'
import type { Environment } from '@maildesk/runtime'
import { Command } from 'commander'
import { choiceOption, limitOption, parseId } from '../options.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { withDesk } from '../with-desk.ts'

export function outboundCommand(env: Environment): Command {
  const list = new Command('list')
    .description('Outgoing mails, newest first.')
    .addOption(choiceOption('--status <status>', 'only these', outboundStatuses))
    .addOption(limitOption())
    .option('--json', 'print one JSON document')
    .action(async (options: { status?: string; limit: number; json?: true }) => {
      const rows = await withDesk(env, async ({ deps }) => {
        const query = deps
          .db<OutboundEmailRow>('outbound_emails')
          .orderBy('created_at', 'desc')
          .limit(options.limit)
        return options.status ? query.where({ status: options.status as OutboundEmailRow['status'] }) : query
      })
      if (options.json) printJson(rows)
      else {
        printTable(
          ['ID', 'KIND', 'STATUS', 'ATTEMPTS', 'TO', 'LAST RESPONSE'],
          rows.map((row) => [
            row.id,
            row.kind,
            row.status,
            row.attempts,
            row.composed.to.map(({ address }) => address).join(' '),
            row.last_response,
          ]),
        )
      }
    })
  const show = new Command('show')
    .description('One outgoing mail with its deliveries.')
    .argument('<id>', 'as `list` shows it', parseId)
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: { json?: true }) => {
      const found = await withDesk(env, async ({ deps }) => {
        const row = await findOutboundEmail(deps.db, id as OutboundEmailId)
        return row && { ...row, deliveries: await listDeliveries(deps.db, row.id) }
      })
      if (!found) throw new MaildeskError('request.not-found', `no outbound email ${id}`)
      if (options.json) printJson(found)
      else printTable(['FIELD', 'VALUE'], Object.entries(found))
    })
  const retry = new Command('retry')
    .description('Try an outgoing mail once more, now.')
    .argument('<id>', 'as `list` shows it', parseId)
    .action(async (id: string) => {
      await withDesk(env, ({ deps }) => retryOutbound(deps, id as OutboundEmailId))
      printLine(`queued ${id}`)
    })
  return new Command('outbound').addCommand(list).addCommand(show).addCommand(retry)
}
