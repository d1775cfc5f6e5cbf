// The commands of an agent's mail, looked up first and then done through the same flows as by hand.
import {
  type AgentCommand,
  type AgentPlan,
  type Job,
  type OutboundEmailId,
  planCommands,
} from '@maildesk/core'
import {
  findTicketByNumber,
  type InboundEmailRow,
  listActiveStaff,
  recordEvent,
  type TicketRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import { changeTicket } from './change-ticket.ts'
import type { DeskDeps } from './deps.ts'
import { mergeTickets } from './relate-tickets.ts'

export interface CommandsToDo {
  readonly commands: readonly AgentCommand[]
  readonly plan: AgentPlan
  readonly mergeInto: TicketRow | undefined
}

/** Looks up what the commands name. Writes nothing. @throws MaildeskError db.* */
export async function planMailCommands(
  tx: Transaction,
  ticket: TicketRow,
  agent: UserRow,
  commands: readonly AgentCommand[],
): Promise<CommandsToDo> {
  const number = commands.find((command) => command.kind === 'merge')?.number
  const target = number === undefined ? undefined : await findTicketByNumber(tx, number)
  const staff = commands.some(({ kind }) => kind === 'assign') ? await listActiveStaff(tx) : []
  const plan = planCommands(
    commands,
    ticket,
    agent,
    staff,
    target && { number: target.number, isMerged: target.merged_into_id !== null },
  )
  return { commands, plan, mergeInto: target }
}

/** Does it, each with its event, and returns the mails to ring for. @throws MaildeskError db.*, request.* */
export async function carryOutCommands(
  tx: Transaction,
  deps: DeskDeps,
  { commands, plan, mergeInto }: CommandsToDo,
  by: { readonly ticket: TicketRow; readonly agent: UserRow; readonly row: InboundEmailRow },
): Promise<OutboundEmailId[]> {
  if (commands.length === 0) return []
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: by.ticket.id,
    type: 'mail_commands_given',
    actorId: by.agent.id,
    inboundEmailId: by.row.id,
    data: { commands },
  })
  const rings: Job[] = []
  await changeTicket(tx, deps, {
    ticketId: by.ticket.id,
    actorId: by.agent.id,
    changes: plan.changes,
    rings,
  })
  if (mergeInto && plan.mergeInto)
    await mergeTickets(tx, deps, { fromId: by.ticket.id, intoId: mergeInto.id, actorId: by.agent.id })
  return rings.map(({ id }) => id as OutboundEmailId)
}
