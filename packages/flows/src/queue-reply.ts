// An agent's public message becomes an outgoing mail, in the transaction that writes the message.

import {
  type AnsweredMail,
  composeReply,
  normalAddress,
  type OutboundEmailId,
  type RecipientsOfReply,
  recipientsOfReply,
} from '@maildesk/core'
import {
  type AnsweredMessage,
  type AttachmentRow,
  findAnsweredMessage,
  findMailbox,
  findUser,
  insertOutboundEmail,
  insertSuppressedDeliveries,
  listCollaborators,
  listMailboxes,
  listSuppressed,
  type MailboxRow,
  type MessageRow,
  recordEvent,
  type TicketRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps } from './deps.ts'
import { fullName, returnPath, sendingMailbox, sendingMailboxOf, stampOf } from './queue-outbound.ts'
import { gatherHistory } from './reply-history.ts'

export interface ReplyToQueue {
  readonly ticket: TicketRow
  readonly message: MessageRow
  readonly author: UserRow
  readonly attachments: readonly AttachmentRow[]
  /** Also to addresses that get no mail any more. */
  readonly overridesSuppression?: boolean
  /** Who gets copies, instead of those who take part. */
  readonly cc?: readonly string[] | undefined
  /** Not before. */
  readonly scheduledFor?: Date | null
}

/**
 * Queues the reply: one mail to the ticket's customer and those who take part, that leaves when it cannot be taken back
 * any more. Ring `send-email` with the id after the commit. Undefined when there is nobody to write to or no mailbox to
 * write from; the ticket then says so in an event.
 */
export async function queueReply(
  tx: Transaction,
  deps: DeskDeps,
  reply: ReplyToQueue,
): Promise<OutboundEmailId | undefined> {
  const { ticket, message, author } = reply
  const customer = await findUser(tx, ticket.customer_id)
  const answered = await findAnsweredMessage(tx, ticket.id)
  const mailbox = await answeringMailbox(tx, ticket, answered)
  const people = customer && (await gatherRecipients(tx, deps, customer, answered, reply))
  if (!mailbox || !people?.to) {
    await recordUnsent(tx, deps, reply, mailbox ? (people?.leftOut[0]?.reason ?? 'unusable') : undefined)
    return undefined
  }
  const at = reply.scheduledFor ?? null
  const stamp = { ...stampOf(deps), now: later(deps.clock.now(), at) }
  const composed = composeReply(
    {
      to: people.to,
      cc: people.cc,
      authorName: fullName(author),
      text: message.message_text,
      history: await gatherHistory(tx, deps, message, mailbox),
    },
    {
      ticketNumber: ticket.number,
      answered: answered ? answeredMail(answered, ticket) : null,
      title: ticket.title,
    },
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
    deliveries: [people.to, ...people.cc].map(({ address }) => ({ id: deps.ids.uuid(), address })),
    leaves: { afterMs: mailbox.undo_seconds * 1000, at },
  })
  await insertSuppressedDeliveries(
    tx,
    id,
    people.leftOut
      .filter(({ reason }) => reason === 'suppressed')
      .map(({ address }) => ({ id: deps.ids.uuid(), address })),
  )
  await tx('messages').where({ id: message.id }).update({ rfc822_id: composed.messageId })
  await recordQueued(tx, deps, reply, id, people, at)
  await failpoint('post.queued')
  return id
}

/** The mailbox the customer wrote to, so that the answer comes from there; else the ticket's. */
async function answeringMailbox(
  tx: Transaction,
  ticket: TicketRow,
  answered: AnsweredMessage | undefined,
): Promise<MailboxRow | undefined> {
  const addressed = answered?.mailboxId ? await findMailbox(tx, answered.mailboxId) : undefined
  return addressed?.smtp_host && addressed.is_active ? addressed : sendingMailboxOf(tx, ticket)
}

async function gatherRecipients(
  tx: Transaction,
  deps: Pick<DeskDeps, 'isSendable' | 'ids'>,
  customer: UserRow,
  answered: AnsweredMessage | undefined,
  reply: ReplyToQueue,
): Promise<RecipientsOfReply> {
  const { ticket, cc, overridesSuppression = false } = reply
  const requester = { name: fullName(customer), address: customer.email }
  const collaborators = await listCollaborators(tx, ticket.id)
  const named = [requester, ...collaborators, ...(answered ? [answered.sender] : [])].map(
    ({ address }) => address,
  )
  const wanted = [...named, ...(cc ?? []), answered?.message.answer_to ?? ''].map(normalAddress)
  const suppressed = await listSuppressed(tx, wanted)
  const people = recipientsOfReply({
    requester,
    collaborators,
    answered: answered
      ? {
          sender: answered.sender,
          isRequesters: answered.message.sender_id === ticket.customer_id,
          answerTo: answered.message.answer_to,
          isBlindCopy: answered.message.is_blind_copy,
        }
      : null,
    cc,
    ownAddresses: (await listMailboxes(tx)).map(({ address }) => normalAddress(address)),
    suppressed: overridesSuppression ? new Set() : suppressed,
    isSendable: deps.isSendable,
  })
  if (overridesSuppression) await recordOverride(tx, deps, reply, people, suppressed)
  return people
}

/** The author was warned, and wants it sent all the same. */
async function recordOverride(
  tx: Transaction,
  deps: Pick<DeskDeps, 'ids'>,
  { ticket, message, author }: ReplyToQueue,
  { to, cc }: RecipientsOfReply,
  suppressed: ReadonlySet<string>,
): Promise<void> {
  const addresses = [...(to ? [to] : []), ...cc]
    .map(({ address }) => normalAddress(address))
    .filter((address) => suppressed.has(address))
  if (addresses.length === 0) return
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'suppression_overridden',
    actorId: author.id,
    data: { message_id: message.id, addresses },
  })
}

function answeredMail({ message, references, subject }: AnsweredMessage, ticket: TicketRow): AnsweredMail {
  return {
    messageId: message.rfc822_id,
    references,
    subject: subject ?? ticket.title,
    threadIndex: message.thread_index,
    threadTopic: message.thread_topic,
  }
}

/** The stable words of the event; those who read it know them. */
const unsentReasons = {
  unusable: 'no-usable-address',
  'own-address': 'no-usable-address',
  'too-many': 'no-usable-address',
  suppressed: 'suppressed',
} as const

async function recordUnsent(
  tx: Transaction,
  deps: DeskDeps,
  { ticket, message, author }: ReplyToQueue,
  why: keyof typeof unsentReasons | undefined,
): Promise<void> {
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'reply_not_sent',
    actorId: author.id,
    data: { message_id: message.id, reason: why ? unsentReasons[why] : 'no-sending-mailbox' },
  })
}

async function recordQueued(
  tx: Transaction,
  deps: DeskDeps,
  { ticket, message, author, attachments }: ReplyToQueue,
  id: OutboundEmailId,
  { to, cc, leftOut }: RecipientsOfReply,
  at: Date | null,
): Promise<void> {
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'reply_queued',
    actorId: author.id,
    outboundEmailId: id,
    data: {
      message_id: message.id,
      to: to?.address,
      cc: cc.map(({ address }) => address),
      ...(leftOut.length > 0 ? { left_out: leftOut } : {}),
      ...(at ? { scheduled_for: at.toISOString() } : {}),
      attachments: attachments.length,
    },
  })
}

/** What a scheduled mail says of its time is the time it leaves. */
function later(now: Date, at: Date | null): Date {
  return at && at > now ? at : now
}
