// Queries of `ticket_participants`: who belongs to a conversation.
import type { TicketId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { TicketParticipantRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** All of them: the requester, then in the order they came. */
export async function listParticipants(db: Database, ticketId: TicketId): Promise<TicketParticipantRow[]> {
  return db<TicketParticipantRow>('ticket_participants')
    .where({ ticket_id: ticketId })
    .orderByRaw(`(role = 'requester') DESC, created_at, address`)
}

/** @param address normal form. */
export async function findParticipant(
  db: Database,
  ticketId: TicketId,
  address: string,
): Promise<TicketParticipantRow | undefined> {
  return db<TicketParticipantRow>('ticket_participants').where({ ticket_id: ticketId, address }).first()
}

export async function insertParticipant(
  tx: Transaction,
  row: Omit<TicketParticipantRow, 'created_at'>,
): Promise<TicketParticipantRow> {
  const [inserted] = await tx<TicketParticipantRow>('ticket_participants').insert(row).returning('*')
  return inserted as TicketParticipantRow
}

export async function updateParticipant(
  tx: Transaction,
  { ticket_id, address }: Pick<TicketParticipantRow, 'ticket_id' | 'address'>,
  changes: Partial<Pick<TicketParticipantRow, 'role' | 'is_active'>>,
): Promise<TicketParticipantRow> {
  const [row] = await tx<TicketParticipantRow>('ticket_participants')
    .where({ ticket_id, address })
    .update(changes)
    .returning('*')
  return row as TicketParticipantRow
}

export async function deleteParticipant(tx: Transaction, ticketId: TicketId, address: string): Promise<void> {
  await tx('ticket_participants').where({ ticket_id: ticketId, address }).delete()
}

/** What this person wrote into the ticket is no longer held back. @returns how many messages. */
export async function verifyMessagesOf(
  tx: Transaction,
  ticketId: TicketId,
  address: string,
): Promise<number> {
  const { rowCount } = await tx.raw(
    `UPDATE messages SET is_unverified = false
      WHERE ticket_id = :ticketId AND is_unverified AND sender_id IN (
        SELECT id FROM users WHERE lower(email) = :address
        UNION SELECT user_id FROM user_addresses WHERE address = :address)`,
    { ticketId, address },
  )
  return rowCount
}
