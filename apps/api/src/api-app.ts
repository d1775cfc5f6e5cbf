// Fastify with what maildesk adds to it: typed schemas, the caller, and each route's policy.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { UserId, UserRole } from '@maildesk/core'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'

export type ApiApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Who calls. */
export interface Actor {
  readonly tokenId: string
  readonly userId: UserId
  readonly role: UserRole
}

/** Who may call a route: everybody, or the bearer of a token with one of these roles. */
export type Policy = 'public' | readonly UserRole[]

export const everyRole: Policy = ['customer', 'provider', 'admin']
export const staffOnly: Policy = ['provider', 'admin']
export const adminOnly: Policy = ['admin']

/** Which body a route takes; `json` when nothing is said. */
export type Consumes = 'json' | 'multipart' | 'form'

interface RouteEntry {
  readonly method: string
  readonly url: string
  readonly policy: Policy
}

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: Policy
    consumes?: Consumes
  }
  interface FastifyRequest {
    /** Undefined for callers without a valid token; only routes with the policy `public` see that. */
    actor: Actor | undefined
  }
  interface FastifyInstance {
    /** Every route and who may call it. */
    routeTable: RouteEntry[]
  }
}

/** The caller of a route that is not public; the policy made sure there is one. */
export function actorOf(request: FastifyRequest): Actor {
  if (!request.actor) throw new TypeError(`${request.routeOptions.url} is public and has no actor`)
  return request.actor
}

export function isStaff({ role }: Actor): boolean {
  return role !== 'customer'
}
