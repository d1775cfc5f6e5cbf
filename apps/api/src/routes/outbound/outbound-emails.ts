import { type OutboundEmailId, outboundStatuses, type TicketId } from '@maildesk/core'
import { type Database, findOutboundEmail, listDeliveries, listOutboundEmails } from '@maildesk/db'
import { retryOutbound } from '@maildesk/flows'
import { Type } from 'typebox'
import { type ApiApp, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { PageQuery, pageRequest, presentPage } from '../../resources/cursor.ts'
import {
  OutboundEmailDetailSchema,
  OutboundEmailSchema,
  presentOutboundDetail,
  presentOutboundEmail,
} from '../../resources/ledger.ts'
import { answers, IdParams, OneOf, PageOf, Ref, Uuid } from '../../resources/schema.ts'
import { idOf, notFound } from '../../visible.ts'

const Query = Type.Object(
  { ...PageQuery, status: Type.Optional(OneOf(outboundStatuses)), ticket_id: Type.Optional(Uuid()) },
  { additionalProperties: false },
)

export function outboundEmails(app: ApiApp, deps: ApiDeps): void {
  app.get(
    '/api/v1/outbound-emails',
    {
      config: { policy: staffOnly },
      schema: {
        tags: ['outbound'],
        summary: 'Every mail that leaves, newest first',
        querystring: Query,
        response: answers(200, PageOf(OutboundEmailSchema)),
      },
    },
    async ({ query }) => {
      const filter = {
        ...(query.status ? { status: query.status } : {}),
        ...(query.ticket_id ? { ticketId: query.ticket_id as TicketId } : {}),
      }
      return presentPage(
        await listOutboundEmails(deps.db, filter, pageRequest(query, 'outbound')),
        'outbound',
        presentOutboundEmail,
      )
    },
  )
  app.get(
    '/api/v1/outbound-emails/:id',
    {
      config: { policy: staffOnly },
      schema: {
        tags: ['outbound'],
        summary: 'One mail and how far it got with each recipient',
        params: IdParams,
        response: answers(200, Ref(OutboundEmailDetailSchema)),
      },
    },
    async (request) => showOutbound(deps.db, idOf<OutboundEmailId>('outbound email', request.params.id)),
  )
  app.post(
    '/api/v1/outbound-emails/:id/retries',
    {
      config: { policy: staffOnly },
      schema: {
        tags: ['outbound'],
        summary: 'Try once more, now',
        description: 'An `uncertain` mail may then arrive twice. 409 for what was sent or is on its way.',
        params: IdParams,
        response: answers(202, Ref(OutboundEmailDetailSchema)),
      },
    },
    async (request, reply) => {
      const { id } = await retryOutbound(deps, idOf<OutboundEmailId>('outbound email', request.params.id))
      reply.code(202)
      return showOutbound(deps.db, id)
    },
  )
}

/** One mail with its deliveries. @throws MaildeskError request.not-found */
export async function showOutbound(db: Database, id: OutboundEmailId) {
  const row = await findOutboundEmail(db, id)
  if (!row) throw notFound('outbound email', id)
  return presentOutboundDetail(row, await listDeliveries(db, id))
}
