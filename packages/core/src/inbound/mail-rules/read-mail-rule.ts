// A rule as somebody wrote it (JSON of the API or of a file), checked against the tables of the language.
import type { FieldError } from '../../field-errors.ts'
import type { MailboxId } from '../../ids.ts'
import { ticketCategories, ticketPriorities } from '../../tickets/types.ts'
import {
  actionMeanings,
  fieldEntryOf,
  type MailCondition,
  type MailRule,
  type MailRuleActions,
  type MailRuleOperator,
  maxConditions,
  maxRuleName,
  maxRuleTag,
  maxRuleTags,
  maxRuleValue,
} from './mail-rule.ts'

/** A rule without its place: what a person writes. */
export type MailRuleDraft = Omit<MailRule, 'id'>

export type RuleReading =
  | { readonly ok: true; readonly rule: MailRuleDraft }
  | { readonly ok: false; readonly errors: readonly FieldError[] }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** The word of a reason. */
const reasonWord = /^[a-z0-9][a-z0-9-]{0,39}$/
const ruleFields = ['name', 'is_active', 'mailbox_id', 'match', 'conditions', 'actions', 'stop']

type Record_ = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Record_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads `{name, is_active?, mailbox_id?, match?, conditions, actions, stop?}`, or tells every field at fault. Pure. */
export function readMailRule(written: unknown): RuleReading {
  if (!isRecord(written)) return { ok: false, errors: [{ field: '', message: 'must be an object' }] }
  const errors: FieldError[] = []
  const fault = (field: string, message: string) => void errors.push({ field, message })
  for (const field of Object.keys(written))
    if (!ruleFields.includes(field)) fault(field, `is no field of a rule; there are ${ruleFields.join(', ')}`)
  const { name, is_active = true, mailbox_id = null, match = 'all', stop = false } = written
  if (typeof name !== 'string' || name.trim() === '' || name.length > maxRuleName)
    fault('name', `must be 1 to ${maxRuleName} letters`)
  if (typeof is_active !== 'boolean') fault('is_active', 'must be true or false')
  if (typeof stop !== 'boolean') fault('stop', 'must be true or false')
  if (mailbox_id !== null && !(typeof mailbox_id === 'string' && uuid.test(mailbox_id)))
    fault('mailbox_id', 'must be the id of a mailbox, or null for all')
  if (match !== 'all' && match !== 'any') fault('match', 'must be all or any')
  const conditions = readConditions(written.conditions, fault)
  const actions = readActions(written.actions, fault)
  if (errors.length > 0) return { ok: false, errors }
  return {
    ok: true,
    rule: {
      name: (name as string).trim(),
      isActive: is_active as boolean,
      mailboxId: mailbox_id as MailboxId | null,
      match: match as MailRule['match'],
      conditions,
      actions,
      stop: stop as boolean,
    },
  }
}

type Fault = (field: string, message: string) => void

function readConditions(written: unknown, fault: Fault): MailCondition[] {
  if (!Array.isArray(written) || written.length === 0 || written.length > maxConditions) {
    fault('conditions', `must be a list of 1 to ${maxConditions}`)
    return []
  }
  return written.flatMap((one, index) => {
    const message = faultOfCondition(one)
    if (message) fault(`conditions.${index}`, message)
    return message ? [] : [one as MailCondition]
  })
}

/** What is wrong with a condition; undefined when nothing is. */
function faultOfCondition(written: unknown): string | undefined {
  if (!isRecord(written)) return 'must be an object'
  const { field, operator, value, ...rest } = written
  if (Object.keys(rest).length > 0) return 'has fields that are not field, operator and value'
  const entry = typeof field === 'string' ? fieldEntryOf(field) : undefined
  if (!entry) return 'field is none that there is'
  if (!entry.operators.includes(operator as MailRuleOperator))
    return `operator must be one of ${entry.operators.join(', ')}`
  if (operator === 'exists' || operator === 'missing')
    return value === undefined ? undefined : `value does not belong to ${operator}`
  if (operator === 'greater' || operator === 'less')
    return Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'value must be a number of bytes'
  if (typeof value !== 'string' || value.trim() === '' || value.length > maxRuleValue)
    return `value must be 1 to ${maxRuleValue} letters`
  if (entry.words && !entry.words.includes(value)) return `value must be one of ${entry.words.join(', ')}`
  return undefined
}

const actionTests: Readonly<Record<keyof MailRuleActions, (value: unknown) => string | undefined>> = {
  category: oneOf(ticketCategories),
  priority: oneOf(ticketPriorities),
  tags: (value) =>
    Array.isArray(value) &&
    value.length <= maxRuleTags &&
    value.every((tag) => typeof tag === 'string' && tag.trim() !== '' && tag.length <= maxRuleTag)
      ? undefined
      : `must be at most ${maxRuleTags} tags of 1 to ${maxRuleTag} letters`,
  assign: (value) =>
    typeof value === 'string' && uuid.test(value) ? undefined : 'must be the id of an agent',
  quarantine: (value) =>
    typeof value === 'string' && reasonWord.test(value)
      ? undefined
      : 'must be a word of small letters, digits and hyphens, at most 40',
  no_acknowledgement: aFlag,
  close: aFlag,
  also_on_replies: aFlag,
}

function readActions(written: unknown, fault: Fault): MailRuleActions {
  if (!isRecord(written)) {
    fault('actions', 'must be an object')
    return {}
  }
  for (const [action, value] of Object.entries(written)) {
    const message = Object.hasOwn(actionTests, action)
      ? actionTests[action as keyof MailRuleActions](value)
      : `is no action; there are ${Object.keys(actionMeanings).join(', ')}`
    if (message) fault(`actions.${action}`, message)
  }
  if (Object.keys(written).every((action) => action === 'also_on_replies'))
    fault('actions', 'must have something to do')
  return written as MailRuleActions
}

function oneOf(words: readonly string[]) {
  return (value: unknown) =>
    typeof value === 'string' && words.includes(value) ? undefined : `must be one of ${words.join(', ')}`
}

function aFlag(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'must be true or false'
}
