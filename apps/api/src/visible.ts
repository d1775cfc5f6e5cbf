// What a caller may see. A thing one may not see is not there: 404, so that ids cannot be tried out.
import { type AttachmentId, MaildeskError, type TicketId } from '@maildesk/core'
import {
  type Database,
  findPlacedAttachment,
  findTicket,
  findTicketByNumber,
  type PlacedAttachment,
  type TicketRow,
} from '@maildesk/db'
import { type Actor, isStaff } from './api-app.ts'
import { uuidPattern } from './plugins/validation.ts'

const numberPattern = /^[1-9]\d{0,17}$/

/** A path's id in the form of ids. @throws MaildeskError request.not-found for anything else. */
export function idOf<Id extends string>(what: string, text: string): Id {
  if (!uuidPattern.test(text)) throw notFound(what, text)
  return text.toLowerCase() as Id
}

export function notFound(what: string, id: string): MaildeskError {
  return new MaildeskError('request.not-found', `there is no ${what} ${id}`, { what, id })
}

/** The ticket of this id or number, when the caller may see it. @throws MaildeskError request.not-found */
export async function getVisibleTicket(db: Database, actor: Actor, idOrNumber: string): Promise<TicketRow> {
  const ticket = numberPattern.test(idOrNumber)
    ? await findTicketByNumber(db, idOrNumber)
    : await findTicket(db, idOf<TicketId>('ticket', idOrNumber))
  if (!ticket || !(isStaff(actor) || ticket.customer_id === actor.userId))
    throw notFound('ticket', idOrNumber)
  return ticket
}

/** The attachment of this id, when the caller may see it. @throws MaildeskError request.not-found */
export async function getVisibleAttachment(
  db: Database,
  actor: Actor,
  id: string,
): Promise<PlacedAttachment> {
  const attachment = await findPlacedAttachment(db, idOf<AttachmentId>('attachment', id))
  if (!attachment || !maySee(actor, attachment)) throw notFound('attachment', id)
  return attachment
}

/** Customers see what is in their tickets, but for notes, what strangers wrote, and what staff have not posted yet. */
function maySee(actor: Actor, attachment: PlacedAttachment): boolean {
  if (isStaff(actor)) return true
  if (attachment.customer_id !== actor.userId) return false
  return attachment.message_id === null
    ? attachment.uploaded_by_id === actor.userId
    : attachment.is_hidden === false
}
