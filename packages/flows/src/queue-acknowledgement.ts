// The acknowledgement of a new ticket: gate, text, row. Part of the filing transaction, at most one per mail.
import {
  composeAcknowledgement,
  isOwnAddress,
  normalAddress,
  type OutboundEmailId,
  type ParsedEmail,
  recipientAddresses,
  whyNotAcknowledge,
} from '@maildesk/core'
import {
  countAcknowledgements,
  type InboundEmailRow,
  insertOutboundEmail,
  lockWord,
  recordEvent,
  type TicketRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import type { Gathered } from './gather-facts.ts'
import { sendingMailbox, stampOf } from './queue-outbound.ts'

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
  const { mailbox, ownAddresses, facts } = gathered
  const recipient = normalAddress(sender.email)
  // Counted and queued by one transaction at a time, or the caps would be a race.
  await lockWord(tx, 'acknowledgement caps')
  const refusal = whyNotAcknowledge({
    mailboxAcknowledges: Boolean(mailbox?.acknowledge && mailbox.smtp_host),
    classification: facts.classification,
    recipient,
    senderIsStaff: sender.role !== 'customer',
    recipientIsOwn: isOwnAddress(recipient, ownAddresses),
    addressedToUs: recipientsInSight(email, ownAddresses),
    mailAgeMs: deps.clock.now().getTime() - mailTime(row, email).getTime(),
    sent: await countAcknowledgements(tx, recipient),
    caps: deps.settings.acknowledgementCaps,
  })
  if (refusal || !mailbox) {
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId: ticket.id,
      type: 'acknowledgement_withheld',
      inboundEmailId: row.id,
      data: { ...refusal },
    })
    return undefined
  }
  const stamp = stampOf(deps)
  const answered = { messageId: email.messageId, references: email.references, subject: email.subject }
  const composed = composeAcknowledgement(
    sender.email,
    { ticketNumber: ticket.number, answered, title: ticket.title },
    sendingMailbox(mailbox),
    stamp,
  )
  const id = deps.ids.uuid() as OutboundEmailId
  await insertOutboundEmail(tx, {
    id,
    kind: 'acknowledgement',
    ticketId: ticket.id,
    messageId: null,
    mailboxId: mailbox.id,
    causeInboundId: row.id,
    tokenNonce: stamp.nonce,
    // The null reverse-path: nothing ever answers an acknowledgement (RFC 3834 §3.3, RFC 5321 §4.5.5).
    envelopeFrom: '',
    composed,
    deliveries: [{ id: deps.ids.uuid(), address: sender.email }],
  })
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'acknowledgement_queued',
    inboundEmailId: row.id,
    outboundEmailId: id,
    data: { to: sender.email },
  })
  return id
}

function recipientsInSight(email: ParsedEmail, ownAddresses: readonly string[]): boolean {
  const visible = new Set([...email.to, ...email.cc].map(({ address }) => address))
  return recipientAddresses(email).some(
    (address) => visible.has(address) && isOwnAddress(address, ownAddresses),
  )
}

/** When the mail was handed in, as the server knows it; an old one in a backlog is not acknowledged. */
function mailTime(row: InboundEmailRow, email: ParsedEmail): Date {
  const said = email.date ? new Date(email.date) : row.received_at
  return new Date(
    Math.min(
      (row.internal_date ?? row.received_at).getTime(),
      Math.min(said.getTime(), row.received_at.getTime()),
    ),
  )
}
