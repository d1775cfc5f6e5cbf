// The two ledgers as JSON.
import {
  authenticationVerdicts,
  deliveryStatuses,
  type InboundDecision,
  inboundOutcomes,
  inboundStatuses,
  outboundKinds,
  outboundStatuses,
  tellDecision,
} from '@maildesk/core'
import type { InboundEmailRow, OutboundDeliveryRow, OutboundEmailRow } from '@maildesk/db'
import { type Static, Type } from 'typebox'
import { isoTime, isoTimeOrNull, Named, Nullable, OneOf, Time, Uuid } from './schema.ts'

export const InboundEmailSchema = Named('InboundEmail', {
  id: Uuid(),
  mailbox_id: Nullable(Uuid()),
  folder: Nullable(Type.String()),
  uid_validity: Nullable(Type.String()),
  uid: Nullable(Type.String()),
  arrived_by: OneOf(['imap', 'ingest']),
  raw_size: Type.Integer({ description: 'Bytes.' }),
  raw_complete: Type.Boolean({ description: 'False when only the header section was kept.' }),
  received_at: Time(),
  rfc822_id: Nullable(Type.String()),
  from_address: Type.String(),
  subject: Type.String(),
  status: OneOf(inboundStatuses),
  outcome: Nullable(OneOf(inboundOutcomes)),
  reason: Nullable(Type.String()),
  decision: Type.Unsafe<unknown>({ description: 'What was decided, by which rule, and on which facts.' }),
  authentication: Nullable(OneOf(authenticationVerdicts)),
  authentication_detail: Type.Unsafe<unknown>({
    description: 'Who said so of the sender, and what; null before it was looked at.',
  }),
  why: Type.Array(Type.String(), { description: 'The decision in sentences.' }),
  attempts: Type.Integer(),
  last_error: Nullable(Type.String()),
  ticket_id: Nullable(Uuid()),
  duplicate_of_id: Nullable(Uuid()),
  finished_at: Nullable(Time()),
  after_state: OneOf(['none', 'pending', 'done', 'failed']),
  after_error: Nullable(Type.String()),
  judgement: Nullable(
    OneOf(['released', 'discarded'], { description: 'What a person said while it was held.' }),
  ),
  judged_by_id: Nullable(Uuid('Null for the command line.')),
  judged_at: Nullable(Time()),
  judgement_note: Nullable(Type.String()),
  waived_reasons: Type.Array(Type.String(), { description: 'Reasons that no longer hold it.' }),
})

export function presentInboundEmail(row: InboundEmailRow): Static<typeof InboundEmailSchema> {
  return {
    id: row.id,
    mailbox_id: row.mailbox_id,
    folder: row.folder,
    uid_validity: row.uid_validity,
    uid: row.uid,
    arrived_by: row.arrived_by,
    raw_size: Number(row.raw_size),
    raw_complete: row.raw_complete,
    received_at: isoTime(row.received_at),
    rfc822_id: row.rfc822_id,
    from_address: row.from_address,
    subject: row.subject,
    status: row.status,
    outcome: row.outcome,
    reason: row.reason,
    decision: row.decision,
    authentication: row.authentication,
    authentication_detail: row.authentication_detail,
    why: whyOf(row.decision),
    attempts: row.attempts,
    last_error: row.last_error,
    ticket_id: row.ticket_id,
    duplicate_of_id: row.duplicate_of_id,
    finished_at: isoTimeOrNull(row.finished_at),
    after_state: row.after_state,
    after_error: row.after_error,
    judgement: row.judgement,
    judged_by_id: row.judged_by_id,
    judged_at: isoTimeOrNull(row.judged_at),
    judgement_note: row.judgement_note,
    waived_reasons: row.waived_reasons,
  }
}

/** What rules decided, told; parser failures and the like have their reason alone. */
function whyOf(decision: unknown): string[] {
  const isTold = decision !== null && typeof decision === 'object' && 'facts' in decision
  return isTold ? tellDecision(decision as InboundDecision) : []
}

const DeliverySchema = Type.Object({
  address: Type.String(),
  status: OneOf(deliveryStatuses),
  code: Nullable(Type.Integer({ description: 'The SMTP reply code.' })),
  response: Nullable(Type.String()),
  updated_at: Time(),
})

const outboundFields = {
  id: Uuid(),
  kind: OneOf(outboundKinds),
  ticket_id: Uuid(),
  message_id: Nullable(Uuid()),
  mailbox_id: Nullable(Uuid()),
  cause_inbound_id: Nullable(Uuid()),
  rfc822_id: Type.String(),
  subject: Type.String(),
  to: Type.Array(Type.String()),
  cc: Type.Array(Type.String()),
  status: OneOf(outboundStatuses),
  attempts: Type.Integer(),
  uncertain_attempts: Type.Integer(),
  next_attempt_at: Nullable(Time('Null when nothing more will be tried by itself.')),
  last_response: Nullable(Type.String()),
  created_at: Time(),
  queued_at: Time(),
  sent_at: Nullable(Time()),
  scheduled_for: Nullable(Time('Not before.')),
  cancelled_by_id: Nullable(Uuid()),
  copy_state: OneOf(['none', 'pending', 'done', 'failed'], {
    description: 'The copy in the folder of sent mail; `none` where none is wanted.',
  }),
  copy_error: Nullable(Type.String()),
}

export const OutboundEmailSchema = Named('OutboundEmail', outboundFields)
export const OutboundEmailDetailSchema = Named('OutboundEmailDetail', {
  ...outboundFields,
  deliveries: Type.Array(DeliverySchema),
})

export function presentOutboundEmail(row: OutboundEmailRow): Static<typeof OutboundEmailSchema> {
  return {
    id: row.id,
    kind: row.kind,
    ticket_id: row.ticket_id,
    message_id: row.message_id,
    mailbox_id: row.mailbox_id,
    cause_inbound_id: row.cause_inbound_id,
    rfc822_id: row.rfc822_id,
    subject: row.composed.subject,
    to: row.composed.to.map(({ address }) => address),
    cc: row.composed.cc.map(({ address }) => address),
    status: row.status,
    attempts: row.attempts,
    uncertain_attempts: row.uncertain_attempts,
    next_attempt_at: isoTimeOrNull(row.next_attempt_at),
    last_response: row.last_response,
    created_at: isoTime(row.created_at),
    queued_at: isoTime(row.queued_at),
    sent_at: isoTimeOrNull(row.sent_at),
    scheduled_for: isoTimeOrNull(row.scheduled_for),
    cancelled_by_id: row.cancelled_by_id,
    copy_state: row.copy_state,
    copy_error: row.copy_error,
  }
}

export function presentOutboundDetail(
  row: OutboundEmailRow,
  deliveries: readonly OutboundDeliveryRow[],
): Static<typeof OutboundEmailDetailSchema> {
  const shown = deliveries.map(({ address, status, code, response, updated_at }) => ({
    address,
    status,
    code,
    response,
    updated_at: isoTime(updated_at),
  }))
  return { ...presentOutboundEmail(row), deliveries: shown }
}
