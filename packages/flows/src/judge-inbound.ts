// What a person says about a mail that is held: file it, or let it be. Both may be said twice, and neither loses the mail.
import {
  blockEntryOf,
  type InboundDecision,
  type InboundEmailId,
  MaildeskError,
  quarantineReasonEntry,
  type TicketId,
  type UserId,
} from '@maildesk/core'
import {
  blockSender,
  findInboundEmail,
  finishInboundEmail,
  type InboundEmailRow,
  inTransaction,
  lockInboundEmail,
  recordEvent,
  recordJudgement,
  resetInboundEmail,
  type Transaction,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import { ringQuietly } from './ring.ts'

export interface Release {
  /** Null for the command line. */
  readonly actorId: UserId | null
  readonly note: string | null
  /** The ticket it goes into, whatever the rules say. */
  readonly ticketId: TicketId | null
}

/**
 * Has a held mail filed as if what holds it had no say; a dead letter is tried again. Should another reason hold it then,
 * it is held for that one, and can be released again. One that was released already is left alone.
 * @throws MaildeskError request.not-found | request.conflict (it is not held, or cannot be filed at all)
 */
export async function releaseInbound(
  deps: DeskDeps,
  id: InboundEmailId,
  { actorId, note, ticketId }: Release,
): Promise<InboundEmailRow> {
  const isReset = await inTransaction(deps.db, async (tx) => {
    const row = await getLocked(tx, id)
    const isDiscarded = row.judgement === 'discarded' && row.outcome === 'ignored_by_rule'
    if (row.status !== 'quarantined' && !isDiscarded) {
      if (row.judgement === 'released') return false
      throw notHeld(row)
    }
    const reason = row.reason ?? ''
    if (quarantineReasonEntry(reason)?.release === 'never')
      throw new MaildeskError(
        'request.conflict',
        `inbound email ${id} cannot be filed: ${quarantineReasonEntry(reason)?.meaning}`,
        { id, reason },
      )
    await resetInboundEmail(tx, id)
    await recordJudgement(tx, id, {
      judgement: 'released',
      judgedById: actorId,
      note,
      waivedReasons: [...new Set([...row.waived_reasons, reason])],
      placedInId: ticketId,
    })
    return true
  })
  if (isReset) await ringQuietly(deps, [{ name: 'file-email', id }])
  return (await findInboundEmail(deps.db, id)) as InboundEmailRow
}

export interface Discard {
  /** Null for the command line. */
  readonly actorId: UserId | null
  readonly note: string | null
  /** Puts its sender's address on the blocklist as well. */
  readonly blockSender: boolean
}

/**
 * Lets a held mail be: it is no ticket's and nobody has to look at it again. Its bytes are kept, and it can still be
 * released.
 * @throws MaildeskError request.not-found | request.conflict (it is not held, or has no sender to block)
 */
export async function discardInbound(
  deps: DeskDeps,
  id: InboundEmailId,
  { actorId, note, blockSender: blocks }: Discard,
): Promise<InboundEmailRow> {
  await inTransaction(deps.db, async (tx) => {
    const row = await getLocked(tx, id)
    if (blocks) await block(tx, deps, row, actorId, note)
    if (row.judgement === 'discarded' && row.outcome === 'ignored_by_rule') return
    if (row.status !== 'quarantined') throw notHeld(row)
    // The reason stays: it says what held the mail, and what a later release sets aside.
    await finishInboundEmail(tx, id, {
      status: 'filed',
      outcome: 'ignored_by_rule',
      reason: row.reason,
      decision: row.decision,
      ticketId: null,
      duplicateOf: null,
      contentHash: row.content_hash,
      bodyHash: row.body_hash,
    })
    await recordJudgement(tx, id, {
      judgement: 'discarded',
      judgedById: actorId,
      note,
      waivedReasons: row.waived_reasons,
      placedInId: null,
    })
    await tellRefusingTicket(tx, deps, row, actorId, note)
  })
  return (await findInboundEmail(deps.db, id)) as InboundEmailRow
}

async function getLocked(tx: Transaction, id: InboundEmailId): Promise<InboundEmailRow> {
  const row = await lockInboundEmail(tx, id)
  if (!row) throw new MaildeskError('request.not-found', `no inbound email ${id}`, { id })
  return row
}

function notHeld({ id, status, outcome }: InboundEmailRow): MaildeskError {
  return new MaildeskError(
    'request.conflict',
    `inbound email ${id} is not in quarantine: ${outcome ?? status}`,
    { id, status },
  )
}

async function block(
  tx: Transaction,
  deps: DeskDeps,
  { id, from_address }: InboundEmailRow,
  actorId: UserId | null,
  note: string | null,
): Promise<void> {
  const entry = blockEntryOf(from_address)
  if (!entry?.includes('@'))
    throw new MaildeskError('request.conflict', `inbound email ${id} has no sender to block`, { id })
  await blockSender(tx, { id: deps.ids.uuid(), entry, reason: note ?? '', createdById: actorId })
}

/** The ticket that did not take the answer has it in its trail; it is told what became of it. */
async function tellRefusingTicket(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  actorId: UserId | null,
  note: string | null,
): Promise<void> {
  const verdict = (row.decision as Partial<InboundDecision> | null)?.verdict
  if (verdict?.kind !== 'quarantine' || !verdict.refusedBy) return
  const ticket = await tx('tickets').where({ id: verdict.refusedBy }).first('id')
  if (!ticket) return
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: verdict.refusedBy,
    type: 'inbound_discarded',
    actorId,
    inboundEmailId: row.id,
    data: { note },
  })
}
