import { pipeline } from 'node:stream/promises'
import {
  errorText,
  type InboundDecision,
  type InboundEmailId,
  type InboundOutcome,
  inboundOutcomes,
  inboundStatuses,
  isFinal,
  MaildeskError,
  quarantineReasonEntry,
  type TicketId,
  tellDecision,
} from '@maildesk/core'
import { findInboundEmail, findTicketByNumber, type InboundEmailRow } from '@maildesk/db'
import { discardInbound, releaseInbound, replayInbound } from '@maildesk/flows'
import type { Environment } from '@maildesk/runtime'
import type { Desk } from '@maildesk/wiring'
import { Command } from 'commander'
import { choiceOption, limitOption, parseId } from '../options.ts'
import { printable, printJson, printLine, printTable } from '../print.ts'
import { withDesk } from '../with-desk.ts'

interface ListOptions {
  status?: InboundEmailRow['status']
  outcome?: InboundOutcome
  reason?: string
  limit: number
  json?: true
}

/** Longest reason a person may give, UTF-16 units; as in the schema. */
const maxNote = 500

export function inboundCommand(env: Environment): Command {
  const list = new Command('list')
    .description('Mails that came in, newest first.')
    .addOption(choiceOption('--status <status>', 'only these', inboundStatuses))
    .addOption(choiceOption('--outcome <outcome>', 'only these', inboundOutcomes))
    .option('--reason <reason>', 'only those held for this reason: flood, rule:spam …')
    .addOption(limitOption())
    .option('--json', 'print one JSON document')
    .action(async (options: ListOptions) => {
      const rows = await withDesk(env, async ({ deps }) => {
        const query = deps
          .db<InboundEmailRow>('inbound_emails')
          .orderBy('received_at', 'desc')
          .limit(options.limit)
        const { status, outcome, reason } = options
        return query.where({
          ...(status ? { status } : {}),
          ...(outcome ? { outcome } : {}),
          ...(reason ? { reason } : {}),
        })
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
        printLine(`\nwhy\n${[...whyLines(decision), ...judgementLines(row)].join('\n')}`)
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
  const release = new Command('release')
    .description('File held mails as if what holds them had no say; dead letters are tried again.')
    .argument('<id...>', 'as `list` shows them', collectIds)
    .option('--ticket <number>', 'into this ticket, whatever the rules say')
    .option('--reason <text>', 'why; kept with the mail')
    .action(async (ids: string[], options: { ticket?: string; reason?: string }) => {
      await withDesk(env, async ({ deps }) => {
        const ticketId = options.ticket ? await getTicketId(deps.db, options.ticket) : null
        const how = { actorId: null, note: noteOf(options), ticketId }
        await judgeAll(ids, 'released', (id) => releaseInbound(deps, id, how))
      })
    })
  const discard = new Command('discard')
    .description('Let held mails be: their bytes are kept, and they can still be released.')
    .argument('<id...>', 'as `list` shows them', collectIds)
    .option('--block-sender', 'hold all further mail of their senders, too')
    .option('--reason <text>', 'why; kept with the mail')
    .action(async (ids: string[], options: { blockSender?: true; reason?: string }) => {
      await withDesk(env, async ({ deps }) => {
        const how = { actorId: null, note: noteOf(options), blockSender: options.blockSender === true }
        await judgeAll(ids, 'discarded', (id) => discardInbound(deps, id, how))
      })
    })
  return new Command('inbound')
    .addCommand(list)
    .addCommand(show)
    .addCommand(raw)
    .addCommand(replay)
    .addCommand(release)
    .addCommand(discard)
}

function collectIds(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), parseId(text)]
}

function noteOf({ reason }: { reason?: string }): string | null {
  return reason ? reason.slice(0, maxNote) : null
}

/** Each by itself; what is refused is told and makes the command fail, but does not stop the rest. */
async function judgeAll(
  ids: readonly string[],
  done: string,
  judge: (id: InboundEmailId) => Promise<unknown>,
): Promise<void> {
  let refused = 0
  for (const id of ids) {
    try {
      await judge(id as InboundEmailId)
      printLine(`${done} ${id}`)
    } catch (error) {
      if (!isFinal(error)) throw error
      refused += 1
      process.stderr.write(`${errorText(error)}\n`)
    }
  }
  if (refused > 0)
    throw new MaildeskError('request.conflict', `${refused} of ${ids.length} mails were refused`)
}

async function getTicketId(db: Desk['deps']['db'], number: string): Promise<TicketId> {
  const ticket = /^[1-9]\d{0,17}$/.test(number) ? await findTicketByNumber(db, number) : undefined
  if (!ticket) throw new MaildeskError('request.not-found', `no ticket ${number}`)
  return ticket.id
}

/** What a reason means, and what a person said. */
function judgementLines({
  status,
  reason,
  judgement,
  judged_at,
  judged_by_id,
  judgement_note,
}: InboundEmailRow) {
  const entry = status === 'quarantined' && reason ? quarantineReasonEntry(reason) : undefined
  const by = judged_by_id ? `user ${judged_by_id}` : 'the command line'
  const note = judgement_note ? `: ${printable(judgement_note)}` : ''
  return [
    ...(entry ? [`  ${reason}: ${entry.meaning} ${entry.next}`] : []),
    ...(judgement ? [`  ${judgement} by ${by} at ${judged_at?.toISOString()}${note}`] : []),
  ]
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
