// Changes the list of mail rules: what a person wrote is checked as a whole before a row is.
import { invalidFields, MaildeskError, type MailRuleDraft, maxMailRules, readMailRule } from '@maildesk/core'
import {
  findInboundRule,
  findMailbox,
  type InboundRuleRow,
  insertInboundRule,
  listInboundRules,
  lockActiveStaff,
  lockInboundRules,
  orderInboundRules,
  type Transaction,
  updateInboundRule,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'

/** Adds a rule below all others. @throws MaildeskError request.invalid (every field at fault), request.conflict (the desk is full) */
export async function addMailRule(
  tx: Transaction,
  deps: Pick<DeskDeps, 'ids'>,
  written: unknown,
): Promise<InboundRuleRow> {
  const draft = await readDraft(tx, written)
  if ((await lockInboundRules(tx)) >= maxMailRules)
    throw new MaildeskError('request.conflict', `there are ${maxMailRules} rules, which is the most`)
  return insertInboundRule(tx, deps.ids.uuid(), draft)
}

/** Changes the fields that are written. @throws MaildeskError request.not-found, request.stale (ifVersion), request.invalid */
export async function changeMailRule(
  tx: Transaction,
  id: string,
  written: Readonly<Record<string, unknown>>,
  ifVersion?: readonly number[],
): Promise<InboundRuleRow> {
  await lockInboundRules(tx)
  const row = await findInboundRule(tx, id)
  if (!row) throw new MaildeskError('request.not-found', `no mail rule ${id}`, { id })
  if (ifVersion && !ifVersion.includes(row.version))
    throw new MaildeskError('request.stale', `rule ${id} is at version ${row.version}; read it again`, {
      version: row.version,
    })
  const { name, is_active, mailbox_id, match, conditions, actions, stop } = row
  const before = { name, is_active, mailbox_id, match, conditions, actions, stop }
  const draft = await readDraft(tx, { ...before, ...written })
  return (await updateInboundRule(tx, id, draft)) as InboundRuleRow
}

/** Puts all rules into this order. @throws MaildeskError request.conflict when `ids` are not all rules, each once */
export async function orderMailRules(tx: Transaction, ids: readonly string[]): Promise<InboundRuleRow[]> {
  const rules = await lockInboundRules(tx)
  const known = new Set((await listInboundRules(tx)).map(({ id }) => id))
  if (new Set(ids).size !== ids.length || ids.length !== rules || ids.some((id) => !known.has(id)))
    throw new MaildeskError(
      'request.conflict',
      `each of the ${rules} rules must be named once; read the list again`,
    )
  await orderInboundRules(tx, ids)
  return listInboundRules(tx)
}

async function readDraft(tx: Transaction, written: unknown): Promise<MailRuleDraft> {
  const reading = readMailRule(written)
  if (!reading.ok) throw invalidFields(...reading.errors)
  const { mailboxId, actions } = reading.rule
  if (mailboxId !== null && !(await findMailbox(tx, mailboxId)))
    throw invalidFields({ field: 'mailbox_id', message: 'names no mailbox' })
  if (actions.assign && !(await lockActiveStaff(tx, actions.assign)))
    throw invalidFields({ field: 'actions.assign', message: 'names no active staff' })
  return reading.rule
}
