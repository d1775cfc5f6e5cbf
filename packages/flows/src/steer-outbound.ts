// What people do to outgoing mails: take one back, try many once more, say what became of one nobody knows about.
import { MaildeskError, type OutboundEmailId, type UserId } from '@maildesk/core'
import {
  cancelQueued,
  findOutboundEmail,
  inTransaction,
  type OutboundEmailRow,
  recordEvent,
  requestSentCopy,
  requeueOutbound,
  settleUncertain,
  type Transaction,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import { retryOutbound } from './replay.ts'
import { ringQuietly } from './ring.ts'

/**
 * Takes a mail back before it leaves. Whoever comes first has it: the worker that claims it, or this.
 * @param by who asks; null for the command line.
 * @throws MaildeskError request.not-found | request.conflict (it left, may have left, or is on its way)
 */
export async function cancelOutbound(
  deps: DeskDeps,
  id: OutboundEmailId,
  by: UserId | null,
): Promise<OutboundEmailRow> {
  return inTransaction(deps.db, async (tx) => {
    const isCancelled = await cancelQueued(tx, id, by)
    const row = await getOutbound(tx, id)
    if (!isCancelled)
      throw new MaildeskError(
        'request.conflict',
        `outbound email ${id} is ${row.status}, it cannot be taken back`,
        { id, status: row.status },
      )
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId: row.ticket_id,
      type: `${row.kind}_cancelled`,
      actorId: by,
      outboundEmailId: id,
      data: { message_id: row.message_id },
    })
    return row
  })
}

/** What became of one of many. */
export interface RetryResult {
  readonly id: OutboundEmailId
  readonly outcome: 'queued' | 'refused'
  /** Why not: the error's code and what it says. */
  readonly code: string | null
  readonly detail: string | null
}

/** Tries mails once more, each by itself: one that cannot be tried holds up no other. @throws MaildeskError db.* */
export async function retryManyOutbound(
  deps: DeskDeps,
  ids: readonly OutboundEmailId[],
): Promise<RetryResult[]> {
  const results: RetryResult[] = []
  for (const id of new Set(ids)) {
    try {
      await retryOutbound(deps, id)
      results.push({ id, outcome: 'queued', code: null, detail: null })
    } catch (error) {
      if (!isRefusal(error)) throw error
      results.push({ id, outcome: 'refused', code: error.code, detail: error.message })
    }
  }
  return results
}

function isRefusal(error: unknown): error is MaildeskError {
  return (
    error instanceof MaildeskError &&
    (error.code === 'request.conflict' || error.code === 'request.not-found')
  )
}

export const resolutions = ['sent', 'failed', 'resend'] as const
/** What a person knows of a mail of unknown fate, or wants. */
export type Resolution = (typeof resolutions)[number]

/**
 * Ends the doubt about a mail of unknown fate.
 * @param by who says so; null for the command line.
 * @throws MaildeskError request.not-found | request.conflict (there is no doubt about it)
 */
export async function resolveOutbound(
  deps: DeskDeps,
  id: OutboundEmailId,
  as: Resolution,
  by: UserId | null,
): Promise<OutboundEmailRow> {
  const isCopied = await inTransaction(deps.db, async (tx) => {
    const row = await getOutbound(tx, id)
    if (row.status !== 'uncertain' || !(await settle(tx, row, as)))
      throw new MaildeskError('request.conflict', `outbound email ${id} is ${row.status}, not uncertain`, {
        id,
        status: row.status,
      })
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId: row.ticket_id,
      type: 'uncertainty_resolved',
      actorId: by,
      outboundEmailId: id,
      data: { as, message_id: row.message_id },
    })
    return as === 'sent' && row.kind === 'reply' && (await requestSentCopy(tx, id))
  })
  if (as === 'resend') await ringQuietly(deps, [{ name: 'send-email', id }])
  if (isCopied) await ringQuietly(deps, [{ name: 'copy-sent', id }])
  return getOutbound(deps.db, id)
}

async function settle(tx: Transaction, row: OutboundEmailRow, as: Resolution): Promise<boolean> {
  const response = row.last_response ?? ''
  // Settled as failed first, which only one can do; then it is asked for anew.
  const status = as === 'sent' ? 'sent' : 'failed'
  if (!(await settleUncertain(tx, row, { status, nextInMs: null, response }))) return false
  if (as === 'resend') await requeueOutbound(tx, row.id)
  return true
}

async function getOutbound(db: DeskDeps['db'], id: OutboundEmailId): Promise<OutboundEmailRow> {
  const row = await findOutboundEmail(db, id)
  if (!row) throw new MaildeskError('request.not-found', `no outbound email ${id}`, { id })
  return row
}
