import { type ApiApp, actorOf, everyRole } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { setEtag } from '../../if-match.ts'
import { answers, IdParams, Ref } from '../../resources/schema.ts'
import { presentTicket, TicketSchema } from '../../resources/ticket.ts'
import { getVisibleTicket } from '../../visible.ts'

export function showTicket(app: ApiApp, { db }: ApiDeps): void {
  app.get(
    '/api/v1/tickets/:id',
    {
      config: { policy: everyRole },
      schema: {
        tags: ['tickets'],
        summary: 'Get a ticket by id or number',
        params: IdParams,
        response: answers(200, Ref(TicketSchema)),
      },
    },
    async (request, reply) => {
      const ticket = await getVisibleTicket(db, actorOf(request), request.params.id)
      setEtag(reply, ticket)
      return presentTicket(ticket)
    },
  )
}
