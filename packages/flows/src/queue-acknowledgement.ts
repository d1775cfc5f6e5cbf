// The acknowledgement of a new ticket, part of the filing transaction, at most one per mail.
import { composeAcknowledgement, type OutboundEmailId, type ParsedEmail } from '@maildesk/core'
import type { InboundEmailRow, TicketRow, Transaction, UserRow } from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import type { Gathered } from './gather-facts.ts'
import { queueAutomatic } from './queue-automatic.ts'
import { sendingMailbox } from './queue-outbound.ts'

interface NewTicketByMail {
  readonly row: InboundEmailRow
  readonly email: ParsedEmail
  readonly gathered: Gathered
  readonly ticket: TicketRow
  readonly sender: UserRow
}

/** Queues the acknowledgement, or writes the event that says why there is none. */
export async function queueAcknowledgement(
  tx: Transaction,
  deps: DeskDeps,
  { row, email, gathered, ticket, sender }: NewTicketByMail,
): Promise<OutboundEmailId | undefined> {
  const { mailbox } = gathered
  return queueAutomatic(tx, deps, {
    kind: 'acknowledgement',
    ticket,
    mailbox,
    recipient: sender.email,
    recipientUser: null,
    cause: { row, email, gathered },
    eventId: null,
    template: 'acknowledgement',
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
      return composeAcknowledgement(sender.email, thread, sendingMailbox(mailbox), stamp)
    },
  })
}
