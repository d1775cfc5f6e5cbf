import { expect, test } from 'vitest'
import type { UserId } from '../ids.ts'
import { type NotifiableAgent, type NotifyEvent, notifyEvents, whomToNotify } from './notify.ts'

const mine = 'mine' as UserId
const agent = (id: string, over: Partial<NotifiableAgent> = {}): NotifiableAgent => ({
  id: id as UserId,
  isActive: true,
  notify: {},
  isPaused: false,
  isFollower: false,
  ...over,
})
const told = (
  event: NotifyEvent,
  agents: readonly NotifiableAgent[],
  over: { authorId?: UserId; assigneeId?: UserId | null; isMachineMail?: boolean } = {},
) =>
  whomToNotify({ event, authorId: null, assigneeId: mine, isMachineMail: false, ...over }, agents).map(
    ({ id, as }) => `${id} ${as}`,
  )

test.each([
  ['assignment', ['mine assignee']],
  ['customer_reply', ['mine assignee', 'follows follower']],
  ['new_ticket', []],
  ['escalation', ['mine assignee', 'follows follower']],
  ['delivery_trouble', ['mine assignee', 'follows follower']],
] as const)('of %s are told by default: %j', (event, expected) => {
  expect(told(event, [agent('mine'), agent('follows', { isFollower: true }), agent('other')])).toEqual(
    event === 'new_ticket' ? [] : expected,
  )
})

test('who wants to know of new tickets, or of answers in tickets that nobody has, is told', () => {
  const eager = agent('eager', { notify: { new_ticket: true, unassigned_reply: true } })
  expect(told('new_ticket', [eager, agent('other')], { assigneeId: null })).toEqual(['eager watcher'])
  expect(told('customer_reply', [eager, agent('other')], { assigneeId: null })).toEqual(['eager watcher'])
  expect(told('customer_reply', [eager], { assigneeId: mine })).toEqual([])
})

test('nobody is told of what they did themselves, whatever it is', () => {
  for (const event of notifyEvents)
    expect(told(event, [agent('mine', { notify: { [event]: true } })], { authorId: mine }), event).toEqual([])
})

test('who does not want it, was deactivated, or cannot be reached is not told', () => {
  for (const event of notifyEvents) {
    const agents = [
      agent('mine', { notify: { [event]: false } }),
      agent('mine', { isActive: false }),
      agent('mine', { isPaused: true }),
    ]
    expect(told(event, agents), event).toEqual([])
  }
})

test('what a machine wrote wakes nobody', () => {
  expect(told('customer_reply', [agent('mine')], { isMachineMail: true })).toEqual([])
})

test('a word that is no event decides nothing', () => {
  expect(told('assignment', [agent('mine', { notify: { constructor: false, everything: false } })])).toEqual([
    'mine assignee',
  ])
})
