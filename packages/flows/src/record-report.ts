// What a delivery report or a complaint changes: the delivery, the address's history, the ticket's trail, and who is told.
// Nothing is reopened and `updated_at` stays: a machine wrote, nobody waits longer or shorter for it.

import {
  type BounceClass,
  bounceClassOf,
  databaseText,
  deliveryAfterReport,
  type InboundVerdict,
  isRealComplaint,
  MaildeskError,
  matchRecipients,
  normalAddress,
  type OutboundEmailId,
  type ParsedEmail,
  type RecipientMatch,
  readBounce,
  readComplaint,
  type Suppression,
} from '@maildesk/core'
import {
  databaseNow,
  flagMessageOfInbound,
  type InboundEmailRow,
  insertBounceRecord,
  lockReportedMail,
  type OutboundDeliveryRow,
  type OutboundEmailRow,
  pauseAgentMail,
  raiseAttention,
  recordDeliveryReport,
  recordEvent,
  settleReported,
  type TicketRow,
  type Transaction,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import { type Applied, ended } from './applied.ts'
import type { DeskDeps } from './deps.ts'
import type { Gathered } from './gather-facts.ts'
import { lockMailTicket } from './mail-ticket.ts'
import { notifyAgents } from './notify-agents.ts'
import { lockSuppressions, refreshSuppression } from './suppress.ts'

/** UTF-16 units kept of what servers said. */
const maxDiagnostic = 1000
/** Longest subject and address kept, UTF-16 units; as in the schema. */
const maxSubject = 255
const maxAddress = 254
/** Recipients of one report that have an effect. */
const maxRecipients = 100

/** What a report says of one recipient, whichever kind of report it is. */
interface Told {
  readonly address: string
  readonly class: BounceClass | 'complaint'
  readonly status: string | null
  readonly diagnostic: string
  readonly reason: string
  readonly dead: boolean
}

interface Effect extends RecipientMatch<Told> {
  readonly suppression: Suppression | null
}

interface Report {
  readonly row: InboundEmailRow
  readonly email: ParsedEmail
  readonly gathered: Gathered
  readonly kind: RecordReport['report']
  readonly mail: OutboundEmailRow
  readonly ticket: TicketRow
}

type RecordReport = Extract<InboundVerdict, { kind: 'record-report' }>

/** Records a report about a mail of ours; the caller's transaction commits it. @throws MaildeskError db.* */
export async function recordReport(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  gathered: Gathered,
  verdict: RecordReport,
): Promise<Applied> {
  const found = await lockReportedMail(tx, verdict.outboundEmailId)
  // Addresses before the ticket, as a mail that lifts a suppression takes them; or each would wait for the other.
  await lockSuppressions(tx, found?.deliveries.map(({ address }) => address) ?? [])
  const ticket = await lockMailTicket(tx, verdict.ticketId)
  if (!found)
    throw new MaildeskError('db.conflict', `outgoing mail ${verdict.outboundEmailId} was deleted meanwhile`)
  const report: Report = { row, email, gathered, kind: verdict.report, mail: found.row, ticket }
  const told = verdict.report === 'complaint' ? complaintOf(email, found.deliveries) : bounceOf(email, report)
  const { matches, strangers } = matchRecipients(told, found.deliveries)
  const effects = await applyToDeliveries(tx, deps, report, matches, found.deliveries)
  await settleReported(tx, found.row.id)
  const eventId = await recordOnTicket(tx, deps, report, effects, strangers)
  const outbound = await actOnKind(tx, deps, report, effects, eventId)
  const outcome = verdict.report === 'complaint' ? 'complaint_recorded' : 'bounce_recorded'
  await failpoint('report.recorded')
  return { end: ended('filed', outcome, { ticketId: ticket.id }), outbound }
}

/** A report that names nobody says at least that the mail is in trouble. */
function bounceOf(email: ParsedEmail, { kind }: Report): Told[] {
  const recipients = readBounce(email)?.recipients ?? []
  if (recipients.length === 0)
    return [
      {
        address: '',
        class: kind === 'delivery_notice' ? 'delayed' : 'soft',
        status: null,
        diagnostic: '',
        reason: 'unknown',
        dead: false,
      },
    ]
  return recipients.slice(0, maxRecipients).flatMap((one) => {
    const itsClass = bounceClassOf(one)
    return itsClass ? [{ ...one, class: itsClass }] : []
  })
}

/** Many complaints hide who complained; of a mail to one person that is known all the same. */
function complaintOf(email: ParsedEmail, deliveries: readonly OutboundDeliveryRow[]): Told[] {
  const complaint = readComplaint(email)
  if (!complaint || !isRealComplaint(complaint.feedbackType)) return []
  const named = complaint.recipients.length > 0 ? complaint.recipients : deliveries.length === 1 ? [''] : []
  return named.slice(0, maxRecipients).map((address) => ({
    address,
    class: 'complaint',
    status: null,
    diagnostic: `feedback report: ${complaint.feedbackType}`,
    reason: complaint.feedbackType,
    dead: false,
  }))
}

async function applyToDeliveries(
  tx: Transaction,
  deps: DeskDeps,
  { row, mail }: Report,
  matches: readonly RecipientMatch<Told>[],
  deliveries: readonly OutboundDeliveryRow[],
): Promise<Effect[]> {
  const now = await databaseNow(tx)
  const effects: Effect[] = []
  for (const match of worstOfEach(matches)) {
    const { delivery, told, reportedAs } = match
    const before = deliveries.find(({ id }) => id === delivery.id)?.status ?? 'sent'
    const status = deliveryAfterReport(before, told.class)
    const diagnostic = databaseText(told.diagnostic, maxDiagnostic)
    if (status !== before) await recordDeliveryReport(tx, delivery.id, { status, diagnostic, at: now })
    await insertBounceRecord(tx, {
      id: deps.ids.uuid(),
      address: normalAddress(delivery.address),
      kind: told.class === 'delayed' ? 'soft' : told.class,
      status: told.status,
      diagnostic,
      outbound_email_id: mail.id,
      inbound_email_id: row.id,
      recorded_at: now,
      is_dead: told.dead && told.class === 'hard',
      is_final: told.class !== 'delayed',
      reported_as: reportedAs ? databaseText(reportedAs, maxAddress) : null,
    })
    effects.push({ ...match, suppression: await refreshSuppression(tx, deps, delivery.address) })
  }
  return effects
}

const gravity: readonly Told['class'][] = ['complaint', 'hard', 'policy', 'soft', 'delayed']

/** Of several things a report says of one recipient the gravest. */
function worstOfEach(matches: readonly RecipientMatch<Told>[]): Iterable<RecipientMatch<Told>> {
  const worst = new Map<string, RecipientMatch<Told>>()
  for (const match of matches) {
    const before = worst.get(match.delivery.id)
    if (!before || gravity.indexOf(match.told.class) < gravity.indexOf(before.told.class))
      worst.set(match.delivery.id, match)
  }
  return worst.values()
}

async function recordOnTicket(
  tx: Transaction,
  deps: DeskDeps,
  { row, email, gathered, kind, mail, ticket }: Report,
  effects: readonly Effect[],
  strangers: readonly string[],
): Promise<string> {
  const id = deps.ids.uuid()
  await recordEvent(tx, {
    id,
    ticketId: ticket.id,
    type: `${kind}_received`,
    inboundEmailId: row.id,
    outboundEmailId: mail.id,
    data: {
      subject: databaseText(email.subject, maxSubject),
      about: mail.kind,
      message_id: mail.message_id,
      matched_by: gathered.facts.report?.by,
      recipients: effects.map(({ delivery, told, reportedAs, suppression }) => ({
        address: delivery.address,
        class: told.class,
        status: told.status,
        reason: told.reason,
        diagnostic: databaseText(told.diagnostic, maxDiagnostic),
        ...(reportedAs ? { reported_as: reportedAs } : {}),
        ...(suppression ? { suppressed: suppression.scope, suppressed_for: suppression.reason } : {}),
      })),
      ...(strangers.length > 0
        ? {
            not_recipients: strangers.slice(0, maxRecipients).map((one) => databaseText(one, maxAddress)),
          }
        : {}),
      ...(kind === 'complaint' ? { feedback_type: readComplaint(email)?.feedbackType } : {}),
      reasons: gathered.facts.classification.reasons,
    },
  })
  return id
}

/** What the report means depends on what was sent. @returns mails to ring for */
async function actOnKind(
  tx: Transaction,
  deps: DeskDeps,
  report: Report,
  effects: readonly Effect[],
  eventId: string,
): Promise<OutboundEmailId[]> {
  const { mail, ticket, kind } = report
  const isOver = effects.some(({ told }) => told.class === 'hard' || told.class === 'policy')
  if (kind === 'complaint' && effects.length > 0) await raiseAttention(tx, ticket.id, 'complaint')
  switch (mail.kind) {
    case 'reply': {
      if (kind !== 'complaint' && isOver) await raiseAttention(tx, ticket.id, 'delivery-failed')
      return tellAgents(tx, deps, report, effects, eventId)
    }
    case 'acknowledgement':
      if (effects.some(({ told }) => told.class !== 'delayed' && told.class !== 'complaint'))
        await markSenderUnverified(tx, mail, effects)
      return []
    case 'notification':
      await pauseAgent(tx, deps, report, effects)
      return []
    case 'rejection':
    case 'rule':
      return []
  }
}

/** A late mail is no news yet; everything else the agent has to know, but at no address that just failed. */
async function tellAgents(
  tx: Transaction,
  deps: DeskDeps,
  { row, email, gathered, ticket, kind }: Report,
  effects: readonly Effect[],
  eventId: string,
): Promise<OutboundEmailId[]> {
  const grave = effects.filter(({ told }) => told.class !== 'delayed')
  if (grave.length === 0) return []
  const lines = grave.map(({ delivery, told }) =>
    kind === 'complaint'
      ? `${delivery.address} complained about the answer.`
      : `The answer did not reach ${delivery.address} (${told.class}, ${[told.status, told.reason].filter(Boolean).join(' ')}): ${databaseText(told.diagnostic, maxDiagnostic)}`,
  )
  return notifyAgents(tx, deps, {
    event: 'delivery_trouble',
    eventId,
    ticket,
    author: null,
    message: null,
    cause: { row, email, gathered },
    text: lines.join('\n\n'),
    exceptAddresses: effects.flatMap(({ delivery, reportedAs }) => [
      normalAddress(delivery.address),
      normalAddress(reportedAs ?? ''),
    ]),
  })
}

/** Nobody at that address ever proved to be there: the mail that opened the ticket may be forged. */
async function markSenderUnverified(
  tx: Transaction,
  mail: OutboundEmailRow,
  effects: readonly Effect[],
): Promise<void> {
  if (!mail.cause_inbound_id) return
  const addresses = effects.map(({ delivery }) => delivery.address).join(', ')
  await flagMessageOfInbound(tx, mail.cause_inbound_id, {
    code: 'unverified-sender',
    detail: databaseText(`the acknowledgement did not reach ${addresses}`, maxSubject),
  })
}

/** What the desk tells its own people does not arrive: said once, to whoever reads the ticket's trail and the log. */
async function pauseAgent(
  tx: Transaction,
  deps: DeskDeps,
  { mail, ticket }: Report,
  effects: readonly Effect[],
): Promise<void> {
  const failed = effects.find(({ told, suppression }) => told.class === 'hard' || suppression !== null)
  if (!failed || !mail.recipient_user_id) return
  const { delivery, told } = failed
  const reason = databaseText(
    `mail to ${delivery.address} did not arrive: ${told.status ?? ''} ${told.diagnostic}`,
    maxDiagnostic,
  )
  if (!(await pauseAgentMail(tx, mail.recipient_user_id, reason))) return
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: ticket.id,
    type: 'agent_mail_paused',
    outboundEmailId: mail.id,
    data: { user_id: mail.recipient_user_id, address: delivery.address, reason },
  })
  deps.log.warn(
    { userId: mail.recipient_user_id, outboundEmailId: mail.id, status: told.status },
    'mail to an agent bounces; nothing more is mailed there until an admin lifts it',
  )
}
