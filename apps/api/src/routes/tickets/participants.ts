import { inTransaction, listParticipants, type TicketParticipantRow } from '@maildesk/db'
import { addCollaborator, changeParticipant, removeParticipant } from '@maildesk/flows'
import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { type ApiApp, actorOf, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { createOnce, sendCreated } from '../../create-once.ts'
import { Address, addressIn } from '../../resources/address.ts'
import {
  answers,
  Body,
  Defaulted,
  IdempotencyHeaders,
  IdParams,
  isoTime,
  Named,
  Nullable,
  OneOf,
  Ref,
  Time,
} from '../../resources/schema.ts'
import { getVisibleTicket } from '../../visible.ts'

export const ParticipantSchema = Named('Participant', {
  address: Type.String(),
  name: Type.String({ description: 'As they called themselves; not to be trusted.' }),
  role: OneOf(['requester', 'collaborator', 'unverified', 'follower'], {
    description:
      '`unverified`: wrote without belonging to the ticket; shown to staff, gets nothing until accepted as collaborator.',
  }),
  is_active: Type.Boolean({ description: 'Answers go to active ones only.' }),
  added_by: Nullable(Type.String({ description: 'Address of who named them in a mail.' })),
  created_at: Time(),
})

const ParticipantParams = Type.Object({
  id: Type.String({ maxLength: 64 }),
  address: Type.String({ maxLength: 254 }),
})

export function participants(app: ApiApp, deps: ApiDeps): void {
  const tags = ['tickets']
  app.get(
    '/api/v1/tickets/:id/participants',
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'Who belongs to the conversation',
        params: IdParams,
        response: answers(200, Type.Object({ items: Type.Array(Ref(ParticipantSchema)) })),
      },
    },
    async (request) => {
      const { id } = await getVisibleTicket(deps.db, actorOf(request), request.params.id)
      return { items: (await listParticipants(deps.db, id)).map(presentParticipant) }
    },
  )
  app.post(
    '/api/v1/tickets/:id/participants',
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'Add a collaborator, who gets the answers from now on',
        description: 'One who waits unverified is accepted. 409 when they belong to the ticket already.',
        params: IdParams,
        headers: IdempotencyHeaders,
        body: Body({ address: Address(), name: Defaulted(Type.String({ maxLength: 301 }), '') }),
        response: answers(201, Ref(ParticipantSchema)),
      },
    },
    async (request, reply) => {
      const order = await orderOf(request, request.params.id, addressIn('address', request.body.address))
      const created = await createOnce(deps, request, async (tx) => {
        const row = await addCollaborator(tx, deps, { ...order, name: request.body.name })
        return { body: presentParticipant(row), location: `/api/v1/tickets/${order.ticketId}/participants` }
      })
      return sendCreated(reply, created)
    },
  )
  app.patch(
    '/api/v1/tickets/:id/participants/:address',
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'Accept one who is unverified, or say whether answers go to them',
        description:
          'Accepting (`role: collaborator`) also shows to the customer what they wrote and was held back. 409 for the requester.',
        params: ParticipantParams,
        body: Body(
          {
            role: Type.Optional(OneOf(['collaborator'])),
            is_active: Type.Optional(Type.Boolean()),
          },
          { minProperties: 1 },
        ),
        response: answers(200, Ref(ParticipantSchema)),
      },
    },
    async (request) => {
      const { role, is_active } = request.body
      const order = await orderOf(request, request.params.id, request.params.address)
      const change = {
        ...(role ? { role } : {}),
        ...(is_active === undefined ? {} : { isActive: is_active }),
      }
      return presentParticipant(
        await inTransaction(deps.db, (tx) => changeParticipant(tx, deps, order, change)),
      )
    },
  )
  app.delete(
    '/api/v1/tickets/:id/participants/:address',
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'Take somebody out of the conversation; what they wrote stays',
        params: ParticipantParams,
        response: answers(204, Type.Null()),
      },
    },
    async (request, reply) => {
      const order = await orderOf(request, request.params.id, request.params.address)
      await inTransaction(deps.db, (tx) => removeParticipant(tx, deps, order))
      return reply.code(204).send(null)
    },
  )

  async function orderOf(request: FastifyRequest, id: string, address: string) {
    const actor = actorOf(request)
    const ticket = await getVisibleTicket(deps.db, actor, id)
    return { ticketId: ticket.id, address, actorId: actor.userId }
  }
}

function presentParticipant(row: TicketParticipantRow): Static<typeof ParticipantSchema> {
  return {
    address: row.address,
    name: row.name,
    role: row.role,
    is_active: row.is_active,
    added_by: row.added_by,
    created_at: isoTime(row.created_at),
  }
}
