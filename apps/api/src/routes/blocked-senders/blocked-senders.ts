import { blockEntryOf, invalidFields } from '@maildesk/core'
import { blockSender, inTransaction, listBlockedSenders, unblockSender } from '@maildesk/db'
import { Type } from 'typebox'
import { type ApiApp, actorOf, adminOnly, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { createOnce, sendCreated } from '../../create-once.ts'
import { PageQuery, pageRequest, presentPage } from '../../resources/cursor.ts'
import { BlockedSenderSchema, presentBlockedSender } from '../../resources/inbound-rule.ts'
import {
  answers,
  Body,
  Defaulted,
  IdempotencyHeaders,
  IdParams,
  PageOf,
  Ref,
} from '../../resources/schema.ts'
import { idOf, notFound } from '../../visible.ts'

const Entry = Body({
  entry: Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'An address, or a domain with all below it.',
  }),
  reason: Defaulted(Type.String({ maxLength: 500 }), ''),
})
const path = '/api/v1/blocked-senders'

export function blockedSenders(app: ApiApp, deps: ApiDeps): void {
  const tags = ['inbound-rules']
  app.get(
    path,
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'Senders whose mail is held, newest first',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: answers(200, PageOf(BlockedSenderSchema)),
      },
    },
    async ({ query }) =>
      presentPage(
        await listBlockedSenders(deps.db, pageRequest(query, 'blocked')),
        'blocked',
        presentBlockedSender,
      ),
  )
  app.post(
    path,
    {
      config: { policy: adminOnly },
      schema: {
        tags,
        summary: 'Hold the mail of an address or a domain; one that is blocked already stays as it is',
        headers: IdempotencyHeaders,
        body: Entry,
        response: answers(201, Ref(BlockedSenderSchema)),
      },
    },
    async (request, reply) => {
      const entry = blockEntryOf(request.body.entry)
      if (!entry) throw invalidFields({ field: 'entry', message: 'is neither an address nor a domain' })
      const created = await createOnce(deps, request, async (tx) => {
        const createdById = actorOf(request).userId
        const row = await blockSender(tx, {
          id: deps.ids.uuid(),
          entry,
          reason: request.body.reason,
          createdById,
        })
        return { body: presentBlockedSender(row), location: `${path}/${row.id}` }
      })
      return sendCreated(reply, created)
    },
  )
  app.delete(
    `${path}/:id`,
    {
      config: { policy: adminOnly },
      schema: {
        tags,
        summary: 'Take an entry off the blocklist',
        params: IdParams,
        response: answers(204, Type.Null()),
      },
    },
    async (request, reply) => {
      const id = idOf<string>('blocked sender', request.params.id)
      if (!(await inTransaction(deps.db, (tx) => unblockSender(tx, { id }))))
        throw notFound('blocked sender', id)
      return reply.code(204).send(null)
    },
  )
}
