// Messages and attachments as JSON. The HTML of a mail is as the sender wrote it; only what show-html.ts made of it is
// given out.
import { deliveryStatuses, outboundStatuses, rangeKinds, sources, writtenTextOf } from '@maildesk/core'
import type { AttachmentRow, MessageView } from '@maildesk/db'
import { type Static, Type } from 'typebox'
import type { ShownHtml } from '../show-html.ts'
import { isoTime, Named, Nullable, OneOf, Ref, Time, Uuid } from './schema.ts'

export const AttachmentSchema = Named('Attachment', {
  id: Uuid(),
  ticket_id: Uuid(),
  message_id: Nullable(Uuid('Null while no message was posted with it.')),
  uploaded_by_id: Uuid(),
  file: Type.String({ description: 'The SHA-256 of the bytes.' }),
  filename: Type.String(),
  file_size: Type.Integer({ description: 'Bytes.' }),
  content_type: Type.String(),
  created_at: Time(),
  source: OneOf(sources),
  disposition: OneOf(['attachment', 'inline']),
  content_id: Nullable(Type.String()),
  restricted_reason: Nullable(
    OneOf(['type-not-allowed', 'too-large'], {
      description: 'Set when a mail brought what an upload may not be; only admins may download it.',
    }),
  ),
})

export function presentAttachment(row: AttachmentRow): Static<typeof AttachmentSchema> {
  return {
    id: row.id,
    ticket_id: row.ticket_id,
    message_id: row.message_id,
    uploaded_by_id: row.uploaded_by_id,
    file: row.file,
    filename: row.filename,
    file_size: row.file_size,
    content_type: row.content_type,
    created_at: isoTime(row.created_at),
    source: row.source,
    disposition: row.disposition,
    content_id: row.content_id,
    restricted_reason: row.restricted_reason,
  }
}

export const MessageSchema = Named('Message', {
  id: Uuid(),
  ticket_id: Uuid(),
  sender_id: Uuid(),
  message_text: Type.String({ description: 'The whole text of it.' }),
  reply_text: Type.String({ description: 'What was written now: without quote and signature.' }),
  text_ranges: Nullable(
    Type.Array(
      Type.Object({
        kind: OneOf(rangeKinds),
        start: Type.Integer({ description: 'UTF-16 units from the beginning of message_text.' }),
        end: Type.Integer({ description: 'Exclusive.' }),
      }),
      { description: 'What each stretch of message_text is; null when all of it was written now.' },
    ),
  ),
  message_html: Nullable(
    Type.String({
      description:
        "The mail's HTML, made harmless: nothing in it runs, is fetched from elsewhere, or leaves its place. Pictures that came with the mail point to `/api/v1/attachments/{id}/content?inline=true`; pictures from elsewhere are marked `data-blocked` and have no address; links carry their host as `title`, and as `data-shown-host` the other host that their words name. Null when there is none, or when it would take too long: show `message_text` then.",
    }),
  ),
  is_html_cut: Type.Boolean({ description: 'The HTML was too long to be shown whole.' }),
  blocked_image_count: Type.Integer({ description: 'Pictures from elsewhere that are not shown.' }),
  created_at: Time(),
  is_from_customer: Type.Boolean(),
  is_internal: Type.Boolean({ description: 'A note among staff.' }),
  read_by_customer: Type.Boolean(),
  read_by_staff: Type.Boolean(),
  source: OneOf(sources),
  rfc822_id: Nullable(
    Type.String({ description: 'Message-ID of the mail it came or left as, without angle brackets.' }),
  ),
  is_automatic: Type.Boolean({ description: 'Written by a machine: an out-of-office answer and the like.' }),
  is_unverified: Type.Boolean({
    description: 'The sender is no participant of the ticket; shown to staff only.',
  }),
  inbound_email_id: Nullable(Uuid()),
  outbound_email_id: Nullable(Uuid('The mail it left as.')),
  delivery_status: Nullable(
    OneOf(outboundStatuses, { description: 'How far that mail got; null for what is not mailed.' }),
  ),
  deliveries: Type.Array(
    Type.Object({
      address: Type.String(),
      status: OneOf(deliveryStatuses),
      diagnostic: Nullable(Type.String({ description: 'What a delivery report said.' })),
    }),
    { description: 'How far it got with each recipient; for staff.' },
  ),
  attachments: Type.Array(Ref(AttachmentSchema)),
})

/** `html` is left out for messages that have none. */
export function presentMessage(row: MessageView, html?: ShownHtml): Static<typeof MessageSchema> {
  const ranges = row.text_ranges
  return {
    id: row.id,
    ticket_id: row.ticket_id,
    sender_id: row.sender_id,
    message_text: row.message_text,
    reply_text: writtenTextOf(row.message_text, ranges),
    text_ranges: ranges,
    message_html: html?.html ?? null,
    is_html_cut: html?.isCut ?? false,
    blocked_image_count: html?.blockedRemote ?? 0,
    created_at: isoTime(row.created_at),
    is_from_customer: row.is_from_customer,
    is_internal: row.is_internal,
    read_by_customer: row.read_by_customer,
    read_by_staff: row.read_by_staff,
    source: row.source,
    rfc822_id: row.rfc822_id,
    is_automatic: row.is_automatic,
    is_unverified: row.is_unverified,
    inbound_email_id: row.inbound_email_id,
    outbound_email_id: row.outbound_email_id,
    delivery_status: row.delivery_status,
    deliveries: row.deliveries.map(({ address, status, diagnostic }) => ({ address, status, diagnostic })),
    attachments: row.attachments.map(presentAttachment),
  }
}
