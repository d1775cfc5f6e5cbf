// THE ONE DOOR for automatic mail: asks the gate, then queues the mail or records why it did not go.
import {
  type AutomaticKind,
  automaticMarks,
  type CauseFacts,
  type ComposedEmail,
  domainOf,
  type GateFacts,
  isAnswer,
  isFarFromLimits,
  isOwnAddress,
  isUnproven,
  mayAutoSend,
  normalAddress,
  type OutboundEmailId,
  type ParsedEmail,
  type Refusal,
  type Stamp,
  senderOf,
  type TokenRole,
} from '@maildesk/core'
import {
  countAutomatic,
  databaseNow,
  findSuppression,
  findUserByEmail,
  hasReachedBefore,
  type InboundEmailRow,
  insertOutboundEmail,
  isQueuedAlready,
  lastRestore,
  listMailboxes,
  lockWord,
  type MailboxRow,
  raiseAlarm,
  recordEvent,
  shareWord,
  type TicketRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps } from './deps.ts'
import type { Gathered } from './gather-facts.ts'
import { returnPath, stampOf } from './queue-outbound.ts'

export interface AutomaticMail {
  readonly kind: AutomaticKind
  readonly ticket: TicketRow
  /** Sent from; undefined is refused as `no-sending-mailbox`. */
  readonly mailbox: MailboxRow | undefined
  /** As written. */
  readonly recipient: string
  /** Of the staff, for notifications. */
  readonly recipientUser: UserRow | null
  /** The mail this answers or tells of. */
  readonly cause: {
    readonly row: InboundEmailRow
    readonly email: ParsedEmail
    readonly gathered: Gathered
  } | null
  /** The line of the ticket's trail it tells of; a notification must have one. */
  readonly eventId: string | null
  /** Stable name, stored; with the subject it makes mails the same words. */
  readonly template: string
  readonly tokenRole: TokenRole
  /** Without the marks of an automatic mail: the gate adds them. Not called without a mailbox. */
  readonly compose: (stamp: Stamp) => ComposedEmail
}

/** Ops hear of a limit of the whole desk once in so long, minutes. */
const alarmEveryMinutes = 60

/**
 * Asks the gate; queues the mail, or records the event `<kind>_withheld` that says why not. Ring `send-email` with the
 * id after the commit. The same mail asked for again is neither queued nor recorded. @throws MaildeskError db.*
 */
export async function queueAutomatic(
  tx: Transaction,
  deps: DeskDeps,
  mail: AutomaticMail,
): Promise<OutboundEmailId | undefined> {
  await lockRecipient(tx, mail)
  const isQueued = await isQueuedAlready(tx, {
    kind: mail.kind,
    causeInboundId: mail.cause?.row.id ?? null,
    eventId: mail.eventId,
    recipientUserId: mail.recipientUser?.id ?? null,
  })
  if (isQueued) return undefined
  const stamp = stampOf(deps)
  const composed = canSend(mail.mailbox) ? mail.compose(stamp) : undefined
  const known = await gatherGateFacts(tx, deps, mail, composed?.subject ?? '')
  // What is refused already changes no count, so nobody need wait for it.
  const facts = mayAutoSend(known) ? known : await countForAll(tx, mail, composed?.subject ?? '', known)
  const refusal = mayAutoSend(facts)
  if (refusal || !mail.mailbox || !composed) {
    await recordRefusal(tx, deps, mail, refusal)
    return undefined
  }
  return insertMail(tx, deps, { ...mail, mailbox: mail.mailbox }, composed, stamp, facts)
}

/**
 * Answers are counted by recipient and by domain: of one domain, one transaction at a time counts and queues. Notifications
 * are counted by ticket, whose row is locked.
 */
async function lockRecipient(tx: Transaction, { kind, recipient }: AutomaticMail): Promise<void> {
  if (kind !== 'notification') await lockWord(tx, `automatic mail to ${domainOf(normalAddress(recipient))}`)
}

/** Words that a transaction shares already; to lock them for itself as well could be a deadlock. */
const shared = new WeakMap<Transaction, Set<string>>()

/**
 * The counts of the whole desk hold for this transaction's mail from here on. Far from the limits transactions count side
 * by side, and what they do not see of each other does not matter; near them each waits for all others to end.
 */
async function countForAll(
  tx: Transaction,
  mail: AutomaticMail,
  subject: string,
  facts: GateFacts,
): Promise<GateFacts> {
  const word = mail.kind === 'notification' ? 'notifications' : 'automatic mail'
  const held = shared.get(tx) ?? new Set()
  if (held.has(word)) return facts
  if (isFarFromLimits(facts)) {
    await shareWord(tx, word)
    shared.set(tx, held.add(word))
    return facts
  }
  await lockWord(tx, word)
  return { ...facts, sent: await countSent(tx, mail, subject, facts) }
}

function countSent(
  tx: Transaction,
  { kind, ticket, template }: AutomaticMail,
  subject: string,
  { recipient, caps }: Pick<GateFacts, 'recipient' | 'caps'>,
) {
  return countAutomatic(tx, {
    kind,
    recipient,
    ticketId: ticket.id,
    template,
    subject,
    perTicket: caps.perTicket,
  })
}

function canSend(mailbox: MailboxRow | undefined): boolean {
  return Boolean(mailbox?.smtp_host)
}

async function gatherGateFacts(
  tx: Transaction,
  deps: DeskDeps,
  mail: AutomaticMail,
  subject: string,
): Promise<GateFacts> {
  const recipient = normalAddress(mail.recipient)
  const caps = deps.settings.automaticCaps
  const user = mail.recipientUser ?? (await findUserByEmail(tx, recipient))
  const suppression = await findSuppression(tx, recipient)
  const ownAddresses = (await listMailboxes(tx)).map(({ address }) => normalAddress(address))
  return {
    kind: mail.kind,
    recipient,
    canSend: canSend(mail.mailbox),
    mailboxAcknowledges: mail.mailbox?.acknowledge ?? false,
    recipientIsOwn: isOwnAddress(recipient, ownAddresses),
    recipientIsStaff: user !== undefined && user.role !== 'customer',
    recipientIsActive: user?.is_active ?? true,
    recipientIsKnown: await hasReachedBefore(tx, recipient),
    suppressedBecause: suppression ? suppression.reason : null,
    cause:
      mail.cause &&
      causeFacts(mail.cause, recipient, ownAddresses, {
        now: await databaseNow(tx),
        restored: await lastRestore(tx),
      }),
    sent: await countSent(tx, mail, subject, { recipient, caps }),
    caps,
  }
}

function causeFacts(
  { row, email, gathered }: NonNullable<AutomaticMail['cause']>,
  recipient: string,
  ownAddresses: readonly string[],
  { now, restored }: { readonly now: Date; readonly restored: Date | null },
): CauseFacts {
  const visible = [...email.to, ...email.cc].map(({ address }) => normalAddress(address))
  return {
    classification: gathered.facts.classification,
    authentication: gathered.facts.authentication,
    isOfRecipient: normalAddress(senderOf(email)?.address ?? '') === recipient,
    namesRecipient: visible.includes(recipient),
    namesUs: visible.some((address) => isOwnAddress(address, ownAddresses)),
    ageMs: now.getTime() - mailTime(row, email),
    isOfLostDesk: restored !== null && (row.internal_date ?? row.received_at) <= restored,
  }
}

/** When the mail was handed in, as the server knows it; an old one in a backlog is not answered. */
function mailTime(row: InboundEmailRow, email: ParsedEmail): number {
  const said = email.date ? new Date(email.date) : row.received_at
  return Math.min((row.internal_date ?? row.received_at).getTime(), said.getTime(), row.received_at.getTime())
}

async function insertMail(
  tx: Transaction,
  deps: DeskDeps,
  mail: AutomaticMail & { readonly mailbox: MailboxRow },
  composed: ComposedEmail,
  stamp: Stamp,
  facts: GateFacts,
): Promise<OutboundEmailId> {
  const id = deps.ids.uuid() as OutboundEmailId
  const answers = isAnswer(facts)
  const marks = automaticMarks(answers, mail.cause?.email ?? null, deps.settings.tokenKeys)
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
    isUnproven: isUnproven(facts),
    tokenNonce: stamp.nonce,
    // Answers leave with the null reverse-path: nothing ever answers them (RFC 3834 §3.3, RFC 5321 §4.5.5).
    envelopeFrom: answers ? '' : returnPath(mail.mailbox, mail.ticket.number, mail.tokenRole, stamp),
    composed: { ...composed, headers: [...composed.headers, ...marks] },
    deliveries: [{ id: deps.ids.uuid(), address: mail.recipient }],
  })
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: mail.ticket.id,
    type: `${mail.kind}_queued`,
    inboundEmailId: mail.cause?.row.id ?? null,
    outboundEmailId: id,
    data: { to: mail.recipient, template: mail.template },
  })
  await failpoint('file.automatic-queued')
  return id
}

async function recordRefusal(
  tx: Transaction,
  deps: DeskDeps,
  mail: AutomaticMail,
  refusal: Refusal | undefined,
): Promise<void> {
  const { reason, detail } = refusal ?? { reason: 'no-sending-mailbox', detail: 'no mailbox to send from' }
  const event = { ticketId: mail.ticket.id, inboundEmailId: mail.cause?.row.id ?? null }
  const data = { reason, detail, to: mail.recipient, template: mail.template }
  await recordEvent(tx, { ...event, id: deps.ids.uuid(), type: `${mail.kind}_withheld`, data })
  const limit = refusal?.alarm
  if (!limit || !(await raiseAlarm(tx, `automatic-mail-${limit}`, alarmEveryMinutes))) return
  await recordEvent(tx, {
    ...event,
    id: deps.ids.uuid(),
    type: 'automatic_mail_alarm',
    data: { limit, detail },
  })
  deps.log.error(
    { limit, detail, ticket: mail.ticket.number },
    'a limit of automatic mail is reached: it is withheld',
  )
}
