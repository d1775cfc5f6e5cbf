// Mail rules and the blocklist as JSON.
import {
  type MailCondition,
  type MailRuleActions,
  mailRuleOperators,
  maxConditions,
  maxRuleName,
} from '@maildesk/core'
import type { BlockedSenderRow, InboundRuleRow } from '@maildesk/db'
import { type Static, Type } from 'typebox'
import { isoTime, isoTimeOrNull, Named, Nullable, OneOf, Time, Uuid } from './schema.ts'

/** The fields a person writes. What they mean is checked by `readMailRule`; see docs/rules-and-quarantine.md. */
export const RuleFields = {
  name: Type.String({ minLength: 1, maxLength: maxRuleName }),
  is_active: Type.Boolean(),
  mailbox_id: Nullable(Uuid('Only mail of this mailbox; null for all.')),
  match: OneOf(['all', 'any']),
  conditions: Type.Unsafe<readonly MailCondition[]>({
    type: 'array',
    maxItems: maxConditions,
    items: {
      type: 'object',
      required: ['field', 'operator'],
      properties: {
        field: { type: 'string', description: 'A field of the list, or `header:<Name>`.' },
        operator: { type: 'string', enum: [...mailRuleOperators] },
        value: { description: 'Text, or bytes for `greater` and `less`; none for `exists` and `missing`.' },
      },
      additionalProperties: false,
    },
  }),
  actions: Type.Unsafe<MailRuleActions>({ type: 'object', additionalProperties: true }),
  stop: Type.Boolean({ description: 'When it matches, the rules below are not asked.' }),
}

export const InboundRuleSchema = Named('InboundRule', {
  id: Uuid(),
  position: Type.Integer({ description: 'The lower number is asked first.' }),
  ...RuleFields,
  version: Type.Integer({ description: 'Grows with every change; in quotes it is the ETag.' }),
  created_at: Time(),
  updated_at: Time(),
})

export function presentInboundRule(row: InboundRuleRow): Static<typeof InboundRuleSchema> {
  return { ...row, created_at: isoTime(row.created_at), updated_at: isoTime(row.updated_at) }
}

export const BlockedSenderSchema = Named('BlockedSender', {
  id: Uuid(),
  entry: Type.String({ description: 'An address, or a domain with all below it.' }),
  reason: Type.String(),
  created_by_id: Nullable(Uuid()),
  created_at: Time(),
  hits: Type.Integer({ description: 'Mails held because of it.' }),
  last_hit_at: Nullable(Time()),
})

export function presentBlockedSender(row: BlockedSenderRow): Static<typeof BlockedSenderSchema> {
  return {
    ...row,
    hits: Number(row.hits),
    created_at: isoTime(row.created_at),
    last_hit_at: isoTimeOrNull(row.last_hit_at),
  }
}
