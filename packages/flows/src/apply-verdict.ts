// One switch, one transaction: a verdict becomes rows.
import {
  answerAddress,
  databaseText,
  flagsOf,
  hasCut,
  headerValues,
  type InboundDecision,
  type InboundVerdict,
  isBlindCopy,
  isOwnAddress,
  type MailAddress,
  MaildeskError,
  type MessageFlag,
  type MessageId,
  type OutboundEmailId,
  othersOf,
  type ParsedEmail,
  restrictionOf,
  senderOf,
  splitName,
  type TicketId,
  type UserId,
} from '@maildesk/core'
import {
  addParticipants,
  copyCollaborators,
  ensureCustomer,
  findMessageOfInbound,
  type InboundEmailRow,
  type InboundEnd,
  insertAttachments,
  insertMessage,
  insertTicket,
  insertWireIds,
  linkTickets,
  lockTicket,
  type MessageRow,
  recordEvent,
  type TicketRow,
  type Transaction,
  touchTicket,
  type UserRow,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import type { Gathered } from './gather-facts.ts'
import { queueAcknowledgement } from './queue-acknowledgement.ts'

export interface Applied {
  readonly end: Omit<InboundEnd, 'decision' | 'contentHash'>
  /** Outgoing mails to ring for after the commit. */
  readonly outbound: readonly OutboundEmailId[]
}

/** Longest title, name part and file name, UTF-16 units; as in the schema. */
const maxTitle = 255
const maxName = 150
/** UTF-16 units kept of a header field that answers echo. */
const maxThreadHeader = 1000
/** Collaborators taken from the To and Cc of one mail. */
const maxCollaborators = 48

/** Writes what was decided; the caller's transaction commits it. @throws MaildeskError db.* */
export async function applyVerdict(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  gathered: Gathered,
  decision: InboundDecision,
): Promise<Applied> {
  const before = await findMessageOfInbound(tx, row.id)
  if (before) return alreadyFiled(row, before)
  const { verdict } = decision
  switch (verdict.kind) {
    case 'open':
      return open(tx, deps, row, email, gathered, decision, verdict)
    case 'append':
      return append(tx, deps, row, email, gathered, decision, verdict)
    case 'record-report':
      return recordReport(tx, deps, row, email, gathered, verdict)
    case 'duplicate':
      return {
        end: ended('duplicate', 'duplicate', { reason: 'same-content', duplicateOf: verdict.of }),
        outbound: [],
      }
    case 'quarantine':
      return quarantine(tx, deps, row, email, verdict)
    case 'wait':
      throw new RangeError('a waiting mail is put off, not applied')
  }
}

/** A replay of a mail that has its message already changes nothing. */
function alreadyFiled(row: InboundEmailRow, message: MessageRow): Applied {
  const outcome = message.is_internal ? 'note_appended' : (row.outcome ?? 'appended')
  return {
    end: ended('filed', outcome, { reason: 'filed-before', ticketId: message.ticket_id }),
    outbound: [],
  }
}

async function open(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  gathered: Gathered,
  decision: InboundDecision,
  verdict: Extract<InboundVerdict, { kind: 'open' }>,
): Promise<Applied> {
  const { mailbox, ownAddresses } = gathered
  const sender = await ensureSender(tx, deps, email)
  const ticket = await insertTicket(tx, {
    id: deps.ids.uuid() as TicketId,
    title: databaseText(email.subject.replace(/\s+/g, ' ').trim(), maxTitle) || '(no subject)',
    customer_id: sender.id,
    category: mailbox?.default_category ?? 'general',
    priority: mailbox?.default_priority ?? 'medium',
    source: 'email',
    mailbox_id: mailbox?.id ?? null,
  })
  await addParticipants(tx, ticket.id, [sender.email], 'requester')
  const others = othersOf(email, (address) => isOwnAddress(address, ownAddresses), maxCollaborators)
  await addParticipants(tx, ticket.id, others, 'collaborator', { addedBy: sender.email })
  if (verdict.link) await followUp(tx, ticket.id, verdict.link)
  const message = await fileMessage(tx, deps, row, email, ticket.id, sender, {
    internal: false,
    unverified: false,
    automatic: gathered.facts.classification.kind !== 'human',
    flags: flagsOf(email, gathered.facts, verdict, gathered),
    decision: traceOf(decision),
    isFirst: true,
    ownAddresses,
  })
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'ticket_opened',
    actorId: sender.id,
    inboundEmailId: row.id,
    data: { message_id: message.id, link: verdict.link },
  })
  const acknowledgement = await queueAcknowledgement(tx, deps, { row, email, gathered, ticket, sender })
  return {
    end: ended('filed', 'new_ticket', { ticketId: ticket.id }),
    outbound: acknowledgement ? [acknowledgement] : [],
  }
}

/** Links the new ticket to the old one; who takes a conversation up again keeps the people in it. */
async function followUp(
  tx: Transaction,
  ticketId: TicketId,
  link: NonNullable<Extract<InboundVerdict, { kind: 'open' }>['link']>,
): Promise<void> {
  await linkTickets(tx, { from_ticket_id: ticketId, to_ticket_id: link.ticketId, relation: link.relation })
  if (link.relation === 'follow_up_of') await copyCollaborators(tx, link.ticketId, ticketId)
}

async function append(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  gathered: Gathered,
  decision: InboundDecision,
  verdict: Extract<InboundVerdict, { kind: 'append' }>,
): Promise<Applied> {
  const { classification, evidence } = gathered.facts
  const ticket = await lockTicket(tx, verdict.ticketId)
  if (!ticket || ticket.merged_into_id)
    throw new MaildeskError(
      'db.conflict',
      `ticket ${verdict.ticketId} was merged or deleted while its mail was filed`,
    )
  const sender = await ensureSender(tx, deps, email)
  const message = await fileMessage(tx, deps, row, email, ticket.id, sender, {
    ...verdict,
    automatic: classification.kind !== 'human',
    flags: flagsOf(email, gathered.facts, verdict, gathered),
    decision: traceOf(decision),
    isFirst: false,
    ownAddresses: gathered.ownAddresses,
  })
  const isRequester = ticket.customer_id === sender.id
  if (verdict.admits) await addParticipants(tx, ticket.id, [sender.email], 'collaborator')
  if (verdict.unverified) await addParticipants(tx, ticket.id, [sender.email], 'unverified')
  else if (!verdict.internal && classification.kind === 'human') {
    // Only the requester brings others in; those a collaborator names get no answers until staff say so.
    const others = othersOf(
      email,
      (address) => isOwnAddress(address, gathered.ownAddresses),
      maxCollaborators,
    )
    await addParticipants(tx, ticket.id, others, 'collaborator', {
      addedBy: sender.email,
      isActive: isRequester,
    })
  }
  // Decided before the ticket was locked: a mail that came at the same moment may have reopened it already.
  const reopens = verdict.reopen && ticket.status !== 'open' && ticket.status !== 'in_progress'
  await touchTicket(tx, ticket.id, { reopen: reopens })
  const used = evidence.find(({ ticketId }) => ticketId === ticket.id)
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: verdict.internal ? 'note_added' : 'message_received',
    actorId: sender.id,
    inboundEmailId: row.id,
    data: {
      message_id: message.id,
      rank: used?.rank,
      matched: used?.matched,
      unverified: verdict.unverified,
      decided_by: decision.decidedBy,
    },
  })
  if (reopens) await recordReopening(tx, deps, row, ticket, sender.id)
  return {
    end: ended('filed', verdict.internal ? 'note_appended' : 'appended', { ticketId: ticket.id }),
    outbound: [],
  }
}

async function recordReopening(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  ticket: TicketRow,
  actorId: UserId,
): Promise<void> {
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'ticket_reopened',
    actorId,
    inboundEmailId: row.id,
    data: { from: ticket.status, to: 'open' },
  })
}

async function recordReport(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  gathered: Gathered,
  verdict: Extract<InboundVerdict, { kind: 'record-report' }>,
): Promise<Applied> {
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: verdict.ticketId,
    type: `${verdict.report}_received`,
    inboundEmailId: row.id,
    data: { subject: databaseText(email.subject, maxTitle), reasons: gathered.facts.classification.reasons },
  })
  await touchTicket(tx, verdict.ticketId)
  const outcome = verdict.report === 'complaint' ? 'complaint_recorded' : 'bounce_recorded'
  return { end: ended('filed', outcome, { ticketId: verdict.ticketId }), outbound: [] }
}

async function quarantine(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  verdict: Extract<InboundVerdict, { kind: 'quarantine' }>,
): Promise<Applied> {
  if (verdict.refusedBy) {
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId: verdict.refusedBy,
      type: 'answer_refused',
      inboundEmailId: row.id,
      data: { reason: verdict.reason, subject: databaseText(email.subject, maxTitle) },
    })
  }
  return { end: ended('quarantined', 'quarantined', { reason: verdict.reason }), outbound: [] }
}

async function ensureSender(tx: Transaction, deps: DeskDeps, email: ParsedEmail): Promise<UserRow> {
  const sender = senderOf(email) as MailAddress
  const { first, last } = splitName(sender.name)
  return ensureCustomer(tx, {
    id: deps.ids.uuid() as UserId,
    email: sender.address,
    first_name: databaseText(first, maxName),
    last_name: databaseText(last, maxName),
  })
}

async function fileMessage(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  ticketId: TicketId,
  sender: UserRow,
  how: {
    readonly internal: boolean
    readonly unverified: boolean
    readonly automatic: boolean
    readonly flags: readonly MessageFlag[]
    readonly decision: unknown
    /** Of its ticket: what it repeats stands nowhere else, and is not folded away. */
    readonly isFirst: boolean
    /** Normal form. */
    readonly ownAddresses: readonly string[]
  },
): Promise<MessageRow> {
  const message = await insertMessage(tx, {
    id: deps.ids.uuid() as MessageId,
    ticket_id: ticketId,
    sender_id: sender.id,
    message_text: databaseText(email.text),
    html: email.html === null ? null : databaseText(email.html),
    text_ranges: how.isFirst || !hasCut(email.reply.ranges) ? null : email.reply.ranges,
    // The order in a ticket follows the ledger, which the sender cannot write; the Date field decides nothing.
    created_at: row.received_at,
    is_from_customer: sender.role === 'customer',
    is_internal: how.internal,
    is_unverified: how.unverified,
    is_automatic: how.automatic,
    answer_to: answerAddress(email) ?? null,
    ...answerHints(email, how.ownAddresses),
    flags: how.flags,
    decision: how.decision,
    read_by_customer: sender.role === 'customer',
    source: 'email',
    rfc822_id: email.messageId,
    inbound_email_id: row.id,
  })
  await insertWireIds(tx, {
    id: message.id,
    ticketId,
    rfc822Id: email.messageId,
    references: [...email.references, ...email.inReplyTo.filter((id) => !email.references.includes(id))],
  })
  const policy = { allowedTypes: deps.settings.attachmentTypes, maxBytes: deps.settings.maxAttachmentBytes }
  await insertAttachments(
    tx,
    email.parts.map((part) => ({
      id: deps.ids.uuid() as never,
      ticket_id: ticketId,
      message_id: message.id,
      uploaded_by_id: sender.id,
      file: part.blob,
      filename: databaseText(part.filename, maxTitle),
      file_size: part.size,
      content_type: part.contentType,
      source: 'email',
      disposition: part.disposition,
      content_id: part.contentId,
      part_path: part.path,
      restricted_reason: restrictionOf(part, policy) ?? null,
    })),
  )
  return message
}

/** What an answer to it has to know. */
function answerHints(email: ParsedEmail, ownAddresses: readonly string[]) {
  const header = (name: string) => {
    const [value] = headerValues(email, name)
    return value === undefined ? null : databaseText(value, maxThreadHeader)
  }
  return {
    thread_index: header('thread-index'),
    thread_topic: header('thread-topic'),
    is_blind_copy: isBlindCopy(email, (address) => isOwnAddress(address, ownAddresses)),
  }
}

/** Why the message is where it is: what decided, with which evidence, and what else there was. */
function traceOf({ verdict, decidedBy, facts }: InboundDecision) {
  return { verdict, decided_by: decidedBy, evidence: facts.evidence, authentication: facts.authentication }
}

function ended(
  status: InboundEnd['status'],
  outcome: InboundEnd['outcome'],
  more: Partial<Pick<InboundEnd, 'reason' | 'ticketId' | 'duplicateOf'>>,
): Applied['end'] {
  return {
    status,
    outcome,
    reason: more.reason ?? null,
    ticketId: more.ticketId ?? null,
    duplicateOf: more.duplicateOf ?? null,
  }
}
