// The life of a row in the inbound ledger.
//
//   received ──▶ filed         in a ticket (or recorded, for bounces and complaints)
//            ├─▶ quarantined   kept for a person to look at, with a reason
//            ├─▶ duplicate     the same mail again; points to the first
//            └─▶ failed        given up after too many starts; the raw bytes stay
//   quarantined, failed ──▶ received   by release or replay

export const inboundStatuses = ['received', 'filed', 'quarantined', 'duplicate', 'failed'] as const
export type InboundStatus = (typeof inboundStatuses)[number]

export const inboundOutcomes = [
  'new_ticket',
  'appended',
  'note_appended',
  'bounce_recorded',
  'complaint_recorded',
  'quarantined',
  'duplicate',
  'dead_letter',
  'ignored_by_rule',
] as const
/** Every mail ends in exactly one of these. */
export type InboundOutcome = (typeof inboundOutcomes)[number]

/** True when a replay may take the row back to `received`. A filed mail is replayed too, and finds itself filed. */
export function mayReplay(status: InboundStatus): boolean {
  return status !== 'received'
}
