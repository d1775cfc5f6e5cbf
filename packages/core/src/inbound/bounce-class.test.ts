import { describe, expect, test } from 'vitest'
import type { DeliveryStatus } from '../outbound/outbound-status.ts'
import { bounceClassOf, deliveryAfterReport, isRealComplaint } from './bounce-class.ts'
import type { DeliveryAction } from './report/bounce-types.ts'

test.each<[DeliveryAction, string, string, boolean, string | undefined]>([
  ['failed', '5.1.1', 'user-unknown', true, 'hard'],
  ['failed', '5.1.1', 'user-unknown', false, 'hard'],
  ['failed', '5.4.4', 'host-unknown', true, 'hard'],
  ['failed', '5.3.4', 'too-big', false, 'hard'],
  ['failed', '5.0.0', 'content', false, 'hard'],
  ['failed', '5.0.0', 'unknown', false, 'soft'],
  ['failed', '5.5.0', 'unknown', false, 'hard'],
  ['failed', '4.4.1', 'network', false, 'soft'],
  ['failed', '4.2.2', 'mailbox-full', false, 'soft'],
  ['failed', '5.2.2', 'mailbox-full', false, 'policy'],
  ['failed', '5.7.1', 'policy', false, 'policy'],
  ['failed', '5.7.1', 'user-unknown', true, 'hard'],
  ['failed', '4.7.0', 'rate', false, 'policy'],
  ['failed', '5.1.8', 'sender-rejected', false, 'policy'],
  ['delayed', '4.4.1', 'network', false, 'delayed'],
  ['delayed', '5.1.1', 'user-unknown', false, 'delayed'],
  ['delivered', '2.0.0', 'unknown', false, undefined],
  ['relayed', '2.0.0', 'unknown', false, undefined],
  ['expanded', '2.0.0', 'unknown', false, undefined],
])('%s %s (%s, dead: %s) is %s', (action, status, reason, dead, expected) => {
  expect(bounceClassOf({ action, status, reason, dead })).toBe(expected)
})

describe('a delivery after a report', () => {
  test.each<[DeliveryStatus, Parameters<typeof deliveryAfterReport>[1], DeliveryStatus]>([
    ['sent', 'hard', 'bounced_hard'],
    ['sent', 'soft', 'bounced_soft'],
    ['sent', 'policy', 'bounced_policy'],
    ['sent', 'delayed', 'delayed'],
    ['queued', 'hard', 'bounced_hard'],
    ['delayed', 'hard', 'bounced_hard'],
    ['bounced_hard', 'delayed', 'bounced_hard'],
    ['bounced_hard', 'soft', 'bounced_hard'],
    ['sent', 'complaint', 'complained'],
    ['delayed', 'complaint', 'complained'],
    ['complained', 'hard', 'complained'],
    ['suppressed', 'hard', 'suppressed'],
    ['refused', 'hard', 'refused'],
  ])('that was %s, of class %s, is %s', (before, told, expected) => {
    expect(deliveryAfterReport(before, told)).toBe(expected)
  })
})

test.each([
  ['abuse', true],
  ['opt-out', true],
  ['fraud', true],
  ['not-spam', false],
  ['auth-failure', false],
])('feedback of type %s is a complaint: %s', (type, expected) => {
  expect(isRealComplaint(type)).toBe(expected)
})
