// What a delivery report means for the address, and for the mail that did not arrive. RFC 3463, RFC 3464.
import type { DeliveryStatus } from '../outbound/outbound-status.ts'
import type { BouncedRecipient } from './report/bounce-types.ts'

/**
 * `hard`: refused for good. `soft`: it may work another time, or nothing tells why. `policy`: the mail was not wanted or
 * there is no room; the address lives. `delayed`: still being tried.
 */
export type BounceClass = 'hard' | 'soft' | 'policy' | 'delayed'

/** The class of what a report says of one recipient; undefined when the mail arrived or went on. */
export function bounceClassOf(
  told: Pick<BouncedRecipient, 'action' | 'status' | 'reason' | 'dead'>,
): BounceClass | undefined {
  if (told.action === 'delayed') return 'delayed'
  if (told.action !== 'failed') return undefined
  // Words can say it against the code: `550 5.7.1 user unknown`.
  if (told.dead) return 'hard'
  if (isPolicy(told.status)) return 'policy'
  if (told.status.startsWith('4')) return 'soft'
  return told.reason === 'unknown' && told.status.endsWith('.0.0') ? 'soft' : 'hard'
}

/** A full mailbox, security and policy, and x.1.7 and x.1.8, which are about the sender's address. */
function isPolicy(status: string): boolean {
  return status === '5.2.2' || /^[45]\.7\./.test(status) || /^5\.1\.[78]$/.test(status)
}

const statusOfClass: Readonly<Record<BounceClass, DeliveryStatus>> = {
  hard: 'bounced_hard',
  soft: 'bounced_soft',
  policy: 'bounced_policy',
  delayed: 'delayed',
}

/** The later stands where it says more. What the server refused at once, and what never left, no report changes. */
const weightOfStatus: Readonly<Record<DeliveryStatus, number>> = {
  queued: 0,
  retry: 0,
  sent: 0,
  delayed: 1,
  bounced_soft: 2,
  bounced_policy: 3,
  bounced_hard: 4,
  complained: 5,
  refused: 6,
  suppressed: 6,
}

/** The delivery's status after a report; reports may come late, twice, and in any order. */
export function deliveryAfterReport(before: DeliveryStatus, told: BounceClass | 'complaint'): DeliveryStatus {
  const after = told === 'complaint' ? 'complained' : statusOfClass[told]
  return weightOfStatus[after] > weightOfStatus[before] ? after : before
}

/** Complaints by type (RFC 5965 §7.3) that are none: the reader says the mail was wanted, or a machine checked a signature. */
export function isRealComplaint(feedbackType: string): boolean {
  return feedbackType !== 'not-spam' && feedbackType !== 'auth-failure'
}
