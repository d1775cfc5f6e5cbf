// The life of a row in the inbound ledger.
//
//   received ──▶ filed         in a ticket (or recorded, for bounces and complaints)
//            ├─▶ quarantined   kept for a person to look at, with a reason
//            └─▶ duplicate     the same mail again; points to the first
//   any ──▶ received           by replay: what is filed finds itself filed
//
// A mail that cannot be parsed, or was started too often, is quarantined too, with the outcome dead_letter.

export const inboundStatuses = ['received', 'filed', 'quarantined', 'duplicate'] as const
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
