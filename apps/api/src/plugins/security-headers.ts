// Fields on every answer. Pages that need more set their own Content-Security-Policy.
import type { ApiApp } from '../api-app.ts'

export function addSecurityHeaders(app: ApiApp): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
  })
}
