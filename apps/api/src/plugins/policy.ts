// Who may call what. Denied by default: a route that does not say who may call it fails the start.
import { MaildeskError, userRoles } from '@maildesk/core'
import type { FastifyRequest, RouteOptions } from 'fastify'
import type { ApiApp, Policy } from '../api-app.ts'
import type { ApiDeps } from '../api-deps.ts'
import { sendProblem } from './errors.ts'

/** Collects the routes and enforces each one's policy after the rate limit and before the body is read. */
export function addPolicy(app: ApiApp, deps: ApiDeps): void {
  const routes: RouteOptions[] = []
  app.decorate('routeTable', [])
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  app.addHook('onReady', async () => {
    // Only now: plugins that bring routes get their policy from the scope they are registered in.
    app.routeTable.push(...routes.flatMap(describeRoute))
  })
  app.addHook('preParsing', async (request, reply) => {
    const refusal = refusalOf(request)
    // Answered here and not thrown: a plugin's own error handler must not get to word it.
    if (refusal) return sendProblem(deps, request, reply, refusal)
  })
}

function describeRoute({ method, url, config }: RouteOptions) {
  const policy = config?.policy
  if (!isPolicy(policy)) {
    throw new TypeError(
      `${method} ${url} declares no policy: set config.policy to 'public' or to a list of ${userRoles.join(', ')}`,
    )
  }
  return [method].flat().map((each) => ({ method: each, url, policy }))
}

function isPolicy(policy: unknown): policy is Policy {
  return (
    policy === 'public' ||
    (Array.isArray(policy) && policy.length > 0 && policy.every((role) => userRoles.includes(role)))
  )
}

function refusalOf(request: FastifyRequest): MaildeskError | undefined {
  if (request.is404) return undefined
  const { policy } = request.routeOptions.config
  if (policy === 'public') return undefined
  if (!request.actor)
    return new MaildeskError('request.unauthenticated', 'send a valid token: Authorization: Bearer mdk_…')
  if (policy?.includes(request.actor.role)) return undefined
  return new MaildeskError('request.forbidden', `this needs the role ${policy?.join(' or ')}`)
}
