// Reading attachments with what decides who may see them, and taking uploads into a message.
import type { AttachmentId, MessageId, TicketId, UserId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { AttachmentRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** An attachment and what its place says about who may see it. */
export interface PlacedAttachment extends AttachmentRow {
  readonly customer_id: UserId
  /** It belongs to a note, or to a message of a stranger; null while it belongs to no message. */
  readonly is_hidden: boolean | null
}

export async function findPlacedAttachment(
  db: Database,
  id: AttachmentId,
): Promise<PlacedAttachment | undefined> {
  return db('attachments')
    .join('tickets', 'tickets.id', 'attachments.ticket_id')
    .leftJoin('messages', 'messages.id', 'attachments.message_id')
    .where({ 'attachments.id': id })
    .first(
      'attachments.*',
      'tickets.customer_id',
      db.raw('(messages.is_internal OR messages.is_unverified) AS is_hidden'),
    )
}

/** Uploads of this person to this ticket that no message has yet, held until the transaction ends. */
export async function lockLooseAttachments(
  tx: Transaction,
  ticketId: TicketId,
  uploadedBy: UserId,
  ids: readonly AttachmentId[],
): Promise<AttachmentRow[]> {
  if (ids.length === 0) return []
  return tx<AttachmentRow>('attachments')
    .where({ ticket_id: ticketId, uploaded_by_id: uploadedBy })
    .whereNull('message_id')
    .whereIn('id', [...ids])
    .orderBy('id')
    .forUpdate()
}

/** Makes uploads part of a message. */
export async function attachToMessage(
  tx: Transaction,
  messageId: MessageId,
  ids: readonly AttachmentId[],
): Promise<void> {
  if (ids.length > 0)
    await tx('attachments')
      .whereIn('id', [...ids])
      .update({ message_id: messageId })
}
