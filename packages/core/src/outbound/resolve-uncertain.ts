// A mail whose body had begun when the connection was lost: was it taken? Proof is waited for, then the kind decides.
import type { OutboundKind } from './types.ts'

/** What a reply without proof does: `resend` the same bytes, or `ask` a person. Automatic mail is never sent again. */
export const uncertainReplies = ['resend', 'ask'] as const
export type UncertainReplies = (typeof uncertainReplies)[number]

/** When proof is looked for first, milliseconds. */
export const firstLookMs = 60_000

export interface UncertainMail {
  readonly kind: OutboundKind
  /** Attempts so far whose fate is unknown. */
  readonly uncertainAttempts: number
  /** Milliseconds since the body of the last of them began. */
  readonly sinceMs: number
  /** Some recipients had it from an attempt before: then no proof tells of the others. */
  readonly isPartlySent: boolean
  /** What shows that the server took it. */
  readonly proof: {
    /** The mailbox's folder of sent mail holds it. */
    readonly sentCopy: boolean
    /** A delivery report tells of it, whatever it says. */
    readonly report: boolean
    /** Somebody answered it. */
    readonly answer: boolean
  }
}

export interface UncertainPolicy {
  /** How long proof is waited for, milliseconds. */
  readonly waitMs: number
  readonly maxResends: number
  readonly replies: UncertainReplies
}

export type UncertainVerdict =
  | { readonly kind: 'sent'; readonly because: 'sent-copy' | 'delivery-report' | 'answer' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'resend' }
  | { readonly kind: 'give-up' }
  | { readonly kind: 'ask'; readonly because: 'setting' | 'too-often' }

/** Decides. Pure. */
export function resolveUncertain(mail: UncertainMail, policy: UncertainPolicy): UncertainVerdict {
  const { sentCopy, report, answer } = mail.proof
  if (!mail.isPartlySent) {
    if (sentCopy) return { kind: 'sent', because: 'sent-copy' }
    if (answer) return { kind: 'sent', because: 'answer' }
    if (report) return { kind: 'sent', because: 'delivery-report' }
  }
  const leftMs = policy.waitMs - mail.sinceMs
  // Looked for at growing distances: proof comes at once or late.
  if (leftMs > 0) return { kind: 'wait', ms: Math.min(leftMs, Math.max(firstLookMs, 2 * mail.sinceMs)) }
  if (mail.kind !== 'reply') return { kind: 'give-up' }
  if (policy.replies === 'ask') return { kind: 'ask', because: 'setting' }
  if (mail.uncertainAttempts > policy.maxResends) return { kind: 'ask', because: 'too-often' }
  return { kind: 'resend' }
}
