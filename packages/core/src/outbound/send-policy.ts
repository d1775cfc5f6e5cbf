// What one attempt means for the outgoing mail and for each recipient. RFC 5321 §4.2.1 (reply codes), §4.5.4.1 (retries).
import type { DeliveryStatus, OutboundStatus } from './outbound-status.ts'
import { firstLookMs } from './resolve-uncertain.ts'
import type { EnvelopeResult, RecipientResult } from './types.ts'

/** Waits between attempts, minutes: then the last one again and again until the give-up time. */
const backOffMinutes = [1, 5, 15, 60, 180]
/** Wait after the desk's own trouble, milliseconds: twice as long each time, and never longer than after a refusal. */
const hinderedWaitMs = 2000

export interface Attempt {
  /** How many attempts there were, this one included. */
  readonly attempts: number
  /** Attempts so far whose fate is unknown, not counting this one. */
  readonly uncertainAttempts: number
  readonly ageMs: number
  readonly giveUpMs: number
  /** How long proof of an uncertain one is waited for. */
  readonly uncertainWaitMs: number
}

export interface AfterAttempt {
  readonly status: OutboundStatus
  /** Milliseconds until the next attempt; null when there is none. */
  readonly nextInMs: number | null
  readonly uncertainAttempts: number
  readonly deliveries: readonly {
    readonly address: string
    readonly status: DeliveryStatus
    readonly code: number | null
    readonly response: string
  }[]
  /** The mailbox cannot log in: nothing of it is tried until a person looks. */
  readonly pauseMailbox: boolean
}

/** Decides the next state. Pure. */
export function afterAttempt(result: EnvelopeResult, attempt: Attempt): AfterAttempt {
  const deliveries = result.recipients.map((recipient) => ({
    address: recipient.address,
    status: deliveryStatus(recipient),
    code: recipient.code,
    response: recipient.response,
  }))
  const stay = { uncertainAttempts: attempt.uncertainAttempts, deliveries, pauseMailbox: false }
  switch (result.outcome) {
    case 'accepted': {
      const waiting = deliveries.some(({ status }) => status === 'retry')
      return waiting ? later(attempt, stay) : { status: 'sent', nextInMs: null, ...stay }
    }
    case 'refused-for-now':
      return later(attempt, stay)
    case 'hindered':
      return later(attempt, stay, hinderedWaitMs * 2 ** (attempt.attempts - 1))
    case 'refused':
      return { status: 'failed', nextInMs: null, ...stay }
    case 'auth-failed':
      // The mailbox's fault, not the mail's: it stays due and goes out when the password is right again.
      return { status: 'retry', nextInMs: waitMs(attempt.attempts), ...stay, pauseMailbox: true }
    case 'uncertain':
      return uncertain(attempt)
  }
}

/** Also for an attempt whose worker died after the phase mark: whether a copy is out there is unknown. */
export function uncertain(attempt: Attempt): AfterAttempt {
  return {
    status: 'uncertain',
    // Then proof is looked for: see resolve-uncertain.ts.
    nextInMs: Math.min(firstLookMs, attempt.uncertainWaitMs),
    uncertainAttempts: attempt.uncertainAttempts + 1,
    deliveries: [],
    pauseMailbox: false,
  }
}

/** Another try, or the end of trying: then those who were to wait are refused. */
function later(
  attempt: Attempt,
  stay: Omit<AfterAttempt, 'status' | 'nextInMs'>,
  mostMs = Number.POSITIVE_INFINITY,
): AfterAttempt {
  if (attempt.ageMs < attempt.giveUpMs)
    return { ...stay, status: 'retry', nextInMs: Math.min(mostMs, waitMs(attempt.attempts)) }
  const deliveries = stay.deliveries.map((delivery) =>
    delivery.status === 'retry' ? { ...delivery, status: 'refused' as const } : delivery,
  )
  return { ...stay, deliveries, status: 'failed', nextInMs: null }
}

function waitMs(attempts: number): number {
  return (backOffMinutes[Math.min(attempts, backOffMinutes.length) - 1] ?? 1) * 60_000
}

function deliveryStatus(recipient: RecipientResult): DeliveryStatus {
  if (recipient.outcome === 'accepted') return 'sent'
  return recipient.outcome === 'refused-for-now' ? 'retry' : 'refused'
}
