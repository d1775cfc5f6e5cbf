// What ops may ask for again: a mail filed anew from its raw bytes, an outgoing mail tried once more.
import { type InboundEmailId, MaildeskError, mayRetry, type OutboundEmailId } from '@maildesk/core'
import {
  findInboundEmail,
  findOutboundEmail,
  type InboundEmailRow,
  inTransaction,
  type OutboundEmailRow,
  recordEvent,
  requeueOutbound,
  resetInboundEmail,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import { ringQuietly } from './ring.ts'

/**
 * Files a mail again from its kept bytes. One that stands in a ticket already is left alone.
 * @throws MaildeskError request.not-found
 */
export async function replayInbound(deps: DeskDeps, id: InboundEmailId): Promise<InboundEmailRow> {
  const isReset = await inTransaction(deps.db, async (tx) => {
    const row = await tx<InboundEmailRow>('inbound_emails').where({ id }).forUpdate().first()
    if (!row) throw new MaildeskError('request.not-found', `no inbound email ${id}`, { id })
    if (row.status === 'filed' && row.ticket_id !== null) return false
    await resetInboundEmail(tx, id)
    return true
  })
  if (isReset) await ringQuietly(deps, [{ name: 'file-email', id }])
  return (await findInboundEmail(deps.db, id)) as InboundEmailRow
}

/**
 * Tries an outgoing mail once more, now. An uncertain one may then arrive twice; the ticket says so.
 * @throws MaildeskError request.not-found | request.conflict (it was sent, or is on its way)
 */
export async function retryOutbound(deps: DeskDeps, id: OutboundEmailId): Promise<OutboundEmailRow> {
  await inTransaction(deps.db, async (tx) => {
    const row = await tx<OutboundEmailRow>('outbound_emails').where({ id }).forUpdate().first()
    if (!row) throw new MaildeskError('request.not-found', `no outbound email ${id}`, { id })
    if (!mayRetry(row.status))
      throw new MaildeskError(
        'request.conflict',
        `outbound email ${id} is ${row.status}, there is nothing to retry`,
        { id, status: row.status },
      )
    await requeueOutbound(tx, id)
    await recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId: row.ticket_id,
      type: 'retry_requested',
      outboundEmailId: id,
      data: { was: row.status },
    })
  })
  await ringQuietly(deps, [{ name: 'send-email', id }])
  return (await findOutboundEmail(deps.db, id)) as OutboundEmailRow
}
