// An agent's public message becomes an outgoing mail, in the transaction that writes the message.
import { composeReply, isUsableAddress, type OutboundEmailId } from '@maildesk/core'
import {
  type AttachmentRow,
  findAnsweredMessage,
  findUser,
  insertOutboundEmail,
  type MessageRow,
  recordEvent,
  type TicketRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import { fullName, returnPath, sendingMailbox, sendingMailboxOf, stampOf } from './queue-outbound.ts'
import { withoutSuppressed } from './suppress.ts'

export interface ReplyToQueue {
  readonly ticket: TicketRow
  readonly message: MessageRow
  readonly author: UserRow
  readonly attachments: readonly AttachmentRow[]
  /** Also to addresses that get no mail any more. */
  readonly overridesSuppression?: boolean
}

/**
 * Queues the reply to the ticket's customer; ring `send-email` with the id after the commit.
 * Undefined when there is nobody to write to or no mailbox to write from; the ticket then says so in an event.
 */
export async function queueReply(
  tx: Transaction,
  deps: DeskDeps,
  { ticket, message, author, attachments, overridesSuppression = false }: ReplyToQueue,
): Promise<OutboundEmailId | undefined> {
  const customer = await findUser(tx, ticket.customer_id)
  const mailbox = await sendingMailboxOf(tx, ticket)
  if (!customer || !mailbox || !isUsableAddress(customer.email)) {
    const reason = mailbox ? 'no-usable-address' : 'no-sending-mailbox'
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId: ticket.id,
      type: 'reply_not_sent',
      actorId: author.id,
      data: { message_id: message.id, reason },
    })
    return undefined
  }
  const found = await findAnsweredMessage(tx, ticket.id)
  const answered = found
    ? {
        messageId: found.message.rfc822_id,
        references: found.references,
        subject: found.subject ?? ticket.title,
      }
    : null
  const stamp = stampOf(deps)
  const composed = composeReply(
    {
      to: { name: fullName(customer), address: customer.email },
      authorName: fullName(author),
      text: message.message_text,
    },
    { ticketNumber: ticket.number, answered, title: ticket.title },
    sendingMailbox(mailbox),
    stamp,
  )
  const id = deps.ids.uuid() as OutboundEmailId
  await insertOutboundEmail(tx, {
    id,
    kind: 'reply',
    ticketId: ticket.id,
    messageId: message.id,
    mailboxId: mailbox.id,
    causeInboundId: null,
    tokenNonce: stamp.nonce,
    envelopeFrom: returnPath(mailbox, ticket.number, 'public', stamp),
    composed,
    deliveries: [{ id: deps.ids.uuid(), address: customer.email }],
  })
  await tx('messages').where({ id: message.id }).update({ rfc822_id: composed.messageId })
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'reply_queued',
    actorId: author.id,
    outboundEmailId: id,
    data: { message_id: message.id, to: customer.email, attachments: attachments.length },
  })
  const isAnybodyLeft = await withoutSuppressed(tx, deps, {
    outboundEmailId: id,
    ticketId: ticket.id,
    messageId: message.id,
    authorId: author.id,
    isOverridden: overridesSuppression,
  })
  return isAnybodyLeft ? id : undefined
}
