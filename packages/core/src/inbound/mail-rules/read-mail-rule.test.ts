import { describe, expect, test } from 'vitest'
import { maxConditions } from './mail-rule.ts'
import { readMailRule } from './read-mail-rule.ts'

const good = {
  name: 'Invoices',
  conditions: [{ field: 'subject', operator: 'contains', value: 'invoice' }],
  actions: { category: 'billing' },
}
const agent = '01936d6e-0000-7000-8000-000000000001'

test('what is left out has its default', () => {
  expect(readMailRule(good)).toEqual({
    ok: true,
    rule: { ...good, isActive: true, mailboxId: null, match: 'all', stop: false },
  })
})

test('every action there is can be written', () => {
  const actions = {
    category: 'billing',
    priority: 'urgent',
    tags: ['a'],
    assign: agent,
    quarantine: 'spam-2',
    no_acknowledgement: true,
    close: true,
    also_on_replies: true,
  }
  expect(readMailRule({ ...good, actions })).toMatchObject({ ok: true, rule: { actions } })
})

describe('it tells what is wrong with', () => {
  const condition = (one: unknown) => ({ ...good, conditions: [one] })
  const action = (actions: unknown) => ({ ...good, actions })
  test.each<[unknown, string]>([
    [null, ''],
    [[], ''],
    [{ ...good, name: ' ' }, 'name'],
    [{ ...good, name: 'x'.repeat(121) }, 'name'],
    [{ ...good, regex: 1 }, 'regex'],
    [{ ...good, mailbox_id: 'x' }, 'mailbox_id'],
    [{ ...good, match: 'some' }, 'match'],
    [{ ...good, stop: 1 }, 'stop'],
    [{ ...good, conditions: [] }, 'conditions'],
    [{ ...good, conditions: Array(maxConditions + 1).fill(good.conditions[0]) }, 'conditions'],
    [condition({ field: 'constructor', operator: 'is', value: 'x' }), 'conditions.0'],
    [condition({ field: 'header:', operator: 'is', value: 'x' }), 'conditions.0'],
    [condition({ field: 'subject', operator: 'matches_regex', value: 'x' }), 'conditions.0'],
    [condition({ field: 'subject', operator: 'is' }), 'conditions.0'],
    [condition({ field: 'subject', operator: 'is', value: 5 }), 'conditions.0'],
    [condition({ field: 'subject', operator: 'exists', value: 'x' }), 'conditions.0'],
    [condition({ field: 'size', operator: 'greater', value: '5' }), 'conditions.0'],
    [condition({ field: 'kind', operator: 'is', value: 'robot' }), 'conditions.0'],
    [condition({ field: 'subject', operator: 'is', value: 'x', flags: 'i' }), 'conditions.0'],
    [action({}), 'actions'],
    [action({ also_on_replies: true }), 'actions'],
    [action({ reply: 'x' }), 'actions.reply'],
    [action({ category: 'misc' }), 'actions.category'],
    [action({ tags: [''] }), 'actions.tags'],
    [action({ assign: 'ada' }), 'actions.assign'],
    [action({ quarantine: 'Spam!' }), 'actions.quarantine'],
    [action({ close: 'yes' }), 'actions.close'],
  ])('%j', (written, field) => {
    const reading = readMailRule(written)
    expect(reading.ok ? [] : reading.errors.map((error) => error.field)).toContain(field)
  })
})
