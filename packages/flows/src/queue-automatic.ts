// Thin stand-in until the gate lands: same signature, no gate.
import type {
  ComposedEmail,
  OutboundEmailId,
  OutboundKind,
  ParsedEmail,
  Stamp,
  TokenRole,
} from '@maildesk/core'
import {
  type InboundEmailRow,
  insertOutboundEmail,
  type MailboxRow,
  type TicketRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import type { Gathered } from './gather-facts.ts'
import { stampOf } from './queue-outbound.ts'

export interface AutomaticMail {
  readonly kind: Exclude<OutboundKind, 'reply'>
  readonly ticket: TicketRow
  readonly mailbox: MailboxRow | undefined
  readonly recipient: string
  readonly recipientUser: UserRow | null
  readonly cause: {
    readonly row: InboundEmailRow
    readonly email: ParsedEmail
    readonly gathered: Gathered
  } | null
  readonly eventId: string | null
  readonly template: string
  readonly tokenRole: TokenRole
  readonly compose: (stamp: Stamp) => ComposedEmail
}

export async function queueAutomatic(
  tx: Transaction,
  deps: DeskDeps,
  mail: AutomaticMail,
): Promise<OutboundEmailId | undefined> {
  if (!mail.mailbox) return undefined
  const stamp = stampOf(deps)
  const id = deps.ids.uuid() as OutboundEmailId
  await insertOutboundEmail(tx, {
    id,
    kind: mail.kind,
    ticketId: mail.ticket.id,
    messageId: null,
    mailboxId: mail.mailbox.id,
    causeInboundId: mail.cause?.row.id ?? null,
    recipientUserId: mail.recipientUser?.id ?? null,
    eventId: mail.eventId,
    template: mail.template,
    tokenRole: mail.tokenRole,
    tokenNonce: stamp.nonce,
    envelopeFrom: mail.mailbox.address,
    composed: mail.compose(stamp),
    deliveries: [{ id: deps.ids.uuid(), address: mail.recipient }],
  })
  return id
}
