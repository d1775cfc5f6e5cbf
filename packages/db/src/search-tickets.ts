// Finding tickets: filters, order, paging.
import type {
  MailboxId,
  Source,
  TicketCategory,
  TicketId,
  TicketPriority,
  TicketStatus,
  UserId,
} from '@maildesk/core'
import type { Database } from './connect.ts'
import { containsPattern, type Page, type PageOrder, type PageRequest, readPage } from './keyset-page.ts'
import type { TicketRow } from './tables.ts'

export interface TicketFilter {
  readonly status?: readonly TicketStatus[]
  readonly priority?: readonly TicketPriority[]
  readonly category?: TicketCategory
  readonly assignedAgentId?: UserId
  readonly unassigned?: boolean
  readonly customerId?: UserId
  readonly source?: Source
  readonly mailboxId?: MailboxId
  readonly tag?: string
  readonly updatedSince?: Date
  readonly createdSince?: Date
  /** Found anywhere in the title, or at the start of the number. */
  readonly text?: string
}

const id = 'tickets.id'
const priorityRank = `CASE tickets.priority WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 WHEN 'urgent' THEN 4 END`

/** The orders a caller may ask for; `-` is descending. */
export const ticketOrders = {
  updated_at: { column: 'tickets.updated_at', kind: 'time', direction: 'asc', id },
  '-updated_at': { column: 'tickets.updated_at', kind: 'time', direction: 'desc', id },
  created_at: { column: 'tickets.created_at', kind: 'time', direction: 'asc', id },
  '-created_at': { column: 'tickets.created_at', kind: 'time', direction: 'desc', id },
  priority: { column: priorityRank, kind: 'integer', direction: 'asc', id },
  '-priority': { column: priorityRank, kind: 'integer', direction: 'desc', id },
} as const satisfies Record<string, PageOrder>
export type TicketOrder = keyof typeof ticketOrders

/** One page of the tickets that fit every part of the filter. */
export async function searchTickets(
  db: Database,
  filter: TicketFilter,
  order: TicketOrder,
  page: PageRequest,
): Promise<Page<TicketRow>> {
  const query = db('tickets').select('tickets.*')
  if (filter.status) query.whereIn('status', [...filter.status])
  if (filter.priority) query.whereIn('priority', [...filter.priority])
  if (filter.category) query.where({ category: filter.category })
  if (filter.assignedAgentId) query.where({ assigned_agent_id: filter.assignedAgentId })
  if (filter.unassigned) query.whereNull('assigned_agent_id')
  if (filter.customerId) query.where({ customer_id: filter.customerId })
  if (filter.source) query.where({ source: filter.source })
  if (filter.mailboxId) query.where({ mailbox_id: filter.mailboxId })
  if (filter.tag) query.whereRaw('tags @> ?::jsonb', [JSON.stringify([filter.tag])])
  if (filter.updatedSince) query.where('updated_at', '>=', filter.updatedSince)
  if (filter.createdSince) query.where('created_at', '>=', filter.createdSince)
  if (filter.text) {
    const text = filter.text.trim()
    query.where((either) => {
      either.whereRaw('title ILIKE ?', [containsPattern(text)])
      const number = /^#?(\d{1,18})$/.exec(text)?.[1]
      if (number) either.orWhereRaw('number::text LIKE ?', [`${number}%`])
    })
  }
  return readPage<TicketRow>(db, query, ticketOrders[order], page)
}

export async function findTicketByNumber(db: Database, number: string): Promise<TicketRow | undefined> {
  return db<TicketRow>('tickets').where({ number }).first()
}

/** Writes changed columns, counts the version up and returns the row as it is now. */
export async function updateTicket(
  db: Database,
  ticketId: TicketId,
  changes: TicketChangeColumns,
): Promise<TicketRow> {
  const { tags, closed_at, merged_at, ...rest } = changes
  const [row] = await db('tickets')
    .where({ id: ticketId })
    .update({
      ...rest,
      ...(tags ? { tags: JSON.stringify(tags) } : {}),
      ...(closed_at === undefined ? {} : { closed_at: closed_at === 'now' ? db.fn.now() : null }),
      ...(merged_at === undefined ? {} : { merged_at: merged_at === 'now' ? db.fn.now() : null }),
      updated_at: db.fn.now(),
      version: db.raw('version + 1'),
    })
    .returning('*')
  return row
}

export type TicketChangeColumns = Partial<
  Pick<
    TicketRow,
    | 'title'
    | 'category'
    | 'priority'
    | 'status'
    | 'tags'
    | 'assigned_agent_id'
    | 'merged_into_id'
    | 'attention'
  >
> & {
  readonly merged_at?: 'now' | null
  readonly closed_at?: 'now' | null
}

/** Milliseconds since the ticket was closed, by the database's clock; 0 while it is not. */
export async function closedForMs(db: Database, ticketId: TicketId): Promise<number> {
  const { rows } = await db.raw(
    'SELECT coalesce(extract(epoch FROM now() - closed_at) * 1000, 0)::float8 AS ms FROM tickets WHERE id = ?',
    [ticketId],
  )
  return rows[0]?.ms ?? 0
}
