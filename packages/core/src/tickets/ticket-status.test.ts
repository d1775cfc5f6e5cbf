import { expect, test } from 'vitest'
import { effectOfPost, mayMoveTicket, ticketMoves } from './ticket-status.ts'
import { ticketStatuses } from './types.ts'

const day = 86_400_000

test('a ticket moves from any status to any other, and staying is no move', () => {
  for (const from of ticketStatuses) {
    for (const to of ticketStatuses) expect(mayMoveTicket(from, to), `${from} → ${to}`).toBe(from !== to)
  }
  expect(Object.keys(ticketMoves)).toEqual([...ticketStatuses])
})

test('a note changes nothing, whoever writes it', () => {
  for (const status of ticketStatuses) {
    expect(effectOfPost({ status, closedForMs: 0 }, { byCustomer: false, isInternal: true }, day)).toEqual({
      kind: 'keep',
    })
  }
})

test('an answer by staff takes an open ticket into progress and leaves the others', () => {
  const effects = ticketStatuses.map((status) =>
    effectOfPost({ status, closedForMs: 0 }, { byCustomer: false, isInternal: false }, day),
  )
  expect(effects).toEqual([
    { kind: 'move', to: 'in_progress' },
    { kind: 'keep' },
    { kind: 'keep' },
    { kind: 'keep' },
  ])
})

test('an answer by the customer reopens what was resolved or closed lately', () => {
  const effects = ticketStatuses.map((status) =>
    effectOfPost({ status, closedForMs: day }, { byCustomer: true, isInternal: false }, day),
  )
  expect(effects).toEqual([
    { kind: 'keep' },
    { kind: 'keep' },
    { kind: 'move', to: 'open' },
    { kind: 'move', to: 'open' },
  ])
})

test('an answer by the customer to a ticket closed long ago is refused', () => {
  expect(
    effectOfPost({ status: 'closed', closedForMs: day + 1 }, { byCustomer: true, isInternal: false }, day),
  ).toEqual({ kind: 'refuse' })
})
