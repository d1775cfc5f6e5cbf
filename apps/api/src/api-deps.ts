// What the API is given beside what every flow needs.
import type { HealthLimits } from '@maildesk/core'
import type { DeskDeps } from '@maildesk/flows'
import type { HtmlRenderer } from '@maildesk/mail'
import type { queueBoardAdapters } from '@maildesk/queue'

export interface ApiDeps extends DeskDeps {
  /** Where people reach the API; no slash at the end. */
  readonly publicUrl: string
  /** Believe X-Forwarded-* fields. */
  readonly trustProxy: boolean
  /** Requests a minute per token, or per address without one. */
  readonly rateLimitPerMinute: number
  /** Signs the session cookie of /ops; at least 32 characters. */
  readonly cookieKey: string
  /** Read-only adapters of the queues; without them there is no /ops/queues. */
  readonly queueBoard?: ReturnType<typeof queueBoardAdapters>
  /** Makes the HTML of mails harmless, beside this thread. */
  readonly htmlRenderer: HtmlRenderer
  readonly health: HealthSources
  /** Seals a secret for the place that `context` names. */
  readonly seal: (plain: string, context: string) => string
}

interface HealthSources extends HealthLimits {
  /** A mailbox without a good poll for longer is red, seconds. */
  readonly maxSecondsSincePoll: number
  /** A dependency that answers later counts as down, milliseconds. */
  readonly probeTimeoutMs: number
  /** Answers are shared by all who ask within this time, milliseconds. */
  readonly reuseMs: number
}
