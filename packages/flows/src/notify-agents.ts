// Tells those of the staff who want to know, by mail, through the gate, each once for one event.
import {
  composeNotification,
  type NotifyEvent,
  normalAddress,
  type OutboundEmailId,
  type ParsedEmail,
  type ToNotify,
  whomToNotify,
  writtenTextOf,
} from '@maildesk/core'
import {
  type AgentOfTicket,
  findUser,
  type InboundEmailRow,
  listAgentsOfTicket,
  listMessageAttachments,
  type MailboxRow,
  type MessageRow,
  type TicketRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import type { Gathered } from './gather-facts.ts'
import { type AutomaticMail, queueAutomatic } from './queue-automatic.ts'
import { fullName, sendingMailbox, sendingMailboxOf } from './queue-outbound.ts'
import { ticketUrl } from './ticket-url.ts'

export interface ToTell {
  readonly event: NotifyEvent
  /** The line of the ticket's trail it tells of. */
  readonly eventId: string
  /** As it is now. */
  readonly ticket: TicketRow
  /** Who did it; null for the desk itself. */
  readonly author: UserRow | null
  /** What was written; null when the event has no words. */
  readonly message: MessageRow | null
  readonly cause: {
    readonly row: InboundEmailRow
    readonly email: ParsedEmail
    readonly gathered: Gathered
  } | null
  /** Normal form; whoever has one of them is not told. */
  readonly exceptAddresses?: readonly string[]
  /** In place of a message's words. */
  readonly text?: string
}

/** Queues the notifications and returns what to ring for after the commit. @throws MaildeskError db.* */
export async function notifyAgents(
  tx: Transaction,
  deps: DeskDeps,
  told: ToTell,
): Promise<OutboundEmailId[]> {
  const { event, ticket, author, message } = told
  const except = new Set(told.exceptAddresses)
  const agents = (await listAgentsOfTicket(tx, ticket.id)).filter(
    ({ email }) => !except.has(normalAddress(email)),
  )
  const happening = {
    event,
    authorId: author?.id ?? null,
    assigneeId: ticket.assigned_agent_id,
    isMachineMail: message?.is_automatic ?? false,
  }
  const wanted = whomToNotify(happening, agents)
  if (wanted.length === 0) return []
  const mailbox = await sendingMailboxOf(tx, ticket)
  const files = message ? (await listMessageAttachments(tx, message.id)).length : 0
  const queued: OutboundEmailId[] = []
  for (const one of wanted) {
    const agent = agents.find(({ id }) => id === one.id) as AgentOfTicket
    const id = await queueAutomatic(
      tx,
      deps,
      await mailTo(tx, deps, { agent, as: one.as, mailbox, files }, told),
    )
    if (id) queued.push(id)
  }
  return queued
}

interface Told {
  readonly agent: AgentOfTicket
  readonly as: ToNotify['as']
  readonly mailbox: MailboxRow | undefined
  /** How many go with the message. */
  readonly files: number
}

async function mailTo(
  tx: Transaction,
  deps: DeskDeps,
  { agent, as, mailbox, files }: Told,
  { event, eventId, ticket, author, message, cause, text }: ToTell,
): Promise<AutomaticMail> {
  const role = message?.is_internal ? 'internal' : 'public'
  return {
    kind: 'notification',
    ticket,
    mailbox,
    recipient: agent.email,
    recipientUser: (await findUser(tx, agent.id)) ?? null,
    cause,
    eventId,
    template: `agent-${event}`,
    tokenRole: role,
    compose: (stamp) => {
      if (!mailbox) throw new RangeError('the gate composes nothing without a mailbox')
      const about = {
        event,
        as,
        who: author ? fullName(author) || author.email : mailbox.display_name || mailbox.address,
        ticketNumber: ticket.number,
        title: ticket.title,
        url: ticketUrl(deps.settings, ticket.number),
        text: text ?? (message && writtenTextOf(message.message_text, message.text_ranges)),
        files,
        isUnverified: message?.is_unverified ?? false,
        language: mailbox.language,
        role,
        about: message?.rfc822_id ?? null,
      } as const
      const to = { name: fullName(agent), address: agent.email }
      return composeNotification(to, about, sendingMailbox(mailbox), stamp)
    },
  }
}
