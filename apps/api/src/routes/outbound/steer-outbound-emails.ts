import type { OutboundEmailId } from '@maildesk/core'
import { cancelOutbound, resolutions, resolveOutbound, retryManyOutbound } from '@maildesk/flows'
import { Type } from 'typebox'
import { type ApiApp, actorOf, staffOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { OutboundEmailDetailSchema } from '../../resources/ledger.ts'
import { answers, Body, IdParams, Nullable, OneOf, Ref, Uuid } from '../../resources/schema.ts'
import { idOf } from '../../visible.ts'
import { showOutbound } from './outbound-emails.ts'

const RetryMany = Body({
  ids: Type.Array(Uuid(), { minItems: 1, maxItems: 500, uniqueItems: true }),
})
const RetryResults = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Uuid(),
      outcome: OneOf(['queued', 'refused']),
      code: Nullable(Type.String({ description: 'Why not; see the list of errors.' })),
      detail: Nullable(Type.String()),
    }),
  ),
})
const Resolve = Body({
  as: OneOf(resolutions, {
    description:
      '`sent`: it arrived. `failed`: it did not, and is not wanted any more. `resend`: send it again, though it may then arrive twice.',
  }),
})

/** What people do to mails beside trying one once more. */
export function steerOutboundEmails(app: ApiApp, deps: ApiDeps): void {
  const config = { policy: staffOnly }
  const common = { tags: ['outbound'], params: IdParams }
  app.post(
    '/api/v1/outbound-emails/:id/cancel',
    {
      config,
      schema: {
        ...common,
        summary: 'Take a mail back before it leaves',
        description: '409 for what was sent, may have been sent, or is on its way.',
        response: answers(200, Ref(OutboundEmailDetailSchema)),
      },
    },
    async (request) => {
      const id = idOf<OutboundEmailId>('outbound email', request.params.id)
      await cancelOutbound(deps, id, actorOf(request).userId)
      return showOutbound(deps.db, id)
    },
  )
  app.post(
    '/api/v1/outbound-emails/:id/resolve',
    {
      config,
      schema: {
        ...common,
        summary: 'Say what became of a mail of unknown fate',
        description: '409 for what is not `uncertain`.',
        body: Resolve,
        response: answers(200, Ref(OutboundEmailDetailSchema)),
      },
    },
    async (request) => {
      const id = idOf<OutboundEmailId>('outbound email', request.params.id)
      await resolveOutbound(deps, id, request.body.as, actorOf(request).userId)
      return showOutbound(deps.db, id)
    },
  )
  app.post(
    '/api/v1/outbound-emails/retry',
    {
      config,
      schema: {
        tags: ['outbound'],
        summary: 'Try many once more, now; each has its own result',
        body: RetryMany,
        response: answers(200, RetryResults),
      },
    },
    async (request) => ({
      items: await retryManyOutbound(deps, request.body.ids as OutboundEmailId[]),
    }),
  )
}
