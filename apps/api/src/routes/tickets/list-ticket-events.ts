import { listTicketEvents as readTicketEvents } from '@maildesk/db'
import { Type } from 'typebox'
import { type ApiApp, actorOf, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { PageQuery, pageRequest, presentPage } from '../../resources/cursor.ts'
import { answers, IdParams, PageOf } from '../../resources/schema.ts'
import { presentTicketEvent, TicketEventSchema } from '../../resources/ticket.ts'
import { getVisibleTicket } from '../../visible.ts'

export function listTicketEvents(app: ApiApp, { db }: ApiDeps): void {
  app.get(
    '/api/v1/tickets/:id/events',
    {
      // Events tell of notes and of who did what; they are not the customer's.
      config: { policy: staffOnly },
      schema: {
        tags: ['tickets'],
        summary: 'What happened to a ticket, oldest first',
        params: IdParams,
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: answers(200, PageOf(TicketEventSchema)),
      },
    },
    async (request) => {
      const ticket = await getVisibleTicket(db, actorOf(request), request.params.id)
      const page = pageRequest(request.query, 'events')
      return presentPage(await readTicketEvents(db, ticket.id, page), 'events', presentTicketEvent)
    },
  )
}
