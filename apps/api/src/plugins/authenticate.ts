// Who is calling: a bearer token (RFC 6750), or below /ops the session cookie that was opened with one.
import {
  apiTokenPattern,
  findTokenHolder,
  findTokenHolderById,
  type TokenHolder,
  touchApiToken,
} from '@maildesk/db'
import type { FastifyRequest } from 'fastify'
import type { ApiApp } from '../api-app.ts'
import type { ApiDeps } from '../api-deps.ts'
import { readSession, sessionCookieOf } from './ops-session.ts'

/** Sets `request.actor` before anything else looks at the request; whether one is needed, the policy says. */
export function addAuthentication(app: ApiApp, deps: ApiDeps): void {
  app.decorateRequest('actor', undefined)
  app.addHook('onRequest', async (request) => {
    const holder = await findHolder(deps, request)
    if (!holder?.isLive) return
    if (holder.useIsStale) await touchApiToken(deps.db, holder.tokenId)
    request.actor = { tokenId: holder.tokenId, userId: holder.userId, role: holder.role }
  })
}

async function findHolder(deps: ApiDeps, request: FastifyRequest): Promise<TokenHolder | undefined> {
  const { authorization } = request.headers
  if (authorization !== undefined) return findHolderOf(deps, authorization)
  // The cookie is the narrowest grant: it opens /ops and nothing else, so no other site can use the API with it.
  if (!request.url.startsWith('/ops')) return undefined
  const session = readSession(sessionCookieOf(request.headers.cookie), deps.cookieKey, deps.clock.now())
  return session ? findTokenHolderById(deps.db, session.tokenId) : undefined
}

async function findHolderOf({ db }: ApiDeps, authorization: string): Promise<TokenHolder | undefined> {
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  return token && apiTokenPattern.test(token) ? findTokenHolder(db, token) : undefined
}
