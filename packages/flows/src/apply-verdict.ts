// One switch, one transaction: a verdict becomes rows.
import {
  databaseText,
  flagsOf,
  type InboundDecision,
  type InboundVerdict,
  isBlindCopy,
  isOwnAddress,
  type MailAddress,
  othersOf,
  type ParsedEmail,
  senderOf,
  type TicketId,
  type UserId,
} from '@maildesk/core'
import {
  addParticipants,
  copyCollaborators,
  findMessageOfInbound,
  findTicket,
  type InboundEmailRow,
  linkTickets,
  type MessageRow,
  recordEvent,
  setAttention,
  type TicketRow,
  type Transaction,
  touchTicket,
  type UserRow,
} from '@maildesk/db'
import { appendMailOfStaff } from './append-mail-of-staff.ts'
import { appendSentMail } from './append-sent-mail.ts'
import { type Applied, ended } from './applied.ts'
import type { DeskDeps } from './deps.ts'
import { ensurePerson } from './ensure-person.ts'
import { fileMessage, traceOf } from './file-message.ts'
import type { Gathered } from './gather-facts.ts'
import { insertMailTicket, lockMailTicket } from './mail-ticket.ts'
import { notifyAgents } from './notify-agents.ts'
import { openOnBehalf } from './open-on-behalf.ts'
import { queueAcknowledgement } from './queue-acknowledgement.ts'
import { queueRejection } from './queue-rejection.ts'
import { recordReport } from './record-report.ts'

/** UTF-16 units kept of a subject in the trail. */
const maxTitle = 255
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
      if (verdict.onBehalfOf)
        return openOnBehalf(tx, deps, row, email, gathered, decision, verdict.onBehalfOf)
      return open(tx, deps, row, email, gathered, decision, verdict)
    case 'append':
      if (verdict.agent)
        return appendMailOfStaff(tx, deps, row, email, gathered, decision, {
          ...verdict,
          agent: verdict.agent,
        })
      return append(tx, deps, row, email, gathered, decision, verdict)
    case 'record-report':
      return recordReport(tx, deps, row, email, gathered, verdict)
    case 'log':
      return log(tx, deps, row, email, gathered, verdict)
    case 'append-sent':
      return appendSentMail(tx, deps, row, email, gathered, decision, verdict)
    case 'ignore':
      return { end: ended('filed', 'ignored_by_rule', { reason: verdict.reason }), outbound: [] }
    case 'duplicate':
      return {
        end: ended('duplicate', 'duplicate', { reason: 'same-content', duplicateOf: verdict.of }),
        outbound: [],
      }
    case 'quarantine':
      return quarantine(tx, deps, row, email, gathered, verdict)
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
  const sender = await ensureSender(tx, deps, email, gathered)
  const ticket = await insertMailTicket(tx, deps, email.subject, sender, mailbox)
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
    isBlindCopy: isBlindCopy(email, (address) => isOwnAddress(address, ownAddresses)),
  })
  if (verdict.requesterCandidates) await setAttention(tx, ticket.id, 'choose-requester')
  const eventId = deps.ids.uuid()
  await recordEvent(tx, {
    id: eventId,
    ticketId: ticket.id,
    type: 'ticket_opened',
    actorId: sender.id,
    inboundEmailId: row.id,
    data: {
      message_id: message.id,
      link: verdict.link,
      ...(verdict.requesterCandidates ? { requester_candidates: verdict.requesterCandidates } : {}),
    },
  })
  const told = await notifyAgents(tx, deps, {
    event: 'new_ticket',
    eventId,
    ticket,
    author: sender,
    message,
    cause: { row, email, gathered },
  })
  const acknowledgement = decision.actions?.noAcknowledgement
    ? await withholdAcknowledgement(tx, deps, row, ticket)
    : await queueAcknowledgement(tx, deps, { row, email, gathered, ticket, sender })
  return {
    end: ended('filed', 'new_ticket', { ticketId: ticket.id }),
    outbound: acknowledgement ? [acknowledgement, ...told] : told,
  }
}

/** A mail rule wants none. */
async function withholdAcknowledgement(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  ticket: TicketRow,
): Promise<undefined> {
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'acknowledgement_withheld',
    inboundEmailId: row.id,
    data: { reason: 'mail-rule' },
  })
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
  const ticket = await lockMailTicket(tx, verdict.ticketId)
  const sender = await ensureSender(tx, deps, email, gathered)
  const message = await fileMessage(tx, deps, row, email, ticket.id, sender, {
    ...verdict,
    automatic: classification.kind !== 'human',
    flags: flagsOf(email, gathered.facts, verdict, gathered),
    decision: traceOf(decision),
    isFirst: false,
    isBlindCopy: isBlindCopy(email, (address) => isOwnAddress(address, gathered.ownAddresses)),
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
  const eventId = deps.ids.uuid()
  await recordEvent(tx, {
    id: eventId,
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
  const told = await notifyAgents(tx, deps, {
    event: 'customer_reply',
    eventId,
    ticket,
    author: sender,
    message,
    cause: { row, email, gathered },
  })
  return {
    end: ended('filed', verdict.internal ? 'note_appended' : 'appended', { ticketId: ticket.id }),
    outbound: told,
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

/** Kept in the ledger, told in the ticket's trail, and no message of the ticket. */
async function log(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  gathered: Gathered,
  verdict: Extract<InboundVerdict, { kind: 'log' }>,
): Promise<Applied> {
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: verdict.ticketId,
    type: 'automatic_mail_logged',
    actorId: gathered.sender?.id ?? null,
    inboundEmailId: row.id,
    data: { subject: databaseText(email.subject, maxTitle), reason: verdict.reason },
  })
  return {
    end: ended('filed', 'ignored_by_rule', { reason: verdict.reason, ticketId: verdict.ticketId }),
    outbound: [],
  }
}

async function quarantine(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  gathered: Gathered,
  verdict: Extract<InboundVerdict, { kind: 'quarantine' }>,
): Promise<Applied> {
  const end = ended('quarantined', 'quarantined', { reason: verdict.reason })
  const ticket = verdict.refusedBy ? await findTicket(tx, verdict.refusedBy) : undefined
  if (!ticket) return { end, outbound: [] }
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'answer_refused',
    inboundEmailId: row.id,
    data: { reason: verdict.reason, subject: databaseText(email.subject, maxTitle) },
  })
  const rejection = await queueRejection(tx, deps, { row, email, gathered, ticket })
  return { end, outbound: rejection ? [rejection] : [] }
}

async function ensureSender(
  tx: Transaction,
  deps: DeskDeps,
  email: ParsedEmail,
  gathered: Gathered,
): Promise<UserRow> {
  if (gathered.sender) return gathered.sender
  return ensurePerson(tx, deps, senderOf(email) as MailAddress)
}
