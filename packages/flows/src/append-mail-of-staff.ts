// A mail of staff becomes an answer to the customer, a note, or a note that is held back; its commands are carried out.
import {
  type AgentUse,
  type CommandProblem,
  composeHeldNotice,
  flagsOf,
  type HeldReason,
  type InboundDecision,
  type InboundVerdict,
  type OutboundEmailId,
  type ParsedEmail,
  partsToSend,
  readAgentMail,
  replyTextOf,
  restrictionOf,
} from '@maildesk/core'
import {
  type InboundEmailRow,
  listMessageAttachments,
  type MessageRow,
  recordEvent,
  setAttention,
  type TicketRow,
  type Transaction,
  touchTicket,
  type UserRow,
} from '@maildesk/db'
import { type Applied, ended } from './applied.ts'
import { type CommandsToDo, carryOutCommands, planMailCommands } from './carry-out-commands.ts'
import { changeTicket } from './change-ticket.ts'
import type { DeskDeps } from './deps.ts'
import { fileMessage, traceOf } from './file-message.ts'
import type { Gathered } from './gather-facts.ts'
import { lockMailTicket } from './mail-ticket.ts'
import { queueAutomatic } from './queue-automatic.ts'
import { sendingMailbox, sendingMailboxOf } from './queue-outbound.ts'
import { queueReply } from './queue-reply.ts'
import { ticketUrl } from './ticket-url.ts'

type Append = Extract<InboundVerdict, { kind: 'append' }> & { readonly agent: AgentUse }

/** One mail of one agent in one ticket. */
interface StaffMail {
  readonly row: InboundEmailRow
  readonly email: ParsedEmail
  readonly gathered: Gathered
  readonly decision: InboundDecision
  readonly agent: UserRow
  readonly ticket: TicketRow
}

/** Writes what was decided. @throws MaildeskError db.conflict (the ticket was merged meanwhile), db.* */
export async function appendMailOfStaff(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  gathered: Gathered,
  decision: InboundDecision,
  verdict: Append,
): Promise<Applied> {
  const ticket = await lockMailTicket(tx, verdict.ticketId)
  const agent = gathered.sender
  if (!agent) throw new RangeError('a mail of staff has a sender')
  const mail: StaffMail = { row, email, gathered, decision, agent, ticket }
  const written = readAgentMail(email)
  const todo =
    verdict.agent.kind === 'hold' ? undefined : await planMailCommands(tx, ticket, agent, written.commands)
  const found = verdict.agent.kind === 'hold' ? undefined : lateProblem(deps, email, verdict.agent, todo)
  const problems = found?.problems ?? written.problems
  const settled: Append = found
    ? { ...verdict, internal: true, agent: { kind: 'hold', reason: found.reason, missing: [] } }
    : verdict
  const message = await fileAs(tx, deps, mail, settled, written.text)
  const outbound: OutboundEmailId[] = []
  if (settled.agent.kind === 'hold')
    outbound.push(...(await hold(tx, deps, mail, message, settled.agent, problems)))
  else {
    if (settled.agent.kind === 'speak') outbound.push(...(await speak(tx, deps, mail, message, todo)))
    if (todo) outbound.push(...(await carryOutCommands(tx, deps, todo, { ticket, agent, row })))
  }
  return {
    end: ended('filed', settled.internal ? 'note_appended' : 'appended', { ticketId: ticket.id }),
    outbound,
  }
}

/** What keeps a mail back that only shows when names and settings are looked up. */
function lateProblem(
  { settings }: DeskDeps,
  email: ParsedEmail,
  agent: AgentUse,
  todo: CommandsToDo | undefined,
): { readonly reason: HeldReason; readonly problems: readonly CommandProblem[] } | undefined {
  if (todo && todo.plan.problems.length > 0)
    return { reason: 'command-not-understood', problems: todo.plan.problems }
  if (agent.kind !== 'speak') return undefined
  const policy = { allowedTypes: settings.attachmentTypes, maxBytes: settings.maxAttachmentBytes }
  const problems = partsToSend(email).flatMap((part) => {
    const restriction = restrictionOf(part, policy)
    return restriction ? [{ line: part.filename, problem: restriction.replaceAll('-', ' ') }] : []
  })
  return problems.length > 0 ? { reason: 'file-not-allowed', problems } : undefined
}

async function fileAs(
  tx: Transaction,
  deps: DeskDeps,
  { row, email, gathered, decision, agent, ticket }: StaffMail,
  verdict: Append,
  text: string,
): Promise<MessageRow> {
  const how = {
    internal: verdict.internal,
    unverified: verdict.unverified,
    automatic: gathered.facts.classification.kind !== 'human',
    flags: flagsOf(email, gathered.facts, verdict, gathered),
    decision: traceOf({ ...decision, verdict }),
    isFirst: false,
  }
  const use = verdict.agent.kind
  // Held as it came, so that whoever looks sees all of it; what is carried out is kept as it was meant.
  const rebuilt =
    use === 'hold'
      ? {}
      : {
          text: text || replyTextOf(email.text, email.reply.ranges),
          ...(use === 'speak' ? { parts: partsToSend(email) } : {}),
        }
  const message = await fileMessage(tx, deps, row, email, ticket.id, agent, { ...how, ...rebuilt })
  const used = gathered.facts.evidence.find(({ ticketId }) => ticketId === ticket.id)
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: use === 'speak' ? 'message_posted' : 'note_added',
    actorId: agent.id,
    inboundEmailId: row.id,
    data: {
      message_id: message.id,
      rank: used?.rank,
      matched: used?.matched,
      by_mail: use,
      decided_by: decision.decidedBy,
    },
  })
  await touchTicket(tx, ticket.id)
  return message
}

async function speak(
  tx: Transaction,
  deps: DeskDeps,
  { ticket, agent }: StaffMail,
  message: MessageRow,
  todo: CommandsToDo | undefined,
): Promise<OutboundEmailId[]> {
  if (ticket.attention === 'draft-held') await setAttention(tx, ticket.id, null)
  const attachments = await listMessageAttachments(tx, message.id)
  const outbound = await queueReply(tx, deps, { ticket, message, author: agent, attachments })
  if (ticket.status === 'open' && !todo?.plan.changes.status)
    await changeTicket(tx, deps, {
      ticketId: ticket.id,
      actorId: agent.id,
      changes: { status: 'in_progress' },
    })
  return outbound ? [outbound] : []
}

/** Marks the ticket and tells the agent, once for this mail. */
async function hold(
  tx: Transaction,
  deps: DeskDeps,
  { row, email, gathered, agent, ticket }: StaffMail,
  message: MessageRow,
  { reason, missing }: Extract<AgentUse, { kind: 'hold' }>,
  problems: readonly CommandProblem[],
): Promise<OutboundEmailId[]> {
  const eventId = deps.ids.uuid()
  await recordEvent(tx, {
    id: eventId,
    ticketId: ticket.id,
    type: reason === 'unverified' ? 'agent_mail_unverified' : 'agent_mail_held',
    actorId: agent.id,
    inboundEmailId: row.id,
    data: { message_id: message.id, reason, missing, problems },
  })
  if (reason !== 'unverified') await setAttention(tx, ticket.id, 'draft-held')
  const mailbox = await sendingMailboxOf(tx, ticket)
  const told = await queueAutomatic(tx, deps, {
    // What may be somebody else's doing is answered as sparingly as any stranger.
    kind: reason === 'unverified' ? 'rejection' : 'notification',
    ticket,
    mailbox,
    recipient: agent.email,
    recipientUser: agent,
    cause: { row, email, gathered },
    eventId,
    template: `agent-mail-${reason}`,
    tokenRole: 'internal',
    compose: (stamp) => {
      if (!mailbox) throw new RangeError('the gate composes nothing without a mailbox')
      const held = {
        reason,
        ticketNumber: ticket.number,
        url: ticketUrl(deps.settings, ticket.number),
        problems,
        language: mailbox.language,
      }
      return composeHeldNotice({ name: '', address: agent.email }, held, sendingMailbox(mailbox), stamp)
    },
  })
  return told ? [told] : []
}
