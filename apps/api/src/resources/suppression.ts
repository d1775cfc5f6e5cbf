// Suppressed addresses as JSON.
import { suppressionReasons, suppressionScopes } from '@maildesk/core'
import type { BounceRecordRow, SuppressionRow } from '@maildesk/db'
import { type Static, Type } from 'typebox'
import { isoTime, isoTimeOrNull, Named, Nullable, OneOf, Time, Uuid } from './schema.ts'

const Scope = OneOf(suppressionScopes, {
  description: '`automatic`: what the desk says by itself. `all`: answers of agents as well.',
})

export const SuppressionSchema = Named('Suppression', {
  address: Type.String({ description: 'Lower case.' }),
  scope: Scope,
  reason: OneOf(suppressionReasons, { description: '`manual`: a person said so.' }),
  until: Nullable(Time('Null: until a person lifts it.')),
  created_at: Time(),
  created_by_id: Nullable(Uuid()),
})

export function presentSuppression(row: SuppressionRow): Static<typeof SuppressionSchema> {
  return {
    address: row.address,
    scope: row.scope,
    reason: row.reason,
    until: isoTimeOrNull(row.until),
    created_at: isoTime(row.created_at),
    created_by_id: row.created_by_id,
  }
}

const BounceSchema = Type.Object({
  kind: OneOf(['hard', 'soft', 'policy', 'complaint']),
  status: Nullable(Type.String({ description: 'Enhanced status code (RFC 3463).' })),
  diagnostic: Nullable(Type.String({ description: 'What servers said.' })),
  is_dead: Type.Boolean({ description: 'The address or its host does not exist.' }),
  is_final: Type.Boolean({ description: 'False for a notice that the mail is late.' }),
  reported_as: Nullable(
    Type.String({ description: 'What the report called the recipient, where that is another address.' }),
  ),
  outbound_email_id: Nullable(Uuid()),
  inbound_email_id: Nullable(Uuid('The report.')),
  recorded_at: Time(),
  lifted_at: Nullable(Time('When it stopped counting.')),
})

export const AddressStandingSchema = Named('AddressStanding', {
  address: Type.String(),
  is_suppressed: Type.Boolean(),
  scope: Nullable(Scope),
  reason: Nullable(OneOf(suppressionReasons)),
  until: Nullable(Time()),
  agent_mail_paused_reason: Nullable(
    Type.String({
      description: 'Why notifications are not mailed to the agent of this address; lifting resumes them.',
    }),
  ),
  history: Type.Array(BounceSchema, { description: 'What reports said of the address, newest first.' }),
})

export interface AddressStanding {
  readonly address: string
  readonly suppression: SuppressionRow | undefined
  readonly agentMailPausedReason: string | null
  readonly history: readonly BounceRecordRow[]
}

export function presentStanding({
  address,
  suppression,
  agentMailPausedReason,
  history,
}: AddressStanding): Static<typeof AddressStandingSchema> {
  return {
    address,
    is_suppressed: suppression !== undefined,
    scope: suppression?.scope ?? null,
    reason: suppression?.reason ?? null,
    until: isoTimeOrNull(suppression?.until ?? null),
    agent_mail_paused_reason: agentMailPausedReason,
    history: history.map((one) => ({
      kind: one.kind,
      status: one.status,
      diagnostic: one.diagnostic,
      is_dead: one.is_dead,
      is_final: one.is_final,
      reported_as: one.reported_as,
      outbound_email_id: one.outbound_email_id,
      inbound_email_id: one.inbound_email_id,
      recorded_at: isoTime(one.recorded_at),
      lifted_at: isoTimeOrNull(one.lifted_at),
    })),
  }
}
