// A mail rule: what the desk's staff want done with mail of some kind. The tables here are the whole language.
import type { MailboxId, UserId } from '../../ids.ts'
import type { TicketCategory, TicketPriority } from '../../tickets/types.ts'
import type { AuthenticationVerdict } from '../authentication/verdict.ts'
import type { MailKind } from '../classify-email.ts'

/** Rules of one desk, conditions of one rule, tags of one rule. */
export const maxMailRules = 500
export const maxConditions = 50
export const maxRuleTags = 20
/** Longest name, value and tag, UTF-16 units. */
export const maxRuleName = 120
export const maxRuleValue = 200
export const maxRuleTag = 50
/** How much of a mail's text and of one header field is looked at, UTF-16 units. */
export const maxBodyLookedAt = 64 * 1024
export const maxHeaderLookedAt = 4096
/** Values of one field that are looked at: addresses, files, fields of one name. */
export const maxValuesLookedAt = 200

const textOperators = [
  'is',
  'is_not',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'matches_glob',
  'exists',
  'missing',
] as const
const choiceOperators = ['is', 'is_not'] as const
const numberOperators = ['greater', 'less'] as const

export const mailRuleOperators = [...textOperators, ...numberOperators] as const
export type MailRuleOperator = (typeof mailRuleOperators)[number]

/** What each operator asks; a field may have several values (recipients, files). */
export const operatorMeanings: Readonly<Record<MailRuleOperator, string>> = {
  is: 'one of the values is this',
  is_not: 'none of the values is this',
  contains: 'one of the values has this in it',
  not_contains: 'none of the values has this in it',
  starts_with: 'one of the values starts with this',
  ends_with: 'one of the values ends with this',
  matches_glob: 'one whole value is like this, where `*` stands for anything, line breaks too',
  exists: 'there is a value that is not empty',
  missing: 'there is none',
  greater: 'more bytes than this',
  less: 'fewer bytes than this',
}

interface FieldEntry {
  readonly summary: string
  readonly operators: readonly MailRuleOperator[]
  /** The words it can be, where it is not any text. */
  readonly words?: readonly string[]
}

/** What a condition may look at. `header:<Name>` stands beside these. */
export const mailRuleFields = {
  from: { summary: 'addresses and names in From and Sender', operators: textOperators },
  from_domain: { summary: 'domains of the addresses in From and Sender', operators: textOperators },
  to: { summary: 'addresses and names in To', operators: textOperators },
  cc: { summary: 'addresses and names in Cc', operators: textOperators },
  recipient: {
    summary: 'every address it was sent to, those that only servers noted (Delivered-To …) too',
    operators: textOperators,
  },
  subject: { summary: 'the subject', operators: textOperators },
  body: { summary: 'the text, its first 65 536 letters', operators: textOperators },
  attachment_name: { summary: 'names of its files', operators: textOperators },
  attachment_type: { summary: 'types of its files (`application/pdf`)', operators: textOperators },
  size: { summary: 'size as it came, bytes', operators: numberOperators },
  kind: {
    summary: 'what kind of mail it is',
    operators: choiceOperators,
    words: [
      'human',
      'auto_reply',
      'auto_generated',
      'bounce',
      'delivery_notice',
      'complaint',
      'list',
      'loop',
    ],
  },
  authentication: {
    summary: 'whether the sender is who From says',
    operators: choiceOperators,
    words: ['pass', 'pass_arc', 'none', 'fail', 'unknown'],
  },
  is_new_ticket: {
    summary: 'it opens a ticket (`yes`), or goes into one (`no`)',
    operators: choiceOperators,
    words: ['yes', 'no'],
  },
} as const satisfies Record<string, FieldEntry>

export const headerFieldEntry: FieldEntry = {
  summary: 'a header field by its name, as it came (not decoded), its first 4 096 letters',
  operators: textOperators,
}

/** `header:X-Spam-Flag` → `x-spam-flag`; undefined for what names no header field (RFC 5322 §2.2). */
export function headerNameOf(field: string): string | undefined {
  return /^header:([!-9;-~]{1,76})$/.exec(field)?.[1]?.toLowerCase()
}

/** The field's line of the table; undefined when there is no such field. */
export function fieldEntryOf(field: string): FieldEntry | undefined {
  if (headerNameOf(field) !== undefined) return headerFieldEntry
  return Object.hasOwn(mailRuleFields, field)
    ? mailRuleFields[field as keyof typeof mailRuleFields]
    : undefined
}

export interface MailCondition {
  /** A key of `mailRuleFields`, or `header:<Name>`. */
  readonly field: string
  readonly operator: MailRuleOperator
  /** Absent for `exists` and `missing`; a number of bytes for `greater` and `less`. */
  readonly value?: string | number
}

/** What a rule does. Of a reply only the tags and the quarantine count, unless `also_on_replies`. */
export interface MailRuleActions {
  readonly category?: TicketCategory
  readonly priority?: TicketPriority
  readonly tags?: readonly string[]
  /** An agent's id. */
  readonly assign?: UserId
  /** A word for the reason; the ledger has it as `rule:<word>`. */
  readonly quarantine?: string
  readonly no_acknowledgement?: boolean
  readonly close?: boolean
  readonly also_on_replies?: boolean
}

export const actionMeanings: Readonly<Record<keyof MailRuleActions, string>> = {
  category: 'the ticket gets this category',
  priority: 'the ticket gets this priority',
  tags: 'the ticket gets these tags beside those it has; on replies, too',
  assign: 'the ticket is given to this agent (id), if they are still active staff',
  quarantine: 'the mail is held for a person, with `rule:` and this word as the reason; on replies, too',
  no_acknowledgement: 'the sender of a new ticket gets no acknowledgement',
  close: 'the ticket is closed',
  also_on_replies:
    'category, priority, assign and close also act when the mail goes into a ticket that is there',
}

export interface MailRule {
  readonly id: string
  readonly name: string
  readonly isActive: boolean
  /** Only mail of this mailbox; null for all. */
  readonly mailboxId: MailboxId | null
  readonly match: 'all' | 'any'
  readonly conditions: readonly MailCondition[]
  readonly actions: MailRuleActions
  /** When it matches, the rules below it are not asked. */
  readonly stop: boolean
}

/** What rules may ask beside the mail itself. */
export interface MailRuleFacts {
  readonly mailboxId: MailboxId | null
  readonly kind: MailKind
  readonly authentication: AuthenticationVerdict
  readonly isNewTicket: boolean
  /** Bytes as it came. */
  readonly size: number
  /** Reasons of quarantine that a person set aside for this mail. */
  readonly waivedReasons: readonly string[]
}

/** What showed that a condition holds. */
export interface ConditionEvidence extends MailCondition {
  /** The value that decided, cut; null where none was there, as `missing` wants. */
  readonly found: string | null
}

export interface MatchedRule {
  readonly id: string
  readonly name: string
  /** The conditions that hold: all of them, or those of `any` that do. */
  readonly evidence: readonly ConditionEvidence[]
}

/** What all rules that matched want together. */
export interface MergedActions {
  readonly category: TicketCategory | null
  readonly priority: TicketPriority | null
  readonly tags: readonly string[]
  readonly assign: UserId | null
  /** The reason as the ledger has it: `rule:<word>`. */
  readonly quarantine: string | null
  readonly noAcknowledgement: boolean
  readonly close: boolean
}
