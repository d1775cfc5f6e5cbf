import { readFile } from 'node:fs/promises'
import {
  type FieldError,
  type MailboxId,
  MaildeskError,
  type MailRule,
  type MergedActions,
  readMailRule,
} from '@maildesk/core'
import { deleteInboundRule, findMailboxByAddress, inTransaction, listInboundRules } from '@maildesk/db'
import { addMailRule } from '@maildesk/flows'
import type { Environment } from '@maildesk/runtime'
import { Command } from 'commander'
import { limitOption, parseId } from '../options.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { tryOnPastMail } from '../try-on-past-mail.ts'
import { withDesk } from '../with-desk.ts'

/** Largest file of rules, bytes. */
const maxFileBytes = 1024 * 1024

interface TestOptions {
  last: number
  mailbox?: string
  since?: string
  json?: true
}

export function ruleCommand(env: Environment): Command {
  const list = new Command('list')
    .description('Mail rules, in the order in which they are asked.')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: true }) => {
      const rules = await withDesk(env, ({ deps }) => listInboundRules(deps.db))
      if (options.json) printJson(rules)
      else
        printTable(
          ['ID', 'ACTIVE', 'NAME', 'MATCH', 'CONDITIONS', 'ACTIONS', 'STOP'],
          rules.map((rule) => [
            rule.id,
            rule.is_active ? 'yes' : 'no',
            rule.name,
            rule.match,
            rule.conditions
              .map(({ field, operator, value }) => `${field} ${operator} ${value ?? ''}`.trim())
              .join('; '),
            rule.actions,
            rule.stop ? 'yes' : '',
          ]),
        )
    })
  const add = new Command('add')
    .description('Add the rules of a JSON file (one, or a list) below all others; all of them, or none.')
    .argument('<file>', 'see docs/rules-and-quarantine.md')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: { json?: true }) => {
      const written = await readRuleFile(file)
      readRules(written)
      const added = await withDesk(env, ({ deps }) =>
        inTransaction(deps.db, async (tx) => {
          const rows = []
          for (const one of written) rows.push(await addMailRule(tx, deps, one))
          return rows
        }),
      )
      if (options.json) printJson(added)
      else for (const { id, name } of added) printLine(`added ${name} (${id})`)
    })
  const remove = new Command('remove')
    .description('Remove a rule.')
    .argument('<id>', 'as `list` shows it', parseId)
    .action(async (id: string) => {
      const isGone = await withDesk(env, ({ deps }) =>
        inTransaction(deps.db, (tx) => deleteInboundRule(tx, id)),
      )
      if (!isGone)
        throw new MaildeskError('request.not-found', `no mail rule ${id}; next: maildesk rule list`)
      printLine(`removed ${id}`)
    })
  const test = new Command('test')
    .description(
      'Try the rules of a file on mail that came already, read anew from its bytes; writes nothing.',
    )
    .argument('<file>', 'JSON, one rule or a list')
    .addOption(limitOption('--last <n>', 'how many mails, the newest first', 500))
    .option('--mailbox <address>', 'only mail of this mailbox')
    .option('--since <date>', 'only mail that came since (ISO 8601)')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: TestOptions) => {
      const rules = readRules(await readRuleFile(file))
      const result = await withDesk(env, async (desk) => {
        const mailbox = options.mailbox ? await getMailboxId(desk.deps.db, options.mailbox) : undefined
        return tryOnPastMail(desk, env, rules, {
          last: options.last,
          ...(mailbox ? { mailboxId: mailbox } : {}),
          ...(options.since ? { since: parseDate(options.since) } : {}),
        })
      })
      if (options.json) {
        printJson(result)
        return
      }
      printTable(
        ['ID', 'FROM', 'SUBJECT', 'RULES', 'WOULD'],
        result.items.map((item) => [
          item.inbound_email_id,
          item.from_address,
          item.subject.slice(0, 60),
          item.matched.map(({ name }) => name).join(', '),
          item.is_asked
            ? tellActions(item.actions)
            : `nothing: rules are not asked about it (${item.outcome})`,
        ]),
      )
      printLine(
        `${result.items.length} of ${result.tried} mails match; ${result.unreadable} could not be read`,
      )
    })
  return new Command('rule').addCommand(list).addCommand(add).addCommand(remove).addCommand(test)
}

function tellActions(actions: MergedActions): string {
  const told = Object.entries(actions).filter(
    ([, value]) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0),
  )
  return told.map(([name, value]) => (value === true ? name : `${name} ${value}`)).join('; ')
}

/** The rules as written. @throws MaildeskError request.invalid */
async function readRuleFile(file: string): Promise<unknown[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new MaildeskError('request.invalid', `${file} cannot be read`, {}, { cause: error })
  })
  if (text.length > maxFileBytes) throw new MaildeskError('request.invalid', `${file} is too large for rules`)
  try {
    return [JSON.parse(text)].flat()
  } catch (error) {
    throw new MaildeskError('request.invalid', `${file} is no JSON`, {}, { cause: error })
  }
}

/** @throws MaildeskError request.invalid with everything at fault */
function readRules(written: readonly unknown[]): MailRule[] {
  const errors: FieldError[] = []
  const rules = written.flatMap((one, index) => {
    const reading = readMailRule(one)
    if (reading.ok) return [{ ...reading.rule, id: String(index) }]
    errors.push(
      ...reading.errors.map(({ field, message }) => ({ field: `rule ${index + 1} ${field}`, message })),
    )
    return []
  })
  if (errors.length > 0)
    throw new MaildeskError(
      'request.invalid',
      errors.map(({ field, message }) => `${field.trim()} ${message}`).join('; '),
    )
  return rules
}

async function getMailboxId(
  db: Parameters<typeof findMailboxByAddress>[0],
  address: string,
): Promise<MailboxId> {
  const mailbox = await findMailboxByAddress(db, address)
  if (!mailbox)
    throw new MaildeskError('request.not-found', `no mailbox ${address}; next: maildesk mailbox list`)
  return mailbox.id
}

function parseDate(text: string): Date {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new MaildeskError('request.invalid', `${text} is no date`)
  return date
}
