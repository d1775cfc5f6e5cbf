import {
  type MailboxId,
  sources,
  ticketCategories,
  ticketPriorities,
  ticketStatuses,
  type UserId,
} from '@maildesk/core'
import { searchTickets, type TicketFilter, type TicketOrder, ticketOrders } from '@maildesk/db'
import { type Static, Type } from 'typebox'
import { type Actor, type ApiApp, actorOf, everyRole, isStaff } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { PageQuery, pageRequest, presentPage } from '../../resources/cursor.ts'
import { answers, Defaulted, OneOf, PageOf, Time, Uuid } from '../../resources/schema.ts'
import { presentTicket, TicketSchema } from '../../resources/ticket.ts'

const Query = Type.Object(
  {
    ...PageQuery,
    sort: Defaulted(
      OneOf(Object.keys(ticketOrders) as TicketOrder[], { description: '`-` is descending.' }),
      '-updated_at',
    ),
    status: Type.Optional(Type.Array(OneOf(ticketStatuses), { maxItems: ticketStatuses.length })),
    priority: Type.Optional(Type.Array(OneOf(ticketPriorities), { maxItems: ticketPriorities.length })),
    category: Type.Optional(OneOf(ticketCategories)),
    assigned_agent_id: Type.Optional(Uuid()),
    unassigned: Type.Optional(Type.Boolean()),
    customer_id: Type.Optional(Uuid()),
    source: Type.Optional(OneOf(sources)),
    mailbox_id: Type.Optional(Uuid()),
    tag: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
    updated_since: Type.Optional(Time()),
    created_since: Type.Optional(Time()),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Found anywhere in the title, or at the start of the number.',
      }),
    ),
  },
  { additionalProperties: false },
)

export function listTickets(app: ApiApp, { db }: ApiDeps): void {
  app.get(
    '/api/v1/tickets',
    {
      config: { policy: everyRole },
      schema: {
        tags: ['tickets'],
        summary: 'List tickets; customers see their own',
        querystring: Query,
        response: answers(200, PageOf(TicketSchema)),
      },
    },
    async (request) => {
      const { query } = request
      const page = pageRequest(query, query.sort)
      const filter = filterFor(actorOf(request), query)
      if (!filter) return { items: [], next_cursor: null }
      return presentPage(await searchTickets(db, filter, query.sort, page), query.sort, presentTicket)
    },
  )
}

/** The filter, narrowed to what the caller may see; undefined when nothing is left. */
function filterFor(actor: Actor, query: Static<typeof Query>): TicketFilter | undefined {
  if (!isStaff(actor) && query.customer_id && query.customer_id !== actor.userId) return undefined
  const customerId = isStaff(actor) ? query.customer_id : actor.userId
  return {
    ...(query.status ? { status: query.status } : {}),
    ...(query.priority ? { priority: query.priority } : {}),
    ...(query.category ? { category: query.category } : {}),
    ...(query.assigned_agent_id ? { assignedAgentId: query.assigned_agent_id as UserId } : {}),
    ...(query.unassigned ? { unassigned: true } : {}),
    ...(customerId ? { customerId: customerId as UserId } : {}),
    ...(query.source ? { source: query.source } : {}),
    ...(query.mailbox_id ? { mailboxId: query.mailbox_id as MailboxId } : {}),
    ...(query.tag ? { tag: query.tag } : {}),
    ...(query.updated_since ? { updatedSince: new Date(query.updated_since) } : {}),
    ...(query.created_since ? { createdSince: new Date(query.created_since) } : {}),
    ...(query.q ? { text: query.q } : {}),
  }
}
