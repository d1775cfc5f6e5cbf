// The life of a row in the outbound ledger.
//
//   queued ──▶ sending ──▶ sent
//     ▲           ├─▶ retry ──▶ sending        4yz, or no connection: later again
//     │           ├─▶ failed                   5yz, or too long in retry: the ticket says so
//     │           └─▶ uncertain                the body had begun and no answer came
//     └───────── a person's retry              uncertain ──▶ sent (proof), sending (replies only, counted),
//                                                          failed (automatic mail), or stays until a person decides
//   queued, retry ──▶ cancelled

export const outboundStatuses = [
  'queued',
  'sending',
  'retry',
  'sent',
  'failed',
  'uncertain',
  'cancelled',
] as const
export type OutboundStatus = (typeof outboundStatuses)[number]

export const deliveryStatuses = [
  'queued',
  'sent',
  'retry',
  'refused',
  'bounced_hard',
  'bounced_soft',
  'bounced_policy',
  'delayed',
  'complained',
  'suppressed',
] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** True when a person may ask for another try. */
export function mayRetry(status: OutboundStatus): boolean {
  return status === 'failed' || status === 'uncertain' || status === 'retry' || status === 'cancelled'
}
