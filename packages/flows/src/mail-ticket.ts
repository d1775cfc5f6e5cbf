// The ticket that a mail opens, and the one it is added to.

import { databaseText, MaildeskError, type TicketId } from '@maildesk/core'
import {
  addParticipants,
  insertTicket,
  lockTicket,
  type MailboxRow,
  type TicketRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps } from './deps.ts'

/** Longest title, UTF-16 units; as in the schema. */
const maxTitle = 255

/** Opens the ticket of a mail, with its mailbox's defaults and its requester. @throws MaildeskError db.* */
export async function insertMailTicket(
  tx: Transaction,
  deps: Pick<DeskDeps, 'ids'>,
  subject: string,
  requester: UserRow,
  mailbox: MailboxRow | undefined,
): Promise<TicketRow> {
  const ticket = await insertTicket(tx, {
    id: deps.ids.uuid() as TicketId,
    title: databaseText(subject.replace(/\s+/g, ' ').trim(), maxTitle) || '(no subject)',
    customer_id: requester.id,
    category: mailbox?.default_category ?? 'general',
    priority: mailbox?.default_priority ?? 'medium',
    source: 'email',
    mailbox_id: mailbox?.id ?? null,
  })
  await addParticipants(tx, ticket.id, [requester.email], 'requester')
  await failpoint('file.ticket-opened')
  return ticket
}

/** Locks the ticket that was decided on. @throws MaildeskError db.conflict when it was merged or deleted since: decide again. */
export async function lockMailTicket(tx: Transaction, id: TicketId): Promise<TicketRow> {
  const ticket = await lockTicket(tx, id)
  if (!ticket || ticket.merged_into_id)
    throw new MaildeskError('db.conflict', `ticket ${id} was merged or deleted while its mail was filed`)
  return ticket
}
