import { errorTable, type InboundEmailId, MaildeskError } from '@maildesk/core'
import { discardInbound, releaseInbound } from '@maildesk/flows'
import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { type Actor, type ApiApp, actorOf, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { InboundEmailSchema, presentInboundEmail } from '../../resources/ledger.ts'
import { answers, Body, Defaulted, IdParams, Nullable, OneOf, Ref } from '../../resources/schema.ts'
import { getVisibleTicket, idOf } from '../../visible.ts'

/** Mails of one call. */
const maxIds = 100

const note = Type.Optional(Type.String({ maxLength: 500, description: 'Why; kept with the mail.' }))
const ticket = Type.Optional(
  Type.String({ minLength: 1, maxLength: 40, description: 'Id or number of the ticket it goes into.' }),
)
const blockSender = Defaulted(
  Type.Boolean({ description: 'Admins: its sender goes onto the blocklist, too.' }),
  false,
)
const ids = Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: maxIds, uniqueItems: true })
const Release = Body({ note, ticket })
const Discard = Body({ note, block_sender: blockSender })
const ReleaseAll = Body({ ids, note, ticket })
const DiscardAll = Body({ ids, note, block_sender: blockSender })

const Results = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      result: OneOf(['done', 'refused']),
      code: Nullable(Type.String({ description: 'Why it was refused; see the list of errors.' })),
      detail: Nullable(Type.String()),
    }),
  ),
})
type Result = Static<typeof Results>['items'][number]

export function judgeInboundEmails(app: ApiApp, deps: ApiDeps): void {
  const tags = ['inbound']
  const releasing = async (actor: Actor, body: Static<typeof Release>) => {
    const ticketId = body.ticket ? (await getVisibleTicket(deps.db, actor, body.ticket)).id : null
    const how = { actorId: actor.userId, note: body.note ?? null, ticketId }
    return (id: string) => releaseInbound(deps, idOf<InboundEmailId>('inbound email', id), how)
  }
  const discarding = (actor: Actor, body: Static<typeof Discard>) => {
    if (body.block_sender && actor.role !== 'admin')
      throw new MaildeskError('request.forbidden', 'only admins change the blocklist')
    const how = { actorId: actor.userId, note: body.note ?? null, blockSender: body.block_sender }
    return (id: string) => discardInbound(deps, idOf<InboundEmailId>('inbound email', id), how)
  }
  const one = { tags, params: IdParams }
  app.post(
    '/api/v1/inbound-emails/:id/release',
    {
      config: { policy: staffOnly },
      schema: {
        ...one,
        summary: 'File a held mail as if what holds it had no say',
        description:
          'It is filed a moment later, and may be held for another reason. 409 when it is not held.',
        body: Release,
        response: answers(202, Ref(InboundEmailSchema)),
      },
    },
    async (request, reply) => {
      const release = await releasing(actorOf(request), request.body)
      reply.code(202)
      return presentInboundEmail(await release(request.params.id))
    },
  )
  app.post(
    '/api/v1/inbound-emails/:id/discard',
    {
      config: { policy: staffOnly },
      schema: {
        ...one,
        summary: 'Let a held mail be; its bytes are kept, and it can still be released',
        body: Discard,
        response: answers(200, Ref(InboundEmailSchema)),
      },
    },
    async (request: FastifyRequest<{ Params: { id: string }; Body: Static<typeof Discard> }>) =>
      presentInboundEmail(await discarding(actorOf(request), request.body)(request.params.id)),
  )
  app.post(
    '/api/v1/inbound-emails/release',
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'Release many held mails; each has its own result',
        body: ReleaseAll,
        response: answers(200, Results),
      },
    },
    async (request) => each(request.body.ids, await releasing(actorOf(request), request.body)),
  )
  app.post(
    '/api/v1/inbound-emails/discard',
    {
      config: { policy: staffOnly },
      schema: {
        tags,
        summary: 'Discard many held mails; each has its own result',
        body: DiscardAll,
        response: answers(200, Results),
      },
    },
    async (request) => each(request.body.ids, discarding(actorOf(request), request.body)),
  )
}

/** One after the other, each in a transaction of its own; what is refused does not stop the rest. */
async function each(
  all: readonly string[],
  judge: (id: string) => Promise<unknown>,
): Promise<{ items: Result[] }> {
  const items: Result[] = []
  for (const id of all) {
    try {
      await judge(id)
      items.push({ id, result: 'done', code: null, detail: null })
    } catch (error) {
      if (!(error instanceof MaildeskError) || errorTable[error.code].retry === 'later') throw error
      items.push({ id, result: 'refused', code: error.code, detail: error.message })
    }
  }
  return { items }
}
