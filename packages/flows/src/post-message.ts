// Adds a message to a ticket by hand: a public answer, a customer's answer, or a note among staff.

import {
  type AttachmentId,
  databaseText,
  effectOfPost,
  invalidFields,
  type Job,
  MaildeskError,
  type MessageId,
  type TicketId,
} from '@maildesk/core'
import {
  type AttachmentRow,
  attachToMessage,
  closedForMs,
  insertMessage,
  lockLooseAttachments,
  lockTicket,
  type MessageRow,
  recordEvent,
  setAttention,
  type TicketRow,
  type Transaction,
  touchTicket,
  type UserRow,
  updateTicket,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps } from './deps.ts'
import { notifyAgents } from './notify-agents.ts'
import { queueReply } from './queue-reply.ts'

const dayMs = 86_400_000

export interface MessageToPost {
  readonly ticketId: TicketId
  readonly author: UserRow
  readonly text: string
  readonly isInternal: boolean
  /** Uploads of the author to this ticket that no message has yet. */
  readonly attachmentIds: readonly AttachmentId[]
  /** Its mail goes also to addresses that get no mail any more. */
  readonly overridesSuppression?: boolean
  /** Who gets copies of a public answer by staff, instead of those who take part. */
  readonly cc?: readonly string[] | undefined
  /** When its mail leaves at the earliest. */
  readonly scheduledFor?: Date | null
}

export interface PostedMessage {
  readonly message: MessageRow
  /** To ring for after the commit. */
  readonly rings: readonly Job[]
}

/**
 * Writes the message and, for a public answer by staff, queues its mail in the same transaction.
 * What it does to the ticket's status is told by `effectOfPost`.
 * @throws MaildeskError request.not-found, request.invalid (attachment_ids), request.conflict (closed too long ago).
 */
export async function postMessage(
  tx: Transaction,
  deps: DeskDeps,
  draft: MessageToPost,
): Promise<PostedMessage> {
  const ticket = await lockTicket(tx, draft.ticketId)
  if (!ticket)
    throw new MaildeskError('request.not-found', `no ticket ${draft.ticketId}`, { id: draft.ticketId })
  await failpoint('post.locked')
  const attachments = await looseAttachments(tx, draft)
  const byCustomer = draft.author.role === 'customer'
  const message = await insertMessage(tx, {
    id: deps.ids.uuid() as MessageId,
    ticket_id: ticket.id,
    sender_id: draft.author.id,
    message_text: databaseText(draft.text),
    is_from_customer: byCustomer,
    is_internal: draft.isInternal,
    read_by_customer: byCustomer,
    read_by_staff: !byCustomer,
    source: 'web',
  })
  await attachToMessage(tx, message.id, draft.attachmentIds)
  await failpoint('post.inserted')
  const eventId = deps.ids.uuid()
  await recordEvent(tx, {
    id: eventId,
    ticketId: ticket.id,
    type: eventType(byCustomer, draft.isInternal),
    actorId: draft.author.id,
    data: { message_id: message.id, attachments: attachments.length },
  })
  await applyEffect(tx, deps, ticket, draft, byCustomer)
  if (byCustomer) {
    const { author } = draft
    const event = { event: 'customer_reply', eventId, ticket, author, message, cause: null } as const
    return { message, rings: (await notifyAgents(tx, deps, event)).map((id) => ({ name: 'send-email', id })) }
  }
  if (draft.isInternal) return { message, rings: [] }
  if (ticket.attention === 'draft-held') await setAttention(tx, ticket.id, null)
  const outbound = await queueReply(tx, deps, {
    ticket,
    message,
    author: draft.author,
    attachments,
    cc: draft.cc,
    scheduledFor: draft.scheduledFor ?? null,
    overridesSuppression: draft.overridesSuppression ?? false,
  })
  // Who answers has seen what became of the answer before.
  const isAboutDelivery = ticket.attention === 'delivery-failed' || ticket.attention === 'complaint'
  if (outbound && isAboutDelivery) await setAttention(tx, ticket.id, null)
  return { message, rings: outbound ? [{ name: 'send-email', id: outbound }] : [] }
}

async function looseAttachments(tx: Transaction, draft: MessageToPost): Promise<AttachmentRow[]> {
  const found = await lockLooseAttachments(tx, draft.ticketId, draft.author.id, draft.attachmentIds)
  const missing = draft.attachmentIds.flatMap((id, index) =>
    found.some((attachment) => attachment.id === id)
      ? []
      : [
          {
            field: `attachment_ids.${index}`,
            message: 'is no upload of yours to this ticket that is still without a message',
          },
        ],
  )
  if (missing.length > 0) throw invalidFields(...missing)
  return found
}

function eventType(byCustomer: boolean, isInternal: boolean): string {
  if (isInternal) return 'note_added'
  return byCustomer ? 'message_received' : 'message_posted'
}

async function applyEffect(
  tx: Transaction,
  deps: DeskDeps,
  ticket: TicketRow,
  draft: MessageToPost,
  byCustomer: boolean,
): Promise<void> {
  const place = { status: ticket.status, closedForMs: await closedForMs(tx, ticket.id) }
  const effect = effectOfPost(
    place,
    { byCustomer, isInternal: draft.isInternal },
    deps.settings.reopenDays * dayMs,
  )
  switch (effect.kind) {
    case 'refuse':
      throw new MaildeskError(
        'request.conflict',
        `ticket ${ticket.number} was closed more than ${deps.settings.reopenDays} days ago; open a new one`,
        { number: ticket.number },
      )
    case 'keep':
      return touchTicket(tx, ticket.id)
    case 'move': {
      await updateTicket(tx, ticket.id, { status: effect.to, closed_at: null })
      const type = effect.to === 'open' ? 'ticket_reopened' : 'status_changed'
      await recordEvent(tx, {
        id: deps.ids.uuid(),
        ticketId: ticket.id,
        type,
        actorId: draft.author.id,
        data: { from: ticket.status, to: effect.to },
      })
    }
  }
}
