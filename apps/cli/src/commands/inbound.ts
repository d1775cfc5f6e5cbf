import { pipeline } from 'node:stream/promises'
import {
  type InboundDecision,
  type InboundEmailId,
  inboundStatuses,
  MaildeskError,
  tellDecision,
} from '@maildesk/core'
import { findInboundEmail, type InboundEmailRow } from '@maildesk/db'
import { replayInbound } from '@maildesk/flows'
import type { Environment } from '@maildesk/runtime'
import type { Desk } from '@maildesk/wiring'
import { Command } from 'commander'
import { choiceOption, limitOption, parseId } from '../options.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { withDesk } from '../with-desk.ts'

export function inboundCommand(env: Environment): Command {
  const list = new Command('list')
    .description('Mails that came in, newest first.')
    .addOption(choiceOption('--status <status>', 'only these', inboundStatuses))
    .addOption(limitOption())
    .option('--json', 'print one JSON document')
    .action(async (options: { status?: string; limit: number; json?: true }) => {
      const rows = await withDesk(env, async ({ deps }) => {
        const query = deps
          .db<InboundEmailRow>('inbound_emails')
          .orderBy('received_at', 'desc')
          .limit(options.limit)
        return options.status ? query.where({ status: options.status as InboundEmailRow['status'] }) : query
      })
      if (options.json) printJson(rows)
      else {
        printTable(
          ['ID', 'RECEIVED', 'STATUS', 'OUTCOME', 'REASON', 'FROM', 'SUBJECT'],
          rows.map((row) => [
            row.id,
            row.received_at,
            row.status,
            row.outcome,
            row.reason,
            row.from_address,
            row.subject.slice(0, 60),
          ]),
        )
      }
    })
  const show = new Command('show')
    .description('One mail: where it landed, and why.')
    .argument('<id>', 'as `list` shows it', parseId)
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: { json?: true }) => {
      const row = await withDesk(env, (desk) => getInbound(desk, id))
      if (options.json) printJson(row)
      else {
        const { decision, ...rest } = row
        printTable(['FIELD', 'VALUE'], Object.entries(rest))
        printLine(`\nwhy\n${whyLines(decision).join('\n')}`)
      }
    })
  const raw = new Command('raw')
    .description('The mail’s bytes as they came, on standard output.')
    .argument('<id>', 'as `list` shows it', parseId)
    .action(async (id: string) => {
      await withDesk(env, async (desk) => {
        const row = await getInbound(desk, id)
        await pipeline(await desk.deps.blobs.open(row.raw_key), process.stdout, { end: false })
      })
    })
  const replay = new Command('replay')
    .description('File a mail again from its kept bytes; what is filed already stays as it is.')
    .argument('<id>', 'as `list` shows it', parseId)
    .action(async (id: string) => {
      await withDesk(env, ({ deps }) => replayInbound(deps, id as InboundEmailId))
      printLine(`rung for ${id}; next: maildesk inbound show ${id}`)
    })
  return new Command('inbound').addCommand(list).addCommand(show).addCommand(raw).addCommand(replay)
}

/** The kept decision as sentences; one that no rule made is shown as it is. */
function whyLines(decision: unknown): string[] {
  return decision !== null && typeof decision === 'object' && 'facts' in decision
    ? tellDecision(decision as InboundDecision).map((line) => `  ${line}`)
    : [JSON.stringify(decision, null, 2)]
}

async function getInbound({ deps }: Desk, id: string): Promise<InboundEmailRow> {
  const row = await findInboundEmail(deps.db, id as InboundEmailId)
  if (!row)
    throw new MaildeskError('request.not-found', `no inbound email ${id}; next: maildesk inbound list`)
  return row
}
