// Deps for an app whose routes are only looked at.
import type { ApiDeps } from './api-deps.ts'

/** Routes only take their deps along when they are added; one that uses them then would fail here. */
const untouchable = new Proxy(
  {},
  {
    get: (_, name) => {
      throw new TypeError(`a route touched ${String(name)} while it was added`)
    },
  },
)

/** Enough to add every route, and nothing to answer with. */
export const depsForReading: ApiDeps = {
  db: untouchable as ApiDeps['db'],
  blobs: untouchable as ApiDeps['blobs'],
  jobs: untouchable as ApiDeps['jobs'],
  ids: untouchable as ApiDeps['ids'],
  log: untouchable as ApiDeps['log'],
  htmlRenderer: untouchable as ApiDeps['htmlRenderer'],
  quoteHtml: untouchable as ApiDeps['quoteHtml'],
  isSendable: untouchable as ApiDeps['isSendable'],
  clock: untouchable as ApiDeps['clock'],
  settings: untouchable as ApiDeps['settings'],
  publicUrl: 'http://127.0.0.1:3000',
  trustProxy: false,
  rateLimitPerMinute: 1,
  cookieKey: '',
  seal: untouchable as ApiDeps['seal'],
  health: { maxSecondsSincePoll: 0, probeTimeoutMs: 0, reuseMs: 0, maxClockSkewMs: 0, maxOverdueMs: 0 },
}
