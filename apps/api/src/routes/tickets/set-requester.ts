import { maxAddressLength } from '@maildesk/core'
import { inTransaction } from '@maildesk/db'
import { setRequester as setRequesterFlow } from '@maildesk/flows'
import { Type } from 'typebox'
import { type ApiApp, actorOf, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { setEtag } from '../../if-match.ts'
import { answers, Body, Defaulted, IdParams, Ref } from '../../resources/schema.ts'
import { presentTicket, TicketSchema } from '../../resources/ticket.ts'
import { getVisibleTicket } from '../../visible.ts'

const Requester = Body({
  email: Type.String({ minLength: 3, maxLength: maxAddressLength, description: 'Whose ticket it is.' }),
  name: Defaulted(Type.String({ maxLength: 301, description: 'Of a person who is not known yet.' }), ''),
})

export function setRequester(app: ApiApp, deps: ApiDeps): void {
  app.post(
    '/api/v1/tickets/:id/requester',
    {
      config: { policy: staffOnly },
      schema: {
        tags: ['tickets'],
        summary: 'Say whose ticket it is',
        description:
          'For a forwarded mail whose sender could not be told. Answers go to this person from now on; who had the ticket before stays without getting answers, or as a follower if staff.',
        params: IdParams,
        body: Requester,
        response: answers(200, Ref(TicketSchema)),
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const { id } = await getVisibleTicket(deps.db, actor, request.params.id)
      const ticket = await inTransaction(deps.db, (tx) =>
        setRequesterFlow(tx, deps, { ticketId: id, actorId: actor.userId, ...request.body }),
      )
      setEtag(reply, ticket)
      return presentTicket(ticket)
    },
  )
}
