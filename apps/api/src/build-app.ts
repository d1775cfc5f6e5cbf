// Deps → the HTTP API, ready to be asked. Opens no port.

import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import type { ApiApp } from './api-app.ts'
import type { ApiDeps } from './api-deps.ts'
import { addAuthentication } from './plugins/authenticate.ts'
import { addContentTypes } from './plugins/content-types.ts'
import { addErrors } from './plugins/errors.ts'
import { addApiDocs, addOpenApi } from './plugins/openapi.ts'
import { addPolicy } from './plugins/policy.ts'
import { addRateLimit } from './plugins/rate-limit.ts'
import { addSecurityHeaders } from './plugins/security-headers.ts'
import { addUnreadBodies } from './plugins/unread-bodies.ts'
import { compileValidator } from './plugins/validation.ts'
import { BlockedSenderSchema, InboundRuleSchema } from './resources/inbound-rule.ts'
import { InboundEmailSchema, OutboundEmailDetailSchema, OutboundEmailSchema } from './resources/ledger.ts'
import { MailboxSchema } from './resources/mailbox.ts'
import { AttachmentSchema, MessageSchema } from './resources/message.ts'
import { NotificationsSchema } from './resources/notifications.ts'
import { ProblemSchema } from './resources/schema.ts'
import { TicketEventSchema, TicketLinkSchema, TicketSchema } from './resources/ticket.ts'
import { UserSchema } from './resources/user.ts'
import { routes } from './routes/index.ts'
import { ParticipantSchema } from './routes/tickets/participants.ts'
import { UserAddressSchema } from './routes/users/people.ts'

/** Largest JSON body, bytes; files have their own limit. */
const maxBodyBytes = 1024 * 1024
/** A request whose head and body take longer is dropped, milliseconds: room for a large file on a slow line. */
const requestTimeoutMs = 300_000

const namedSchemas = [
  ProblemSchema,
  TicketSchema,
  TicketEventSchema,
  TicketLinkSchema,
  ParticipantSchema,
  UserAddressSchema,
  AttachmentSchema,
  MessageSchema,
  InboundEmailSchema,
  OutboundEmailSchema,
  OutboundEmailDetailSchema,
  InboundRuleSchema,
  BlockedSenderSchema,
  UserSchema,
  MailboxSchema,
  NotificationsSchema,
]

/** What a test adds to prove that the house rules hold for any route. */
export type MoreRoutes = (app: ApiApp) => void

/**
 * Builds the app: plugins, then routes, in the order in which a request meets them.
 * @throws TypeError when a route does not declare its policy.
 */
export async function buildApp(deps: ApiDeps, moreRoutes?: MoreRoutes): Promise<ApiApp> {
  const app = Fastify({
    logger: false,
    genReqId: () => deps.ids.uuid(),
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    trustProxy: deps.trustProxy,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(compileValidator)
  for (const schema of namedSchemas) app.addSchema(schema)

  addSecurityHeaders(app)
  addAccessLog(app, deps)
  addUnreadBodies(app)
  addAuthentication(app, deps)
  addPolicy(app, deps)
  addContentTypes(app)
  await addRateLimit(app, deps)
  await app.register(multipart)
  addErrors(app, deps)
  await addOpenApi(app)
  for (const addRoute of routes) await addRoute(app, deps)
  moreRoutes?.(app)
  await addApiDocs(app)
  await app.ready()
  return app
}

function addAccessLog(app: ApiApp, { log }: ApiDeps): void {
  app.addHook('onResponse', async (request, reply) => {
    const fields = {
      requestId: request.id,
      method: request.method,
      // The pattern and not the address: what is asked for can be personal.
      route: request.routeOptions.url ?? '(none)',
      status: reply.statusCode,
      userId: request.actor?.userId,
      ms: Math.round(reply.elapsedTime),
    }
    log.debug(fields, 'request answered')
  })
}
