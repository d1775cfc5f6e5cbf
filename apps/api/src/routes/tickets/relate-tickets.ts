import type { MessageId } from '@maildesk/core'
import { inTransaction, listTicketLinks, type TicketRow, type Transaction } from '@maildesk/db'
import { mergeTickets, splitTicket, unmergeTicket } from '@maildesk/flows'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { type ApiApp, actorOf, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { createOnce, sendCreated } from '../../create-once.ts'
import { setEtag } from '../../if-match.ts'
import { answers, Body, IdempotencyHeaders, IdParams, Ref, Uuid } from '../../resources/schema.ts'
import {
  presentTicket,
  presentTicketLink,
  TicketFields,
  TicketLinkSchema,
  TicketSchema,
} from '../../resources/ticket.ts'
import { getVisibleTicket } from '../../visible.ts'

const Into = Body({
  into_ticket_id: Type.String({
    minLength: 1,
    maxLength: 40,
    description: 'Id or number of the ticket that stays.',
  }),
})
const SplitBody = Body({
  message_ids: Type.Array(Uuid(), { minItems: 1, maxItems: 500, uniqueItems: true }),
  title: Type.Optional(TicketFields.title),
})

export function relateTickets(app: ApiApp, deps: ApiDeps): void {
  const common = { tags: ['tickets'], params: IdParams }
  const changing = { ...common, response: answers(200, Ref(TicketSchema)) }
  app.post(
    '/api/v1/tickets/:id/merge',
    {
      config: { policy: staffOnly },
      schema: {
        ...changing,
        summary: 'Merge a ticket into another',
        description:
          'Its messages and people move, it is closed, and later answers to it go to the other. 409 when it is merged already.',
        body: Into,
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const from = await getVisibleTicket(deps.db, actor, request.params.id)
      const into = await getVisibleTicket(deps.db, actor, request.body.into_ticket_id)
      return changed(deps, reply, (tx) =>
        mergeTickets(tx, deps, { fromId: from.id, intoId: into.id, actorId: actor.userId }),
      )
    },
  )
  app.post(
    '/api/v1/tickets/:id/unmerge',
    {
      config: { policy: staffOnly },
      schema: { ...changing, summary: 'Take a merge back: what it moved returns, what came since stays' },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const { id } = await getVisibleTicket(deps.db, actor, request.params.id)
      return changed(deps, reply, (tx) => unmergeTicket(tx, deps, { id, actorId: actor.userId }))
    },
  )
  app.post(
    '/api/v1/tickets/:id/split',
    {
      config: { policy: staffOnly },
      schema: {
        ...common,
        summary: 'Move messages into a ticket of their own; answers to them follow',
        headers: IdempotencyHeaders,
        body: SplitBody,
        response: answers(201, Ref(TicketSchema)),
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const { id } = await getVisibleTicket(deps.db, actor, request.params.id)
      const created = await createOnce(deps, request, async (tx) => {
        const opened = await splitTicket(tx, deps, {
          ticketId: id,
          messageIds: request.body.message_ids as MessageId[],
          title: request.body.title,
          actorId: actor.userId,
        })
        return { body: presentTicket(opened), location: `/api/v1/tickets/${opened.id}` }
      })
      return sendCreated(reply, created)
    },
  )
  app.get(
    '/api/v1/tickets/:id/links',
    {
      config: { policy: staffOnly },
      schema: {
        ...common,
        summary: 'The tickets this one is linked to, in both directions',
        response: answers(200, Type.Object({ items: Type.Array(Ref(TicketLinkSchema)) })),
      },
    },
    async (request) => {
      const { id } = await getVisibleTicket(deps.db, actorOf(request), request.params.id)
      return { items: (await listTicketLinks(deps.db, id)).map(presentTicketLink) }
    },
  )
}

async function changed(deps: ApiDeps, reply: FastifyReply, work: (tx: Transaction) => Promise<TicketRow>) {
  const ticket = await inTransaction(deps.db, work)
  setEtag(reply, ticket)
  return presentTicket(ticket)
}
