// How often one caller may call.
import rateLimit from '@fastify/rate-limit'
import { MaildeskError } from '@maildesk/core'
import type { ApiApp } from '../api-app.ts'
import type { ApiDeps } from '../api-deps.ts'

/** Counted per token, or per address for callers without a valid one. In the memory of this process. */
export async function addRateLimit(app: ApiApp, { rateLimitPerMinute }: ApiDeps): Promise<void> {
  await app.register(rateLimit, {
    max: rateLimitPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.actor?.tokenId ?? request.ip,
    allowList: (request) => request.url === '/health/live',
    errorResponseBuilder: (_request, { after }) =>
      new MaildeskError(
        'request.rate-limited',
        `more than ${rateLimitPerMinute} requests a minute; come back in ${after}`,
      ),
  })
}
