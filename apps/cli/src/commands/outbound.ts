import { MaildeskError, type OutboundEmailId, outboundStatuses } from '@maildesk/core'
import { findOutboundEmail, listDeliveries, listFailedOutbound, type OutboundEmailRow } from '@maildesk/db'
import {
  cancelOutbound,
  type Resolution,
  resolutions,
  resolveOutbound,
  retryManyOutbound,
  retryOutbound,
} from '@maildesk/flows'
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
    .description('Try outgoing mails once more, now. With several, each has its own result.')
    .argument('[ids...]', 'as `list` shows them', (id, before: readonly string[] = []) => [
      ...before,
      parseId(id),
    ])
    .option('--all-failed', 'every mail that failed')
    .option('--json', 'print one JSON document')
    .action(async (given: readonly string[] = [], options: { allFailed?: true; json?: true }) => {
      const ids = given as OutboundEmailId[]
      if ((ids.length === 0) === !options.allFailed)
        throw new MaildeskError('request.invalid', 'name mails, or --all-failed')
      const results = await withDesk(env, async ({ deps }) => {
        const [only] = ids
        // One alone fails as a command that was told wrongly.
        if (only && ids.length === 1) await retryOutbound(deps, only)
        if (ids.length === 1) return [{ id: only, outcome: 'queued', detail: null }]
        return retryManyOutbound(deps, options.allFailed ? await listFailedOutbound(deps.db) : ids)
      })
      if (options.json) printJson(results)
      else
        for (const { id, outcome, detail } of results)
          printLine([outcome, id, detail].filter(Boolean).join(' '))
    })
  const cancel = new Command('cancel')
    .description('Take an outgoing mail back before it leaves.')
    .argument('<id>', 'as `list` shows it', parseId)
    .action(async (id: string) => {
      await withDesk(env, ({ deps }) => cancelOutbound(deps, id as OutboundEmailId, null))
      printLine(`cancelled ${id}`)
    })
  const resolve = new Command('resolve')
    .description('Say what became of a mail of unknown fate.')
    .argument('<id>', 'as `list --status uncertain` shows it', parseId)
    .addOption(
      choiceOption(
        '--as <what>',
        'sent, failed, or resend: once more, though it may arrive twice',
        resolutions,
      ).makeOptionMandatory(),
    )
    .action(async (id: string, options: { as: Resolution }) => {
      await withDesk(env, ({ deps }) => resolveOutbound(deps, id as OutboundEmailId, options.as, null))
      printLine(`resolved ${id} as ${options.as}`)
    })
  return new Command('outbound')
    .addCommand(list)
    .addCommand(show)
    .addCommand(retry)
    .addCommand(cancel)
    .addCommand(resolve)
}
