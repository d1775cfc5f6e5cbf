// Queries of `tickets`, `messages` and `attachments` that write.

import type { InboundEmailId, MessageFlag, MessageId, TextRange, TicketId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { AttachmentRow, MessageRow, TicketRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

export type NewTicket = Pick<
  TicketRow,
  'id' | 'title' | 'customer_id' | 'category' | 'priority' | 'source' | 'mailbox_id'
> & { readonly tags?: readonly string[] }

export async function insertTicket(tx: Transaction, ticket: NewTicket): Promise<TicketRow> {
  const [row] = await tx('tickets')
    .insert({ ...ticket, tags: JSON.stringify(ticket.tags ?? []) })
    .returning('*')
  return row
}

/** Takes the ticket for this transaction, so that two mails to it wait for each other. */
export async function lockTicket(tx: Transaction, id: TicketId): Promise<TicketRow | undefined> {
  return tx<TicketRow>('tickets').where({ id }).forUpdate().first()
}

/** Something was added to the ticket; `reopen` also takes it back to open. */
export async function touchTicket(
  tx: Transaction,
  id: TicketId,
  { reopen = false }: { reopen?: boolean } = {},
): Promise<void> {
  await tx('tickets')
    .where({ id })
    .update({
      updated_at: tx.fn.now(),
      version: tx.raw('version + 1'),
      ...(reopen ? { status: 'open', closed_at: null } : {}),
    })
}

export type NewMessage = Pick<
  MessageRow,
  'id' | 'ticket_id' | 'sender_id' | 'message_text' | 'is_from_customer' | 'is_internal' | 'source'
> &
  Partial<
    Pick<
      MessageRow,
      | 'created_at'
      | 'html'
      | 'rfc822_id'
      | 'is_automatic'
      | 'is_unverified'
      | 'inbound_email_id'
      | 'read_by_customer'
      | 'read_by_staff'
      | 'answer_to'
      | 'thread_index'
      | 'thread_topic'
      | 'is_blind_copy'
    >
  > & {
    readonly flags?: readonly MessageFlag[]
    readonly decision?: unknown
    readonly text_ranges?: readonly TextRange[] | null
  }

/**
 * Adds a message; that of a mail was written when the mail came, unless told.
 * @throws MaildeskError db.constraint (chk_message_is_from_customer) when is_from_customer is not the sender's role.
 */
export async function insertMessage(tx: Transaction, message: NewMessage): Promise<MessageRow> {
  const { flags = [], decision = null, text_ranges: ranges, ...columns } = message
  const [row] = await tx('messages')
    .insert({
      // Copied within the database: a Date has milliseconds, and many mails come within one.
      ...(columns.inbound_email_id
        ? {
            created_at: tx.raw('(SELECT received_at FROM inbound_emails WHERE id = ?)', [
              columns.inbound_email_id,
            ]),
          }
        : {}),
      ...columns,
      flags: JSON.stringify(flags),
      decision: decision === null ? null : JSON.stringify(decision),
      text_ranges: ranges ? JSON.stringify(ranges) : null,
    })
    .returning('*')
  return row
}

export type NewAttachment = Pick<
  AttachmentRow,
  | 'id'
  | 'ticket_id'
  | 'message_id'
  | 'uploaded_by_id'
  | 'file'
  | 'filename'
  | 'file_size'
  | 'content_type'
  | 'source'
> &
  Partial<Pick<AttachmentRow, 'disposition' | 'content_id' | 'part_path' | 'restricted_reason'>>

export async function insertAttachments(
  tx: Transaction,
  attachments: readonly NewAttachment[],
): Promise<void> {
  if (attachments.length > 0) await tx.batchInsert('attachments', [...attachments], 100)
}

export async function findMessageOfInbound(
  db: Database,
  id: InboundEmailId,
): Promise<MessageRow | undefined> {
  return db<MessageRow>('messages').where({ inbound_email_id: id }).first()
}

export async function findTicket(db: Database, id: TicketId): Promise<TicketRow | undefined> {
  return db<TicketRow>('tickets').where({ id }).first()
}

export async function listMessageAttachments(db: Database, messageId: MessageId): Promise<AttachmentRow[]> {
  return db<AttachmentRow>('attachments').where({ message_id: messageId }).orderBy('id')
}
