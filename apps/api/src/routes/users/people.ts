import type { UserId } from '@maildesk/core'
import { findUser, inTransaction, listUserAddresses, type UserAddressRow } from '@maildesk/db'
import { addUserAddress, mergePeople, removeUserAddress } from '@maildesk/flows'
import { type Static, Type } from 'typebox'
import { type ApiApp, actorOf, adminOnly, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { createOnce, sendCreated } from '../../create-once.ts'
import { Address, addressIn } from '../../resources/address.ts'
import {
  answers,
  Body,
  IdempotencyHeaders,
  IdParams,
  isoTime,
  Named,
  Ref,
  Time,
  Uuid,
} from '../../resources/schema.ts'
import { presentUser, UserSchema } from '../../resources/user.ts'
import { idOf, notFound } from '../../visible.ts'

export const UserAddressSchema = Named('UserAddress', {
  address: Type.String(),
  is_first: Type.Boolean({ description: 'The one that stands as `email` of the person; it stays.' }),
  created_at: Time(),
})

const AddressParams = Type.Object({
  id: Type.String({ maxLength: 64 }),
  address: Type.String({ maxLength: 254 }),
})

export function people(app: ApiApp, deps: ApiDeps): void {
  const tags = ['users']
  app.get(
    '/api/v1/users/:id/addresses',
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'The addresses that are one person',
        params: IdParams,
        response: answers(200, Type.Object({ items: Type.Array(Ref(UserAddressSchema)) })),
      },
    },
    async (request) => {
      const user = await findUser(deps.db, idOf<UserId>('user', request.params.id))
      if (!user) throw notFound('user', request.params.id)
      const first = {
        address: user.email.toLowerCase(),
        is_first: true,
        created_at: isoTime(user.date_joined),
      }
      return { items: [first, ...(await listUserAddresses(deps.db, user.id)).map(presentAddress)] }
    },
  )
  app.post(
    '/api/v1/users/:id/addresses',
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'Say that an address is this person’s, too',
        description:
          'What is written from it is theirs, in all their tickets. 409 when it is somebody’s already: merge the two. For staff only admins may.',
        params: IdParams,
        headers: IdempotencyHeaders,
        body: Body({ address: Address() }),
        response: answers(201, Ref(UserAddressSchema)),
      },
    },
    async (request, reply) => {
      const userId = idOf<UserId>('user', request.params.id)
      const order = {
        userId,
        address: addressIn('address', request.body.address),
        actorRole: actorOf(request).role,
      }
      const created = await createOnce(deps, request, async (tx) => ({
        body: presentAddress(await addUserAddress(tx, order)),
        location: `/api/v1/users/${userId}/addresses`,
      }))
      return sendCreated(reply, created)
    },
  )
  app.delete(
    '/api/v1/users/:id/addresses/:address',
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'Say that an address is not this person’s any more',
        params: AddressParams,
        response: answers(204, Type.Null()),
      },
    },
    async (request, reply) => {
      const { id, address } = request.params
      const order = { userId: idOf<UserId>('user', id), address, actorRole: actorOf(request).role }
      await inTransaction(deps.db, (tx) => removeUserAddress(tx, order))
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/api/v1/users/:id/merge',
    {
      config: { policy: adminOnly },
      schema: {
        tags,
        summary: 'Make one person of two customers',
        description:
          'Tickets, messages and addresses go to the other; this one is gone and its tokens end. It cannot be taken back.',
        params: IdParams,
        body: Body({ into: Uuid('The person that stays.') }),
        response: answers(200, Ref(UserSchema)),
      },
    },
    async (request) => {
      const order = {
        fromId: idOf<UserId>('user', request.params.id),
        intoId: request.body.into.toLowerCase() as UserId,
        actorId: actorOf(request).userId,
      }
      return presentUser(await inTransaction(deps.db, (tx) => mergePeople(tx, deps, order)))
    },
  )
}

function presentAddress({ address, created_at }: UserAddressRow): Static<typeof UserAddressSchema> {
  return { address, is_first: false, created_at: isoTime(created_at) }
}
