// From what a report says of a recipient to status, reason and whether the address is dead (behaviour: hard only when
// the address itself is gone; full, blocked and filtering mailboxes, and doubt, are soft).
import type { BouncedRecipient, DeliveryAction, FoundRecipient } from './bounce-types.ts'
import type { ReasonRow } from './reason-rows.ts'
import { reasonHinted, reasonOfStatus, reasonSaid } from './reasons.ts'
import { replyCodeIn, saysSomething, statusIn } from './status-code.ts'

/** UTF-16 units of diagnostics that are kept and looked at. */
const maxDiagnostic = 2_000

/** Which command of the SMTP dialogue the refusal answered; undefined when the report does not say. */
type Command = 'rcpt' | 'mail' | 'data' | 'connect' | undefined

/** How reports name the command; the first that is found. */
const commands: readonly { readonly command: Command; readonly phrases: readonly string[] }[] = [
  // Sent ahead of the answer (RFC 2920): DATA found no recipient left, so it was RCPT that was refused.
  { command: 'rcpt', phrases: ['need rcpt'] },
  {
    command: 'data',
    phrases: [
      'in reply to end of data',
      'in reply to data',
      'after end of data',
      '>>> data',
      'our final data',
      'smtp command data',
      'failed after i sent the message',
    ],
  },
  {
    command: 'mail',
    phrases: [
      'in reply to mail from',
      'after mail from',
      '>>> mail from',
      '[mail_from]',
      'our mail from',
      'sender was rejected',
    ],
  },
  {
    command: 'rcpt',
    phrases: [
      'in reply to rcpt to',
      'after rcpt',
      '>>> rcpt to',
      '<<< rcpt to',
      '[rcpt_to]',
      'smtp:rcpt',
      'our rcpt to',
      'rcpt to:',
      'does not like recipient',
      'remote server returned',
      '-> 550',
    ],
  },
  {
    command: 'connect',
    phrases: [
      'after initial connection',
      'after ehlo',
      'after helo',
      'in reply to ehlo',
      'in reply to helo',
      'my name was rejected',
    ],
  },
]

/** Statuses that say "no such user" by themselves (RFC 3463 §3.2; 5.1.10 and 5.1.351 are Exchange's). */
const unknownUserStatus = /^[45]\.1\.(1|3|10|351|0)$|^5\.4\.1$|^5\.5\.0$/
/** Words in which only the server that knows its users speaks. */
const surelyUnknown = [
  'delivery error: dd',
  'invalid recipient',
  'user not found',
  'recipient name is not recognized',
  'not listed in ',
  'ディレクトリには見つかりません',
  'address is correct',
  'address rejected.',
  '<@>: user unknown',
  '@... user unknown',
  '@... no such user',
  '@... unknown',
  "address couldn't be found",
]

/** Draws status, reason and death of one recipient. `sure`: the reporter looked the user up itself. */
export function judgeRecipient(found: FoundRecipient, sure: boolean): BouncedRecipient {
  const diagnostic = found.diagnostic.trim().slice(0, maxDiagnostic)
  const context = found.context.slice(0, maxDiagnostic)
  const given = found.status && /^[245]\.\d{1,3}\.\d{1,3}$/.test(found.status) ? found.status : undefined
  const status = firstTelling(statusIn(diagnostic), given, statusIn(context))
  const code = replyCodeIn(diagnostic) ?? replyCodeIn(context)
  const row = reasonOf(diagnostic, context, status, commandIn(`${diagnostic}\n${context}`))
  const action = found.action ?? actionOf(status, row)
  const shown = status ?? statusOf(row, code, action)
  return {
    address: found.address,
    action,
    status: shown,
    diagnostic: diagnostic || context.trim(),
    reason: row?.reason ?? 'unknown',
    dead:
      action === 'failed' &&
      row?.dead === true &&
      believed(row, status ?? shown, status !== undefined, diagnostic, context, sure),
  }
}

function firstTelling(...statuses: (string | undefined)[]): string | undefined {
  return statuses.find((status) => status && saysSomething(status)) ?? statuses.find(Boolean)
}

function reasonOf(
  diagnostic: string,
  context: string,
  status: string | undefined,
  command: Command,
): ReasonRow | undefined {
  const said = reasonSaid(diagnostic) ?? reasonSaid(context)
  // A refusal of the sender says nothing about the recipient, whatever its words (`user unknown`, `no such domain`).
  if ((command === 'mail' || command === 'connect') && said?.dead) return reasonOfStatus('5.1.8')
  return said ?? (status ? reasonOfStatus(status) : undefined) ?? reasonHinted(diagnostic)
}

function commandIn(said: string): Command {
  const text = said.toLowerCase().replace(/\s+/g, ' ')
  return commands.find((row) => row.phrases.some((phrase) => text.includes(phrase)))?.command
}

/**
 * A dead address is believed when a code says so, or the answer to RCPT TO, or a server that knows its users. "User
 * unknown" after the message was sent is what filters of some mobile carriers say.
 */
function believed(
  row: ReasonRow,
  status: string,
  given: boolean,
  diagnostic: string,
  context: string,
  sure: boolean,
): boolean {
  const temporary = status.startsWith('4')
  const command = commandIn(`${diagnostic}\n${context}`)
  if (row.reason !== 'user-unknown') return !temporary
  if (temporary) return command === 'rcpt' && status === '4.1.1'
  // What rules of Amazon SES answer is written by their owner; `mailbox does not exist` is the sample text.
  if (
    /\bdns; ?inbound-smtp\.[\w-]{1,40}\.amazonaws\.com/.test(context) &&
    /mailbox does not exist/i.test(diagnostic)
  )
    return false
  if (sure || (given && unknownUserStatus.test(status))) return true
  if (command === 'data') return surelySaid(diagnostic, ['delivery error: dd', 'invalid recipient'])
  return command === 'rcpt' || surelySaid(diagnostic || context, surelyUnknown)
}

function surelySaid(said: string, phrases: readonly string[]): boolean {
  const text = said
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/\s+/)
    .map((word) => (word.includes('@') ? withoutAddress(word) : word))
    .join(' ')
  return phrases.some((phrase) => text.includes(phrase))
}

function withoutAddress(word: string): string {
  return `${word.startsWith('<') ? '<' : ''}@${word.endsWith('>:') ? '>:' : ''}${word.endsWith('...') ? '...' : ''}`
}

function actionOf(status: string | undefined, row: ReasonRow | undefined): DeliveryAction {
  return status?.startsWith('2') && !row ? 'delivered' : 'failed'
}

function statusOf(row: ReasonRow | undefined, code: string | undefined, action: DeliveryAction): string {
  if (action === 'delivered' || action === 'relayed' || action === 'expanded') return '2.0.0'
  const status = row?.status ?? '5.0.0'
  const temporary = code ? code.startsWith('4') : action === 'delayed'
  return temporary ? `4${status.slice(1)}` : status
}
