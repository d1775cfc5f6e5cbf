// Every route, in the order of the API's description.
import type { ApiApp } from '../api-app.ts'
import type { ApiDeps } from '../api-deps.ts'
import { showAttachment } from './attachments/show-attachment.ts'
import { uploadAttachment } from './attachments/upload-attachment.ts'
import { blockedSenders } from './blocked-senders/blocked-senders.ts'
import { judgeInboundEmails } from './inbound/judge-inbound-emails.ts'
import { listInboundEmails } from './inbound/list-inbound-emails.ts'
import { showInboundEmail } from './inbound/show-inbound-email.ts'
import { dryRunInboundRules } from './inbound-rules/dry-run.ts'
import { inboundRules } from './inbound-rules/inbound-rules.ts'
import { mailboxes } from './mailboxes/mailboxes.ts'
import { listMessages } from './messages/list-messages.ts'
import { postMessage } from './messages/post-message.ts'
import { health } from './ops/health.ts'
import { metrics } from './ops/metrics.ts'
import { ops } from './ops/ops.ts'
import { outboundEmails } from './outbound/outbound-emails.ts'
import { steerOutboundEmails } from './outbound/steer-outbound-emails.ts'
import { changeTicket } from './tickets/change-ticket.ts'
import { listTicketEvents } from './tickets/list-ticket-events.ts'
import { listTickets } from './tickets/list-tickets.ts'
import { openTicket } from './tickets/open-ticket.ts'
import { participants } from './tickets/participants.ts'
import { relateTickets } from './tickets/relate-tickets.ts'
import { setRequester } from './tickets/set-requester.ts'
import { showTicket } from './tickets/show-ticket.ts'
import { notifications } from './users/notifications.ts'
import { people } from './users/people.ts'
import { users } from './users/users.ts'

type AddRoute = (app: ApiApp, deps: ApiDeps) => void | Promise<void>

export const routes: readonly AddRoute[] = [
  listTickets,
  showTicket,
  openTicket,
  changeTicket,
  relateTickets,
  participants,
  setRequester,
  listTicketEvents,
  listMessages,
  postMessage,
  uploadAttachment,
  showAttachment,
  listInboundEmails,
  showInboundEmail,
  judgeInboundEmails,
  inboundRules,
  dryRunInboundRules,
  blockedSenders,
  outboundEmails,
  steerOutboundEmails,
  users,
  mailboxes,
  people,
  notifications,
  health,
  metrics,
  ops,
]
