// Tells the sender of an answer that its ticket does not take it any more: what was written must not vanish unnoticed.
import { composeLateAnswerRejection, type OutboundEmailId, type ParsedEmail, senderOf } from '@maildesk/core'
import type { InboundEmailRow, TicketRow, Transaction } from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import type { Gathered } from './gather-facts.ts'
import { queueAutomatic } from './queue-automatic.ts'
import { sendingMailbox, sendingMailboxOf } from './queue-outbound.ts'

interface RefusedAnswer {
  readonly row: InboundEmailRow
  readonly email: ParsedEmail
  readonly gathered: Gathered
  /** The one that does not take it. */
  readonly ticket: TicketRow
}

/** Queues the rejection, or writes the event that says why there is none. */
export async function queueRejection(
  tx: Transaction,
  deps: DeskDeps,
  { row, email, gathered, ticket }: RefusedAnswer,
): Promise<OutboundEmailId | undefined> {
  const recipient = senderOf(email)?.address ?? ''
  const own = gathered.mailbox
  const mailbox = own?.smtp_host ? own : await sendingMailboxOf(tx, ticket)
  return queueAutomatic(tx, deps, {
    kind: 'rejection',
    ticket,
    mailbox,
    recipient,
    recipientUser: null,
    cause: { row, email, gathered },
    eventId: null,
    template: 'late-answer',
    tokenRole: 'public',
    compose: (stamp) => {
      if (!mailbox) throw new RangeError('the gate composes nothing without a mailbox')
      const answered = { messageId: email.messageId, references: email.references, subject: email.subject }
      const thread = {
        ticketNumber: ticket.number,
        answered,
        title: ticket.title,
        language: mailbox.language,
      }
      return composeLateAnswerRejection(recipient, thread, sendingMailbox(mailbox), stamp)
    },
  })
}
