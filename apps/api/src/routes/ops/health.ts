import { healthReasons } from '@maildesk/core'
import { Type } from 'typebox'
import type { ApiApp } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { maySeeDetails } from '../../may-see-details.ts'
import { Nullable } from '../../resources/schema.ts'
import { shared } from '../../shared.ts'
import { readHealth } from './read-health.ts'

const FolderHealth = Type.Object({
  name: Type.String(),
  ok: Type.Boolean(),
  seconds_since_good_poll: Nullable(Type.Integer()),
  error: Nullable(Type.String()),
})

const Ready = Type.Object({
  status: Type.String({ description: '`ok` or `unavailable`.' }),
  reasons: Type.Optional(
    Type.Array(
      Type.Object({
        reason: Type.String({ description: Object.keys(healthReasons).join(', ') }),
        level: Type.String({
          description: '`red`: mail does not flow, 503. `look`: something waits for a person.',
        }),
        of: Nullable(Type.String({ description: 'The mailbox, or mailbox and folder.' })),
        detail: Type.String(),
      }),
      { description: 'Everything that is not as it should be; empty when all is well.' },
    ),
  ),
  dependencies: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        ok: Type.Boolean(),
        ms: Type.Integer(),
        error: Nullable(Type.String()),
      }),
    ),
  ),
  mailboxes: Type.Optional(
    Type.Array(
      Type.Object({
        address: Type.String(),
        ok: Type.Boolean(),
        seconds_since_good_poll: Nullable(Type.Integer()),
        error: Nullable(Type.String()),
        folders: Type.Array(FolderHealth),
      }),
    ),
  ),
})

export function health(app: ApiApp, deps: ApiDeps): void {
  app.get(
    '/health/live',
    {
      config: { policy: 'public' },
      schema: {
        tags: ['health'],
        summary: 'The process answers',
        response: { 200: Type.Object({ status: Type.String() }) },
      },
    },
    async () => ({ status: 'ok' }),
  )
  const read = shared(() => readHealth(deps), deps.health.reuseMs)
  app.get(
    '/health/ready',
    {
      config: { policy: 'public' },
      schema: {
        tags: ['health'],
        summary: 'Everything it needs answers, and every mailbox was read lately',
        description: 'Details are for staff and for callers on this machine.',
        response: { 200: Ready, 503: Ready },
      },
    },
    async (request, reply) => {
      const { ok, reasons, dependencies, mailboxes } = await read()
      reply.code(ok ? 200 : 503)
      const status = ok ? 'ok' : 'unavailable'
      return maySeeDetails(request)
        ? { status, reasons: [...reasons], dependencies: [...dependencies], mailboxes: [...mailboxes] }
        : { status }
    },
  )
}
