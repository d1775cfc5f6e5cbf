import { expect, test } from 'vitest'
import type { UserId } from '../ids.ts'
import { readAgentCommands } from './agent-commands.ts'
import { type Colleague, planCommands } from './agent-plan.ts'

const colleague = (id: string, first: string, last: string): Colleague => ({
  id: id as UserId,
  email: `${id}@desk.example`,
  first_name: first,
  last_name: last,
})
const grace = colleague('grace', 'Grace', 'Hopper')
const staff = [grace, colleague('bob', 'Bob', 'Bones'), colleague('bob2', 'Bob', 'Builder')]
const plan = (written: string, target?: { number: string; isMerged: boolean }) =>
  planCommands(
    readAgentCommands(written).commands,
    { number: '7', status: 'open', tags: ['old'] },
    grace,
    staff,
    target,
  )

test.each([
  ['#assign me', { assigned_agent_id: 'grace' }],
  ['#assign grace', { assigned_agent_id: 'grace' }],
  ['#assign BOB builder', { assigned_agent_id: 'bob2' }],
  ['#assign bob@desk.example', { assigned_agent_id: 'bob' }],
  ['#close\n#priority high', { status: 'closed', priority: 'high' }],
  ['#open', {}],
  ['#tag new\n#tag old', { tags: ['old', 'new'] }],
])('%j is to be done', (written, changes) => {
  expect(plan(written)).toEqual({ changes, mergeInto: null, problems: [] })
})

test.each([
  ['#assign nobody', 'is nobody of the staff'],
  ['#assign bob', 'may be several of the staff; write the address'],
  ['#merge 8', 'names no ticket'],
  ['#merge 7', 'is the ticket itself'],
])('%j cannot be done, and it is told why', (written, problem) => {
  expect(plan(written).problems.map((one) => one.problem)).toEqual([problem])
})

test('a ticket is merged into another that stands by itself', () => {
  expect(plan('#merge 9', { number: '9', isMerged: false })).toMatchObject({ mergeInto: '9', problems: [] })
  expect(plan('#merge 9', { number: '9', isMerged: true }).problems).toHaveLength(1)
})
