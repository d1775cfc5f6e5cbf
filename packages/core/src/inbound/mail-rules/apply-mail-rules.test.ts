import { anAddress, anEmail, aPart } from '@maildesk/testkit/an-email'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MailboxId, UserId } from '../../ids.ts'
import { applyMailRules, noActions } from './apply-mail-rules.ts'
import { matchesGlob } from './condition-holds.ts'
import {
  fieldEntryOf,
  type MailCondition,
  type MailRule,
  type MailRuleFacts,
  mailRuleFields,
  mailRuleOperators,
  maxMailRules,
} from './mail-rule.ts'

const facts: MailRuleFacts = {
  mailboxId: 'mailbox-1' as MailboxId,
  kind: 'human',
  authentication: 'pass',
  isNewTicket: true,
  size: 2000,
  waivedReasons: [],
}
const email = anEmail({
  from: [anAddress('Ada@Customer.example', 'Ada Lovelace')],
  to: [anAddress('support@desk.example', 'Support')],
  cc: [anAddress('bob@other.example')],
  subject: 'RE: Invoice 2026-11 [URGENT]',
  text: 'Please pay the invoice.\nThank you.\n',
  headers: { 'x-spam-flag': 'YES', 'delivered-to': 'billing@desk.example', received: ['a', 'b'] },
  parts: [
    aPart({ filename: 'Invoice.PDF' }),
    aPart({ filename: 'setup.exe', contentType: 'application/x-msdownload' }),
  ],
})

function rule(more: Partial<MailRule> = {}): MailRule {
  return {
    id: 'rule-1',
    name: 'a rule',
    isActive: true,
    mailboxId: null,
    match: 'all',
    conditions: [{ field: 'subject', operator: 'contains', value: 'invoice' }],
    actions: { tags: ['met'] },
    stop: false,
    ...more,
  }
}
const met = (rules: readonly MailRule[], more: Partial<MailRuleFacts> = {}) =>
  applyMailRules(rules, email, { ...facts, ...more }).matched.map(({ id }) => id)
const wanted = (rules: readonly MailRule[], more: Partial<MailRuleFacts> = {}) =>
  applyMailRules(rules, email, { ...facts, ...more }).actions

const conditions: readonly [
  MailCondition['field'],
  MailCondition['operator'],
  string | number | undefined,
  boolean,
][] = [
  ['from', 'is', 'ada@customer.example', true],
  ['from', 'is', 'ADA LOVELACE', true],
  ['from', 'is_not', 'ada@customer.example', false],
  ['from', 'ends_with', '.example', true],
  ['from_domain', 'is', 'customer.example', true],
  ['from_domain', 'is', 'example', false],
  ['to', 'contains', 'support', true],
  ['cc', 'exists', undefined, true],
  ['cc', 'not_contains', 'customer', true],
  ['recipient', 'is', 'billing@desk.example', true],
  ['to', 'is', 'billing@desk.example', false],
  ['subject', 'starts_with', 're: invoice', true],
  ['subject', 'matches_glob', '*invoice*[urgent]', true],
  ['subject', 'matches_glob', 'invoice*', false],
  ['body', 'contains', 'PAY THE', true],
  ['body', 'matches_glob', 'please*thank you.', true],
  ['header:X-Spam-Flag', 'is', 'yes', true],
  ['header:X-Spam-Flag', 'missing', undefined, false],
  ['header:X-Nothing', 'missing', undefined, true],
  ['header:X-Nothing', 'is_not', 'yes', true],
  ['header:Received', 'is', 'b', true],
  ['attachment_name', 'ends_with', '.exe', true],
  ['attachment_name', 'not_contains', '.exe', false],
  ['attachment_type', 'is', 'application/pdf', true],
  ['size', 'greater', 1999, true],
  ['size', 'greater', 2000, false],
  ['size', 'less', 2001, true],
  ['kind', 'is', 'human', true],
  ['kind', 'is_not', 'human', false],
  ['authentication', 'is', 'fail', false],
  ['is_new_ticket', 'is', 'yes', true],
]

describe('a condition', () => {
  test.each(conditions)('%s %s %s: %s', (field, operator, value, holds) => {
    const condition = { field, operator, ...(value === undefined ? {} : { value }) }
    expect(met([rule({ conditions: [condition] })])).toEqual(holds ? ['rule-1'] : [])
  })

  test('is tried for every field and every operator that the tables name', () => {
    for (const field of Object.keys(mailRuleFields))
      expect(
        conditions.some(([tried]) => tried === field),
        field,
      ).toBe(true)
    for (const operator of mailRuleOperators)
      expect(
        conditions.some(([, tried]) => tried === operator),
        operator,
      ).toBe(true)
    expect(fieldEntryOf('constructor')).toBeUndefined()
    expect(fieldEntryOf('header:')).toBeUndefined()
  })

  test('shows what made it hold', () => {
    const [one] = applyMailRules(
      [rule({ conditions: [{ field: 'attachment_name', operator: 'ends_with', value: '.EXE' }] })],
      email,
      facts,
    ).matched
    expect(one?.evidence).toEqual([
      { field: 'attachment_name', operator: 'ends_with', value: '.EXE', found: 'setup.exe' },
    ])
  })
})

describe('a rule', () => {
  const no: MailCondition = { field: 'subject', operator: 'is', value: 'x' }
  const yes: MailCondition = { field: 'subject', operator: 'exists' }
  test('wants all its conditions, or any of them', () => {
    expect(met([rule({ conditions: [yes, no] })])).toEqual([])
    expect(met([rule({ match: 'any', conditions: [no, yes] })])).toEqual(['rule-1'])
    expect(met([rule({ match: 'any', conditions: [no, no] })])).toEqual([])
  })
  test('is asked when it is active and for mail of its mailbox only', () => {
    expect(met([rule({ isActive: false })])).toEqual([])
    expect(met([rule({ mailboxId: 'mailbox-2' as MailboxId })])).toEqual([])
    expect(met([rule({ mailboxId: 'mailbox-1' as MailboxId })])).toEqual(['rule-1'])
    expect(met([rule({ mailboxId: 'mailbox-1' as MailboxId })], { mailboxId: null })).toEqual([])
  })
  test('that says stop ends it, when it matches', () => {
    expect(met([rule({ stop: true, conditions: [no] }), rule({ id: 'rule-2' })])).toEqual(['rule-2'])
    expect(met([rule({ stop: true }), rule({ id: 'rule-2' })])).toEqual(['rule-1'])
  })
  test('past the limit of a desk is not asked', () => {
    const many = Array.from({ length: maxMailRules }, (_, index) =>
      rule({ id: `${index}`, conditions: [no] }),
    )
    expect(met([...many, rule({ id: 'last' })])).toEqual([])
  })
})

describe('actions', () => {
  const all = rule({
    actions: {
      category: 'billing',
      priority: 'high',
      tags: ['a', 'b'],
      assign: 'ada' as UserId,
      no_acknowledgement: true,
      close: true,
      quarantine: 'spam',
    },
  })
  test('of the upper rule win, tags add up', () => {
    const lower = rule({
      id: 'rule-2',
      actions: { category: 'technical', tags: ['b', 'c'], quarantine: 'other' },
    })
    expect(wanted([all, lower])).toEqual({
      category: 'billing',
      priority: 'high',
      tags: ['a', 'b', 'c'],
      assign: 'ada',
      noAcknowledgement: true,
      close: true,
      quarantine: 'rule:spam',
    })
  })
  test('on a reply are tags and quarantine alone, unless the rule says otherwise', () => {
    const reply = { isNewTicket: false }
    expect(wanted([all], reply)).toEqual({
      ...noActions,
      tags: ['a', 'b'],
      noAcknowledgement: true,
      quarantine: 'rule:spam',
    })
    const onReplies = { ...all, actions: { ...all.actions, also_on_replies: true } }
    expect(wanted([onReplies], reply)).toEqual(wanted([all]))
  })
  test('do not hold a mail for a reason that a person set aside', () => {
    const lower = rule({ actions: { quarantine: 'other' } })
    expect(wanted([all, lower], { waivedReasons: ['rule:spam'] }).quarantine).toBe('rule:other')
    expect(wanted([all], { waivedReasons: ['rule:spam'] }).quarantine).toBeNull()
  })
})

const anyCondition: fc.Arbitrary<MailCondition> = fc.record(
  {
    field: fc.oneof(
      fc.constantFrom(...Object.keys(mailRuleFields)),
      fc.string(),
      fc.constant('header:Received'),
    ),
    operator: fc.constantFrom(...mailRuleOperators),
    value: fc.oneof(fc.string({ maxLength: 8 }), fc.nat()),
  },
  { requiredKeys: ['field', 'operator'] },
)
const anyRule: fc.Arbitrary<MailRule> = fc.record({
  id: fc.uuid(),
  name: fc.string(),
  isActive: fc.boolean(),
  mailboxId: fc.constantFrom(null, 'mailbox-1' as MailboxId, 'mailbox-2' as MailboxId),
  match: fc.constantFrom('all' as const, 'any' as const),
  conditions: fc.array(anyCondition, { maxLength: 4 }),
  actions: fc.record({ tags: fc.array(fc.constantFrom('a', 'b', 'c')) }),
  stop: fc.boolean(),
})
const anyMail = fc
  .record({
    subject: fc.string(),
    text: fc.string(),
    name: fc.string(),
    address: fc.string(),
    header: fc.string(),
  })
  .map(({ subject, text, name, address, header }) =>
    anEmail({ subject, text, from: [anAddress(address, name)], headers: { received: header } }),
  )

describe('for any rules and any mail', () => {
  test('it answers, the same twice, and leaves what it was given', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 6 }), anyMail, (rules, mail) => {
        const before = JSON.stringify(rules)
        const result = applyMailRules(rules, mail, facts)
        expect(applyMailRules(rules, mail, facts)).toEqual(result)
        expect(JSON.stringify(rules)).toBe(before)
      }),
      { numRuns: 200 },
    )
  })
  test('rules that do not match may stand anywhere', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), anyMail, fc.nat(5), (rules, mail, place) => {
        const never = rule({
          id: 'never',
          stop: true,
          conditions: [{ field: 'size', operator: 'less', value: 0 }],
        })
        const more = [...rules.slice(0, place), never, ...rules.slice(place)]
        expect(applyMailRules(more, mail, facts)).toEqual(applyMailRules(rules, mail, facts))
      }),
      { numRuns: 100 },
    )
  })
  test('a glob agrees with the regular expression it stands for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 9 })
    fc.assert(
      fc.property(letters, letters, (text, pattern) => {
        const expression = pattern.replaceAll('.', '\\.').replace(/\*+/g, '.*')
        // regex-bounded: nine letters made by this test
        expect(matchesGlob(text, pattern)).toBe(new RegExp(`^${expression}$`, 's').test(text))
      }),
      { numRuns: 1000 },
    )
  })
})
