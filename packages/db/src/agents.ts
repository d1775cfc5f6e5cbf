// Queries about staff: whom to tell, which notifications were theirs, and whose ticket it is.
import type { NotifiableAgent, OwnToken, TicketId, UserId } from '@maildesk/core'
import type { Database } from './connect.ts'
import type { AgentSettingsRow, MessageRow, TicketParticipantRow, UserRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

export type AgentOfTicket = NotifiableAgent & Pick<UserRow, 'email' | 'first_name' | 'last_name'>

/** All active staff, with what they want to know and whether they follow the ticket. */
export async function listAgentsOfTicket(db: Database, ticketId: TicketId): Promise<AgentOfTicket[]> {
  const { rows } = await db.raw(
    `SELECT u.id, u.email, u.first_name, u.last_name, u.is_active AS "isActive",
            coalesce(s.notify, '{}') AS notify, s.mail_paused_reason IS NOT NULL AS "isPaused",
            EXISTS (SELECT FROM ticket_participants p
                     WHERE p.ticket_id = ? AND p.role = 'follower' AND p.address = lower(u.email)) AS "isFollower"
       FROM users u LEFT JOIN agent_settings s ON s.user_id = u.id
      WHERE u.role <> 'customer' AND u.is_active ORDER BY u.id`,
    [ticketId],
  )
  return rows
}

/** The whole row of each of the active staff. */
export async function listActiveStaff(db: Database): Promise<UserRow[]> {
  return db<UserRow>('users').where({ is_active: true }).whereNot({ role: 'customer' }).orderBy('id')
}

export interface NotificationToken extends OwnToken {
  /** What the notification said. */
  readonly text: string
}

/** Notifications with one of these nonces, and notices of mails held back, that were sent to this very person. */
export async function listNotificationTokens(
  db: Database,
  nonces: readonly string[],
  userId: UserId,
): Promise<NotificationToken[]> {
  if (nonces.length === 0) return []
  const { rows } = await db.raw(
    `SELECT o.token_nonce AS nonce, t.number AS "ticketNumber", o.token_role AS role, o.composed ->> 'text' AS text
       FROM outbound_emails o JOIN tickets t ON t.id = o.ticket_id
      WHERE o.token_nonce = ANY (?::text[]) AND o.kind IN ('notification', 'rejection') AND o.recipient_user_id = ?`,
    [[...nonces], userId],
  )
  return rows
}

export async function findAgentSettings(db: Database, userId: UserId): Promise<AgentSettingsRow | undefined> {
  return db<AgentSettingsRow>('agent_settings').where({ user_id: userId }).first()
}

/** Adds wishes to those an agent has; null takes one back to its default. */
export async function changeAgentNotify(
  tx: Transaction,
  userId: UserId,
  changes: Readonly<Record<string, boolean | null>>,
): Promise<AgentSettingsRow> {
  const { rows } = await tx.raw(
    `INSERT INTO agent_settings (user_id, notify) VALUES (:userId, jsonb_strip_nulls(:changes::jsonb))
     ON CONFLICT (user_id) DO UPDATE
       SET notify = jsonb_strip_nulls(agent_settings.notify || :changes::jsonb), updated_at = now()
     RETURNING *`,
    { userId, changes: JSON.stringify(changes) },
  )
  return rows[0]
}

/** Makes one person the ticket's requester and gives the one before another part in it. */
export async function replaceRequester(
  tx: Transaction,
  ticketId: TicketId,
  change: {
    readonly customer: Pick<UserRow, 'id' | 'email'>
    readonly roleOfFormer: Extract<TicketParticipantRow['role'], 'collaborator' | 'follower'>
  },
): Promise<void> {
  await tx('ticket_participants')
    .where({ ticket_id: ticketId, role: 'requester' })
    .update({ role: change.roleOfFormer, is_active: change.roleOfFormer === 'follower' })
  await tx('ticket_participants')
    .insert({ ticket_id: ticketId, address: change.customer.email.toLowerCase(), role: 'requester' })
    .onConflict(['ticket_id', 'address'])
    .merge({ role: 'requester', is_active: true })
  await tx('tickets')
    .where({ id: ticketId })
    .update({ customer_id: change.customer.id, updated_at: tx.fn.now(), version: tx.raw('version + 1') })
}

/** Marks a ticket as one a person should look at; null: no more. */
export async function setAttention(
  tx: Transaction,
  ticketId: TicketId,
  attention: string | null,
): Promise<void> {
  await tx('tickets').where({ id: ticketId }).update({ attention, updated_at: tx.fn.now() })
}

/** What the customer's side wrote last, publicly: what an agent who gets the ticket wants to read first. */
export async function findNewestCustomerMessage(
  db: Database,
  ticketId: TicketId,
): Promise<MessageRow | undefined> {
  return db<MessageRow>('messages')
    .where({ ticket_id: ticketId, is_internal: false, is_from_customer: true })
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .first()
}
