// Changes a ticket's own fields, with a line in the audit trail for each.
import {
  invalidFields,
  type Job,
  MaildeskError,
  mayMoveTicket,
  type TicketId,
  type UserId,
} from '@maildesk/core'
import {
  findNewestCustomerMessage,
  findUser,
  lockActiveStaff,
  lockTicket,
  recordEvent,
  type TicketRow,
  type Transaction,
  updateTicket,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import { notifyAgents } from './notify-agents.ts'

export type TicketChanges = Partial<
  Pick<TicketRow, 'title' | 'category' | 'priority' | 'status' | 'tags' | 'assigned_agent_id'>
>

export interface TicketChange {
  readonly ticketId: TicketId
  /** Null for the desk itself. */
  readonly actorId: UserId | null
  readonly changes: TicketChanges
  /** Versions the caller would change; undefined when any will do. */
  readonly ifVersion?: readonly number[] | undefined
  /** Gets what to ring for after the commit; without it the sweeper rings. */
  readonly rings?: Job[]
}

/** The event that tells of each field's change; its data is `{from, to}`. */
const eventOfField = {
  title: 'title_changed',
  category: 'category_changed',
  priority: 'priority_changed',
  status: 'status_changed',
  tags: 'tags_changed',
  assigned_agent_id: 'assignee_changed',
} as const satisfies Record<keyof TicketChanges, string>

/**
 * Writes what differs, counts the version up by one and returns the ticket as it is now. Nothing that differs: nothing is written.
 * @throws MaildeskError request.not-found, request.stale (ifVersion), request.invalid (assigned_agent_id).
 */
export async function changeTicket(
  tx: Transaction,
  deps: DeskDeps,
  { ticketId, actorId, changes, ifVersion, rings }: TicketChange,
): Promise<TicketRow> {
  const ticket = await lockTicket(tx, ticketId)
  if (!ticket) throw new MaildeskError('request.not-found', `no ticket ${ticketId}`, { id: ticketId })
  if (ifVersion && !ifVersion.includes(ticket.version)) {
    throw new MaildeskError(
      'request.stale',
      `ticket ${ticket.number} is at version ${ticket.version}; read it again`,
      { version: ticket.version },
    )
  }
  await checkAssignee(tx, changes.assigned_agent_id)
  const changed = (Object.keys(eventOfField) as (keyof TicketChanges)[]).filter((field) =>
    differs(ticket, changes, field),
  )
  if (changed.length === 0) return ticket
  const columns = Object.fromEntries(changed.map((field) => [field, changes[field]]))
  const after = await updateTicket(tx, ticket.id, { ...columns, ...closing(ticket, changes) })
  for (const field of changed) {
    const data = { from: ticket[field], to: after[field] }
    const eventId = deps.ids.uuid()
    await recordEvent(tx, { id: eventId, ticketId: ticket.id, type: eventOfField[field], actorId, data })
    const event = toldOf(field, after)
    const told = event ? await tellOf(tx, deps, event, eventId, after, actorId) : []
    rings?.push(...told)
  }
  return after
}

/** What staff are told of when the field has changed. */
function toldOf(field: keyof TicketChanges, after: TicketRow): 'assignment' | 'escalation' | undefined {
  if (field === 'assigned_agent_id' && after.assigned_agent_id) return 'assignment'
  return field === 'priority' && after.priority === 'urgent' ? 'escalation' : undefined
}

async function tellOf(
  tx: Transaction,
  deps: DeskDeps,
  event: 'assignment' | 'escalation',
  eventId: string,
  ticket: TicketRow,
  actorId: UserId | null,
): Promise<Job[]> {
  const author = (actorId ? await findUser(tx, actorId) : undefined) ?? null
  const message = (await findNewestCustomerMessage(tx, ticket.id)) ?? null
  const queued = await notifyAgents(tx, deps, { event, eventId, ticket, author, message, cause: null })
  return queued.map((id) => ({ name: 'send-email', id }))
}

async function checkAssignee(tx: Transaction, id: UserId | null | undefined): Promise<void> {
  if (id && !(await lockActiveStaff(tx, id)))
    throw invalidFields({ field: 'assigned_agent_id', message: 'names no active staff' })
}

function differs(ticket: TicketRow, changes: TicketChanges, field: keyof TicketChanges): boolean {
  const wanted = changes[field]
  if (wanted === undefined) return false
  if (field === 'status') return mayMoveTicket(ticket.status, wanted as TicketRow['status'])
  return JSON.stringify(wanted) !== JSON.stringify(ticket[field])
}

/** closed_at follows the status, and tells when it was closed last. */
function closing(ticket: TicketRow, { status }: TicketChanges): { closed_at?: 'now' | null } {
  if (status === undefined || status === ticket.status) return {}
  return { closed_at: status === 'closed' ? 'now' : null }
}
