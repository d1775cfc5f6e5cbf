// The pages for operators: signing in with a token, and Bull Board behind it.

import { createBullBoard } from '@bull-board/api'
import { FastifyAdapter } from '@bull-board/fastify'
import { apiTokenPattern, findTokenHolder } from '@maildesk/db'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ApiApp, adminOnly } from '../../api-app.ts'
import type { ApiDeps } from '../../api-deps.ts'
import { sealSession, sessionCookie } from '../../plugins/ops-session.ts'
import { homePage, signInPage } from './pages.ts'

/** A token and its field's name, with room to spare; bytes. */
const maxFormBytes = 1024
/** Bull Board brings scripts, styles and one block of data of its own, and nothing from elsewhere is let in. */
const boardPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"

export async function ops(app: ApiApp, deps: ApiDeps): Promise<void> {
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: maxFormBytes },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    addPages(scope, deps)
  })
  if (deps.queueBoard) await addQueueBoard(app, deps.queueBoard)
}

function addPages(scope: FastifyInstance, deps: ApiDeps): void {
  const hidden = { hide: true }
  const isSecure = deps.publicUrl.startsWith('https:')
  scope.get('/ops', { config: { policy: 'public' }, schema: hidden }, async (request, reply) => {
    const isAdmin = request.actor?.role === 'admin'
    return sendPage(reply, 200, isAdmin ? homePage(deps.queueBoard !== undefined) : signInPage())
  })
  scope.post(
    '/ops/session',
    { config: { policy: 'public', consumes: 'form' }, schema: hidden },
    async (request, reply) => {
      const { token } = (request.body ?? {}) as { token?: string }
      const holder =
        isOwnOrigin(request, deps) && token && apiTokenPattern.test(token)
          ? await findTokenHolder(deps.db, token)
          : undefined
      if (!holder?.isLive || holder.role !== 'admin')
        return sendPage(reply, 401, signInPage('That is not the valid token of an admin.'))
      const value = sealSession({ tokenId: holder.tokenId }, deps.cookieKey, deps.clock.now())
      return reply
        .header('set-cookie', sessionCookie(value, isSecure))
        .redirect(deps.queueBoard ? '/ops/queues' : '/ops', 303)
    },
  )
  scope.post(
    '/ops/session/end',
    { config: { policy: 'public', consumes: 'form' }, schema: hidden },
    async (_request, reply) => reply.header('set-cookie', sessionCookie('', isSecure)).redirect('/ops', 303),
  )
}

/** Another site's form must not sign a browser in (RFC 6454 §7). */
function isOwnOrigin({ headers: { origin, host } }: FastifyRequest, { publicUrl }: ApiDeps): boolean {
  if (origin === undefined) return true
  return origin === new URL(publicUrl).origin || (URL.canParse(origin) && new URL(origin).host === host)
}

async function addQueueBoard(app: ApiApp, queues: NonNullable<ApiDeps['queueBoard']>): Promise<void> {
  const adapter = new FastifyAdapter()
  adapter.setBasePath('/ops/queues')
  createBullBoard({
    queues,
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'maildesk queues' } },
  })
  await app.register(async (board) => {
    board.addHook('onRoute', (route) => {
      route.config = { ...route.config, policy: adminOnly }
    })
    board.addHook('onRequest', async (request, reply) => {
      reply.header('content-security-policy', boardPolicy)
      const wantsPage = request.headers.accept?.includes('text/html')
      if (wantsPage && !request.actor) return reply.redirect('/ops', 303)
    })
    await board.register(adapter.registerPlugin(), { prefix: '/ops/queues' })
  })
}

function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply
    .code(status)
    .header('content-security-policy', pagePolicy)
    .type('text/html; charset=utf-8')
    .send(html)
}
