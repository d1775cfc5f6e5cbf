// A desk's parts → the API on a port.

import { errorText } from '@maildesk/core'
import { createHtmlRenderer, type HtmlRenderer } from '@maildesk/mail'
import { queueBoardAdapters } from '@maildesk/queue'
import { seal } from '@maildesk/runtime'
import type { Desk } from '@maildesk/wiring'
import type { ApiApp } from './api-app.ts'
import type { ApiDeps } from './api-deps.ts'
import { buildApp } from './build-app.ts'

/** A mailbox without a good poll for this many poll intervals is red … */
const maxMissedPolls = 5
/** … but never sooner than this, seconds. */
const minSecondsSincePoll = 120
/** A dependency that does not answer a health probe within this is down, milliseconds. */
const probeTimeoutMs = 3000
/** Answers are shared by all who ask within this time, milliseconds: probes write to disk, and anybody may ask. */
const reuseMs = 1000
/** A row that may be worked on and was not for longer is told, milliseconds: five minutes. */
const maxOverdueMs = 5 * 60 * 1000

/** How long requests at hand may take to end when the process stops, milliseconds. */
const maxClosingMs = 10_000

/** Starts listening and returns where; the desk's lifecycle stops it after the requests at hand. */
export async function runApi(desk: Desk): Promise<{ url: string }> {
  const { config, lifecycle, log } = desk
  const htmlRenderer = createHtmlRenderer()
  lifecycle.add('html renderer', () => htmlRenderer.close())
  const app = await buildApp(apiDepsOf(desk, htmlRenderer))
  lifecycle.add('api', () => closeWithin(app, maxClosingMs))
  const url = await listen(app, config)
  log.info({ url }, 'api listening')
  return { url: config.publicUrl ?? url }
}

function apiDepsOf({ config, deps, queue }: Desk, htmlRenderer: HtmlRenderer): ApiDeps {
  return {
    ...deps,
    // regex-bounded: an address out of our own settings
    publicUrl: (config.publicUrl ?? `http://${config.host}:${config.port}`).replace(/\/+$/, ''),
    trustProxy: config.trustProxy,
    rateLimitPerMinute: config.rateLimitPerMinute,
    cookieKey: config.secretKeys[0] ?? '',
    queueBoard: queueBoardAdapters(queue),
    htmlRenderer,
    seal: (plain, context) => seal(plain, context, config.secretKeys),
    health: {
      maxSecondsSincePoll: Math.max(minSecondsSincePoll, (config.pollIntervalMs / 1000) * maxMissedPolls),
      probeTimeoutMs,
      reuseMs,
      maxOverdueMs,
      maxClockSkewMs: config.maxClockSkewMs,
    },
  }
}

/** A port that is taken is replaced by a free one, unless it was asked for. */
async function listen(app: ApiApp, { host, port, portIsExplicit }: Desk['config']): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    if (!isTaken || portIsExplicit)
      throw new Error(
        `the API cannot listen on ${host}:${port}: ${errorText(error)}; set PORT to another one`,
        { cause: error },
      )
    return app.listen({ host, port: 0 })
  }
}

/** Ends after the requests at hand; whoever is still reading or writing after `timeoutMs` is cut off. */
async function closeWithin(app: ApiApp, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), timeoutMs)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
  }
}
