// What a verdict came to, for the ledger and for the bell.
import type { OutboundEmailId } from '@maildesk/core'
import type { InboundEnd } from '@maildesk/db'

export interface Applied {
  readonly end: Omit<InboundEnd, 'decision' | 'contentHash' | 'bodyHash'>
  /** Outgoing mails to ring for after the commit. */
  readonly outbound: readonly OutboundEmailId[]
}

/** The ledger row's end; what is not named is null. */
export function ended(
  status: InboundEnd['status'],
  outcome: InboundEnd['outcome'],
  more: Partial<Pick<InboundEnd, 'reason' | 'ticketId' | 'duplicateOf'>>,
): Applied['end'] {
  return {
    status,
    outcome,
    reason: more.reason ?? null,
    ticketId: more.ticketId ?? null,
    duplicateOf: more.duplicateOf ?? null,
  }
}
