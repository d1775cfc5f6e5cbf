// Moving messages between tickets, with a trace by which a merge can be taken back.
import type { MessageId, TicketId, UserId } from '@maildesk/core'
import type { MessageRow, TicketRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

export interface MessageMove {
  readonly from: TicketId
  readonly to: TicketId
  readonly cause: 'merge' | 'split'
  readonly actorId: UserId
  /** All messages of the ticket when absent. */
  readonly only?: readonly MessageId[]
}

/** Takes several tickets, always in the same order, so that two who want the same do not wait for each other for ever. */
export async function lockTickets(
  tx: Transaction,
  ids: readonly TicketId[],
): Promise<Map<TicketId, TicketRow>> {
  const rows = await tx<TicketRow>('tickets').whereIn('id', ids).orderBy('id').forUpdate()
  return new Map((rows as TicketRow[]).map((row) => [row.id, row]))
}

/** Moves messages with their attachments. @returns how many. */
export async function moveMessages(
  tx: Transaction,
  newId: () => string,
  { from, to, cause, actorId, only }: MessageMove,
): Promise<number> {
  const query = tx<MessageRow>('messages').select('id').where({ ticket_id: from })
  if (only) query.whereIn('id', only)
  const ids = ((await query) as Pick<MessageRow, 'id'>[]).map(({ id }) => id)
  if (ids.length === 0) return 0
  await tx.batchInsert(
    'message_moves',
    ids.map((message_id) => ({
      id: newId(),
      message_id,
      from_ticket_id: from,
      to_ticket_id: to,
      cause,
      moved_by_id: actorId,
    })),
    500,
  )
  await tx('messages').whereIn('id', ids).update({ ticket_id: to })
  await tx('attachments').whereIn('message_id', ids).update({ ticket_id: to })
  return ids.length
}

/** Brings back what a merge took from the ticket and what was not split off since. @returns how many. */
export async function returnMergedMessages(tx: Transaction, id: TicketId): Promise<number> {
  const { rows } = await tx.raw(
    `WITH RECURSIVE holders (id) AS (
       SELECT merged_into_id FROM tickets WHERE id = :id
       UNION
       SELECT t.merged_into_id FROM holders h JOIN tickets t ON t.id = h.id WHERE t.merged_into_id IS NOT NULL
     ), returning_moves AS (
       UPDATE message_moves v SET undone_at = now()
        FROM messages m
        WHERE v.from_ticket_id = :id AND v.cause = 'merge' AND v.undone_at IS NULL
          AND m.id = v.message_id AND m.ticket_id IN (SELECT id FROM holders)
       RETURNING v.message_id
     )
     UPDATE messages SET ticket_id = :id WHERE id IN (SELECT message_id FROM returning_moves) RETURNING id`,
    { id },
  )
  const ids = rows.map((row: { id: MessageId }) => row.id)
  await tx('attachments').whereIn('message_id', ids).update({ ticket_id: id })
  return ids.length
}
