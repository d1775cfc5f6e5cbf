// What follows once a mail has its place: the mailbox's defaults, what mail rules want with the ticket, and the line in the
// trail that a person released it. Part of the filing transaction.
import {
  type InboundDecision,
  type Job,
  type MergedActions,
  noActions,
  type OutboundEmailId,
  type TicketId,
} from '@maildesk/core'
import {
  type InboundEmailRow,
  lockActiveStaff,
  lockTicket,
  recordBlockHit,
  recordEvent,
  type TicketRow,
  type Transaction,
} from '@maildesk/db'
import type { Applied } from './applied.ts'
import { changeTicket, type TicketChanges } from './change-ticket.ts'
import type { DeskDeps } from './deps.ts'
import type { Gathered } from './gather-facts.ts'

/** Tags of one ticket that mail may bring it to. */
const maxTags = 50

/** Does it, and returns the outgoing mails to ring for. A mail that was filed before changes nothing. @throws MaildeskError db.* */
export async function afterFiling(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  gathered: Gathered,
  decision: InboundDecision,
  { end }: Applied,
): Promise<OutboundEmailId[]> {
  const { verdict, facts } = decision
  if (verdict.kind === 'quarantine' && verdict.reason === 'blocked-sender' && facts.sender.blockedBy)
    await recordBlockHit(tx, facts.sender.blockedBy)
  if (end.ticketId === null || end.reason === 'filed-before') return []
  if (row.judgement === 'released') await recordRelease(tx, deps, row, end.ticketId)
  if (verdict.kind !== 'open' && verdict.kind !== 'append') return []
  const ticket = await lockTicket(tx, end.ticketId)
  if (!ticket) return []
  const wanted = wantedOf(decision, gathered)
  const assignee = wanted.assign ? await lockActiveStaff(tx, wanted.assign) : undefined
  if (decision.matchedRules) {
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId: ticket.id,
      type: 'mail_rules_applied',
      inboundEmailId: row.id,
      data: {
        rules: decision.matchedRules.map(({ id, name }) => ({ id, name })),
        ...(wanted.assign && !assignee ? { not_assigned_to: wanted.assign } : {}),
      },
    })
  }
  const rings: Job[] = []
  await changeTicket(tx, deps, {
    ticketId: ticket.id,
    actorId: null,
    changes: changesOf(ticket, { ...wanted, assign: assignee?.id ?? null }),
    rings,
  })
  return rings.map(({ id }) => id as OutboundEmailId)
}

/** Rules first, then the mailbox's defaults for what they leave open; a stranger's mail brings tags and no more. */
function wantedOf(
  { verdict, actions = noActions }: InboundDecision,
  { mailbox }: Gathered,
): Pick<MergedActions, 'category' | 'priority' | 'tags' | 'assign' | 'close'> {
  if (verdict.kind === 'append') return verdict.unverified ? { ...noActions, tags: actions.tags } : actions
  return {
    ...actions,
    tags: [...(mailbox?.default_tags ?? []), ...actions.tags],
    assign: actions.assign ?? mailbox?.default_assignee_id ?? null,
  }
}

function changesOf(
  ticket: TicketRow,
  { category, priority, tags, assign, close }: ReturnType<typeof wantedOf>,
): TicketChanges {
  return {
    ...(category ? { category } : {}),
    ...(priority ? { priority } : {}),
    ...(tags.length > 0 ? { tags: [...new Set([...ticket.tags, ...tags])].slice(0, maxTags) } : {}),
    ...(assign ? { assigned_agent_id: assign } : {}),
    ...(close ? { status: 'closed' } : {}),
  }
}

async function recordRelease(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  ticketId: TicketId,
): Promise<void> {
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId,
    type: 'inbound_released',
    actorId: row.judged_by_id,
    inboundEmailId: row.id,
    data: {
      held_for: row.waived_reasons,
      note: row.judgement_note,
      placed_by_hand: row.placed_in_id !== null,
    },
  })
}
