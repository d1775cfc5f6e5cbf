import type { InboundEmailId } from '@maildesk/core'
import { type Database, findInboundEmail, type InboundEmailRow } from '@maildesk/db'
import { replayInbound } from '@maildesk/flows'
import { Type } from 'typebox'
import { type ApiApp, adminOnly, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { InboundEmailSchema, presentInboundEmail } from '../../resources/ledger.ts'
import { answers, IdParams, Ref } from '../../resources/schema.ts'
import { sendBlob } from '../../send-blob.ts'
import { idOf, notFound } from '../../visible.ts'

export function showInboundEmail(app: ApiApp, deps: ApiDeps): void {
  const common = { tags: ['inbound'], params: IdParams }
  app.get(
    '/api/v1/inbound-emails/:id',
    {
      config: { policy: staffOnly },
      schema: {
        ...common,
        summary: 'One mail, what became of it and why',
        response: answers(200, Ref(InboundEmailSchema)),
      },
    },
    async (request) => presentInboundEmail(await getInboundEmail(deps.db, request.params.id)),
  )
  app.get(
    '/api/v1/inbound-emails/:id/raw',
    {
      config: { policy: staffOnly },
      schema: {
        ...common,
        summary: 'The mail as it came',
        produces: ['message/rfc822'],
        response: answers(200, Type.Unsafe<unknown>({ type: 'string', format: 'binary' })),
      },
    },
    async (request, reply) => {
      const { id, raw_key, raw_size } = await getInboundEmail(deps.db, request.params.id)
      return sendBlob(deps, request, reply, {
        key: raw_key,
        size: Number(raw_size),
        filename: `${id}.eml`,
        contentType: 'message/rfc822',
      })
    },
  )
  app.post(
    '/api/v1/inbound-emails/:id/replays',
    {
      config: { policy: adminOnly },
      schema: {
        ...common,
        summary: 'File a mail again from its kept bytes; what is filed already stays as it is',
        response: answers(202, Ref(InboundEmailSchema)),
      },
    },
    async (request, reply) => {
      reply.code(202)
      return presentInboundEmail(
        await replayInbound(deps, idOf<InboundEmailId>('inbound email', request.params.id)),
      )
    },
  )
}

async function getInboundEmail(db: Database, id: string): Promise<InboundEmailRow> {
  const row = await findInboundEmail(db, idOf<InboundEmailId>('inbound email', id))
  if (!row) throw notFound('inbound email', id)
  return row
}
