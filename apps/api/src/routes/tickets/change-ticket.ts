import { type Job, ticketCategories, ticketPriorities, ticketStatuses } from '@maildesk/core'
import { inTransaction } from '@maildesk/db'
import { changeTicket as changeTicketFlow, ringQuietly, type TicketChanges } from '@maildesk/flows'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type ApiApp, actorOf, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { IfMatchHeaders, setEtag, versionsOf } from '../../if-match.ts'
import { answers, Body, IdParams, Nullable, OneOf, Ref, Uuid } from '../../resources/schema.ts'
import { presentTicket, TicketFields, TicketSchema } from '../../resources/ticket.ts'
import { getVisibleTicket } from '../../visible.ts'

const Changes = Body(
  {
    title: Type.Optional(TicketFields.title),
    category: Type.Optional(OneOf(ticketCategories)),
    priority: Type.Optional(OneOf(ticketPriorities)),
    status: Type.Optional(OneOf(ticketStatuses)),
    tags: Type.Optional(TicketFields.tags),
    assigned_agent_id: Type.Optional(Nullable(Uuid('Active staff, or null for nobody.'))),
  },
  { minProperties: 1 },
)
const Assignee = Body({ assigned_agent_id: Uuid('Active staff.') })

export function changeTicket(app: ApiApp, deps: ApiDeps): void {
  const common = {
    tags: ['tickets'],
    params: IdParams,
    headers: IfMatchHeaders,
    response: answers(200, Ref(TicketSchema)),
  }
  app.patch(
    '/api/v1/tickets/:id',
    { config: { policy: staffOnly }, schema: { ...common, summary: 'Change a ticket', body: Changes } },
    async (request, reply) => change(deps, request, reply, request.body as TicketChanges),
  )
  app.put(
    '/api/v1/tickets/:id/assignee',
    {
      config: { policy: staffOnly },
      schema: { ...common, summary: 'Give a ticket to an agent', body: Assignee },
    },
    async (request, reply) => change(deps, request, reply, request.body as TicketChanges),
  )
  app.delete(
    '/api/v1/tickets/:id/assignee',
    { config: { policy: staffOnly }, schema: { ...common, summary: 'Take a ticket from its agent' } },
    async (request, reply) => change(deps, request, reply, { assigned_agent_id: null }),
  )
}

async function change(
  deps: ApiDeps,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
  changes: TicketChanges,
) {
  const actor = actorOf(request)
  const { id } = await getVisibleTicket(deps.db, actor, request.params.id)
  const rings: Job[] = []
  const ticket = await inTransaction(deps.db, (tx) =>
    changeTicketFlow(tx, deps, {
      rings,
      ticketId: id,
      actorId: actor.userId,
      changes,
      ifVersion: versionsOf(request),
    }),
  )
  await ringQuietly(deps, rings)
  setEtag(reply, ticket)
  return presentTicket(ticket)
}
