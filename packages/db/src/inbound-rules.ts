// Queries of `inbound_rules`.
import {
  type MailRule,
  type MailRuleDraft,
  maxMailRules,
  type Placement,
  type TicketId,
  type UserId,
} from '@maildesk/core'
import type { Database } from './connect.ts'
import type { InboundRuleRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

/** Whoever changes the list waits for whoever changes it now, so that places are not given twice. */
const listLock = 'inbound rules'

/** Every rule, the upper first. */
export async function listInboundRules(db: Database): Promise<InboundRuleRow[]> {
  return db<InboundRuleRow>('inbound_rules').orderBy(['position', 'id']).limit(maxMailRules)
}

/** Those that are asked about mail, the upper first. */
export async function listActiveMailRules(db: Database): Promise<MailRule[]> {
  const rows = await db<InboundRuleRow>('inbound_rules')
    .where({ is_active: true })
    .orderBy(['position', 'id'])
    .limit(maxMailRules)
  return rows.map(mailRuleOf)
}

/** The row in the words of the decision. */
export function mailRuleOf(row: InboundRuleRow): MailRule {
  return {
    id: row.id,
    name: row.name,
    isActive: row.is_active,
    mailboxId: row.mailbox_id,
    match: row.match,
    conditions: row.conditions,
    actions: row.actions,
    stop: row.stop,
  }
}

export async function findInboundRule(db: Database, id: string): Promise<InboundRuleRow | undefined> {
  return db<InboundRuleRow>('inbound_rules').where({ id }).first()
}

/** Takes the whole list of rules for this transaction; answers how many there are. */
export async function lockInboundRules(tx: Transaction): Promise<number> {
  await tx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [listLock])
  const { rows } = await tx.raw('SELECT count(*)::int AS rules FROM inbound_rules')
  return rows[0].rules
}

/** Adds a rule below all others. @throws MaildeskError db.constraint when the mailbox is none. */
export async function insertInboundRule(
  tx: Transaction,
  id: string,
  draft: MailRuleDraft,
): Promise<InboundRuleRow> {
  const [row] = await tx('inbound_rules')
    .insert({
      id,
      position: tx.raw('(SELECT coalesce(max(position), 0) + 1 FROM inbound_rules)'),
      ...columnsOf(draft),
    })
    .returning('*')
  return row
}

/** Replaces what a rule says, not its place; counts its version up. */
export async function updateInboundRule(
  tx: Transaction,
  id: string,
  draft: MailRuleDraft,
): Promise<InboundRuleRow | undefined> {
  const [row] = await tx('inbound_rules')
    .where({ id })
    .update({ ...columnsOf(draft), version: tx.raw('version + 1'), updated_at: tx.fn.now() })
    .returning('*')
  return row
}

export async function deleteInboundRule(tx: Transaction, id: string): Promise<boolean> {
  return (await tx('inbound_rules').where({ id }).delete()) > 0
}

/** Puts the rules into this order; the caller has locked the list and names every rule once. */
export async function orderInboundRules(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.raw(
    `UPDATE inbound_rules r SET position = o.place, updated_at = now()
       FROM unnest(?::uuid[]) WITH ORDINALITY AS o (id, place) WHERE r.id = o.id AND r.position <> o.place`,
    [[...ids]],
  )
}

function columnsOf({ name, isActive, mailboxId, match, conditions, actions, stop }: MailRuleDraft) {
  return {
    name,
    is_active: isActive,
    mailbox_id: mailboxId,
    match,
    conditions: JSON.stringify(conditions),
    actions: JSON.stringify(actions),
    stop,
  }
}

/** Merges followed at most; a longer chain is a mistake. */
const maxMerges = 20

/** The ticket a mail is put into by hand, or the one it was merged into; undefined when it is gone. */
export async function findPlacement(
  db: Database,
  ticketId: TicketId,
  sender: { readonly address: string; readonly userId: UserId | null },
): Promise<Placement | undefined> {
  const { rows } = await db.raw(
    `WITH RECURSIVE chain (id, depth) AS (
       SELECT ?::uuid, 0
       UNION ALL
       SELECT t.merged_into_id, c.depth + 1 FROM chain c JOIN tickets t ON t.id = c.id
        WHERE t.merged_into_id IS NOT NULL AND c.depth < ?
     )
     SELECT t.id AS "ticketId", t.status IN ('resolved', 'closed') AS "isSleeping",
            (t.customer_id IS NOT DISTINCT FROM ?::uuid OR EXISTS (
              SELECT FROM ticket_participants p
               WHERE p.ticket_id = t.id AND p.address = ? AND p.role IN ('requester', 'collaborator'))
              OR EXISTS (SELECT FROM users u WHERE u.id = ?::uuid AND u.role <> 'customer' AND u.is_active)
            ) AS "senderMayWrite"
       FROM chain c JOIN tickets t ON t.id = c.id ORDER BY c.depth DESC LIMIT 1`,
    [ticketId, maxMerges, sender.userId, sender.address, sender.userId],
  )
  return rows[0]
}
