// What kind of mail is it, and may a machine answer it? Two questions, one table of evidence.
// RFC 3834 (automatic responses), RFC 3464 (delivery reports), RFC 5965 (complaints), RFC 8098 (read receipts),
// and the header fields that real mail programs use instead.
import { databaseText } from '../text/database-text.ts'
import { tokenOfMessageId, verifyReplyToken } from '../threading/reply-token.ts'
import { isMachineAddress, isOwnAddress } from './addresses.ts'
import { listFields, listMachine } from './list-mail.ts'
import { loopField, readLoopMark } from './loop-mark.ts'
import { headerValues, type ParsedEmail } from './parsed-email.ts'
import { readBounce } from './report/bounce.ts'
import { complaintShown } from './report/complaint.ts'
import { isPassedOn } from './report/report-signs.ts'
import { vacationSubject } from './report/vacation.ts'

export type MailKind =
  | 'human'
  | 'auto_reply'
  | 'auto_generated'
  | 'bounce'
  | 'delivery_notice'
  | 'complaint'
  | 'list'
  | 'loop'

export interface Reason {
  readonly rule: string
  readonly evidence: string
}

export interface Classification {
  readonly kind: MailKind
  /** May an automatic answer be sent? */
  readonly mayAnswer: boolean
  readonly reasons: readonly Reason[]
}

/** One piece of evidence: a kind it speaks for, or only that nothing may answer. */
interface Indicator {
  readonly rule: string
  readonly means: Exclude<MailKind, 'human'> | 'no-answer'
  /** What in the mail shows it; undefined when nothing does. */
  readonly find: (email: ParsedEmail) => string | undefined
}

/** The strongest kind first: a delivery report that is also marked auto-generated is a delivery report. */
const strength: readonly MailKind[] = [
  'loop',
  'bounce',
  'delivery_notice',
  'complaint',
  'auto_reply',
  'auto_generated',
  'list',
]

/** Received fields of an honest mail; RFC 5321 §6.3 lets servers refuse from 100 on, by when a loop has cost much. */
const maxReceived = 30
/** Automatic mails that led to this one, by its own count. */
const maxLoopHops = 5
/** UTF-16 units kept of what showed a rule; it goes into the decision that the ledger keeps. */
const maxEvidence = 200

const has =
  (name: string, pattern: RegExp = /./) =>
  (email: ParsedEmail): string | undefined =>
    headerValues(email, name).find((value) => pattern.test(value))

/** The word of Auto-Submitted without comments and parameters (RFC 3834 §5); of several fields the one that is not `no`. */
function autoSubmitted(email: ParsedEmail): string | undefined {
  const words = headerValues(email, 'auto-submitted').map((value) =>
    withoutComments(value).split(';')[0]?.trim().toLowerCase(),
  )
  return words.find((word) => word && word !== 'no') ?? words.find(Boolean)
}

/** `auto-replied`, and the `vacation` that some programs write for it. */
function isReplyWord(word: string | undefined): boolean {
  return word === 'auto-replied' || word?.includes('vacation') === true
}

/** Comments may nest (RFC 5322 §3.2.2); an unclosed one reaches to the end. Linear. */
function withoutComments(value: string): string {
  let depth = 0
  let rest = ''
  for (const character of value) {
    if (character === '(') depth += 1
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (depth === 0) rest += character
  }
  return rest
}

function reportType(email: ParsedEmail): string | undefined {
  const [type] = headerValues(email, 'content-type')
  return type && /^\s*multipart\/report\b/i.test(type)
    ? (/report-type\s*=\s*"?([\w-]+)/i.exec(type)?.[1]?.toLowerCase() ?? '')
    : undefined
}

function deliveryReport(email: ParsedEmail): 'bounce' | 'delivery_notice' | undefined {
  if (isPassedOn(email)) return undefined
  const isReport =
    reportType(email) === 'delivery-status' ||
    email.parts.some((part) => /^message\/(global-)?delivery-status$/.test(part.contentType))
  const recipients = readBounce(email)?.recipients ?? []
  if (!isReport && recipients.length === 0) return undefined
  if (recipients.length > 0)
    return recipients.some(({ action }) => action === 'failed') ? 'bounce' : 'delivery_notice'
  return /\bdelay(ed)?\b/i.test(email.subject) ? 'delivery_notice' : 'bounce'
}

/** How the report was recognised. */
function reportEvidence(email: ParsedEmail): string {
  const recipient = readBounce(email)?.recipients[0]
  if (!recipient) return 'report-type=delivery-status'
  return `${readBounce(email)?.recogniser}: ${recipient.action} ${recipient.status} ${recipient.address}`
}

/** A read receipt (RFC 8098), by its type or by its part. */
function dispositionReport(email: ParsedEmail): string | undefined {
  if (reportType(email) === 'disposition-notification') return 'report-type=disposition-notification'
  if (isPassedOn(email)) return undefined
  return email.parts.find(({ contentType }) =>
    /^message\/(global-)?disposition-notification$/.test(contentType),
  )?.contentType
}

/** Sent to many, and by no list: a machine. */
function bulkWithoutList(email: ParsedEmail): string | undefined {
  if (listFields.some((name) => headerValues(email, name).length > 0)) return undefined
  return ['precedence', 'x-precedence']
    .flatMap((name) => headerValues(email, name))
    .find((value) => /^\s*(bulk|junk|list)\b/i.test(value))
}

/** `X-Loop`, `X-RT-Loop-Prevention`, `X-OTRS-Loop` …: a help desk that asks not to be answered. Our own is read apart. */
function loopMark(email: ParsedEmail): string | undefined {
  const field = email.headers.find(
    ({ name, value }) =>
      name !== loopField.toLowerCase() &&
      /^x-(?:[a-z0-9]{1,30}-)?(?:no-)?loop(?:-prevention)?$/.test(name) &&
      !['', 'no', 'false', '0'].includes(value.trim().toLowerCase()),
  )
  return field && `${field.name}: ${field.value}`
}

function nullReversePath(email: ParsedEmail): boolean {
  return headerValues(email, 'return-path').some((value) => value.trim() === '<>')
}

/** THE TABLE. Order does not matter: `strength` decides between kinds. */
export const indicators: readonly Indicator[] = [
  {
    rule: 'delivery-status-report',
    means: 'bounce',
    find: (email) => (deliveryReport(email) === 'bounce' ? reportEvidence(email) : undefined),
  },
  {
    rule: 'delay-report',
    means: 'delivery_notice',
    find: (email) => (deliveryReport(email) === 'delivery_notice' ? reportEvidence(email) : undefined),
  },
  // Not a kind of its own: like a delay it says how far a mail of ours came, and nothing answers it.
  { rule: 'disposition-report', means: 'delivery_notice', find: dispositionReport },
  {
    rule: 'feedback-report',
    means: 'complaint',
    find: (email) =>
      reportType(email) === 'feedback-report' ? 'report-type=feedback-report' : complaintShown(email),
  },
  { rule: 'apple-unsubscribe', means: 'complaint', find: has('x-apple-unsubscribe', /^\s*true/i) },
  {
    rule: 'failed-recipients',
    means: 'bounce',
    find: (email) =>
      deliveryReport(email) === 'delivery_notice' ? undefined : has('x-failed-recipients')(email),
  },
  {
    rule: 'daemon-with-null-reverse-path',
    means: 'bounce',
    find: (email) =>
      nullReversePath(email) &&
      email.from.some((from) => /^(mailer-daemon|postmaster)@/i.test(from.address)) &&
      deliveryReport(email) === undefined
        ? 'Return-Path: <>'
        : undefined,
  },
  {
    rule: 'auto-submitted',
    means: 'auto_reply',
    find: (email) => (isReplyWord(autoSubmitted(email)) ? autoSubmitted(email) : undefined),
  },
  {
    rule: 'auto-submitted',
    means: 'auto_generated',
    find: (email) => {
      const word = autoSubmitted(email)
      return word === 'no' || isReplyWord(word) ? undefined : word
    },
  },
  {
    rule: 'precedence',
    means: 'auto_reply',
    find: (email) =>
      has('precedence', /^\s*auto[_-]reply/i)(email) ?? has('x-precedence', /^\s*auto[_-]reply/i)(email),
  },
  ...[
    'x-autoreply',
    'x-auto-reply',
    'x-autorespond',
    'x-autoresponder',
    'x-autoresponse',
    'x-autoreply-from',
    'x-mail-autoreply',
    'x-autoreply-id',
    'x-vacation',
  ].map((name): Indicator => ({ rule: name, means: 'auto_reply', find: has(name, /^(?!\s*no\s*$)/i) })),
  { rule: 'x-autogenerated', means: 'auto_reply', find: has('x-autogenerated', /^\s*reply/i) },
  {
    rule: 'exchange-inbox-rule',
    means: 'auto_reply',
    find: (email) =>
      has('x-auto-response-suppress')(email) ? has('x-ms-exchange-inbox-rules-loop')(email) : undefined,
  },
  { rule: 'exchange-generated', means: 'auto_reply', find: has('x-ms-exchange-generated-message-source') },
  {
    rule: 'delivered-to-autoresponder',
    means: 'auto_reply',
    find: has('delivered-to', /^\s*autoresponder\b/i),
  },
  { rule: 'post-message-class', means: 'auto_reply', find: has('x-post-messageclass', /^\s*9\b/) },
  { rule: 'apple-action', means: 'auto_reply', find: has('x-apple-action', /^\s*vacation\b/i) },
  {
    rule: 'machine-generated',
    means: 'auto_generated',
    find: has('x-fc-machinegenerated', /^(?!\s*(?:no|false)\s*$)/i),
  },
  { rule: 'cron', means: 'auto_generated', find: has('x-cron-env') },
  {
    rule: 'amazon-notification',
    means: 'auto_generated',
    find: has('x-amazon-mail-relay-type', /notification/i),
  },
  {
    rule: 'machine-sender',
    means: 'auto_generated',
    find: (email) => email.from.find((from) => isMachineAddress(from.address))?.address,
  },
  {
    rule: 'vacation-subject',
    means: 'auto_reply',
    find: (email) => vacationSubject(email, nullReversePath(email)),
  },
  { rule: 'bulk-without-list', means: 'auto_generated', find: bulkWithoutList },
  { rule: 'list-machine', means: 'list', find: listMachine },
  ...listFields.map((name): Indicator => ({ rule: name, means: 'no-answer', find: has(name) })),
  { rule: 'loop-mark', means: 'no-answer', find: loopMark },
  {
    rule: 'precedence',
    means: 'no-answer',
    find: (email) =>
      has('precedence', /^\s*(list|bulk|junk)/i)(email) ??
      has('x-precedence', /^\s*(list|bulk|junk)/i)(email),
  },
  {
    rule: 'response-suppressed',
    means: 'no-answer',
    find: has('x-auto-response-suppress', /\b(all|oof|autoreply)\b/i),
  },
  { rule: 'x-no-ack', means: 'no-answer', find: has('x-no-ack', /^(?!\s*no\s*$)/i) },
  { rule: 'x-ack', means: 'no-answer', find: has('x-ack', /^\s*no\b/i) },
  {
    rule: 'null-reverse-path',
    means: 'no-answer',
    find: (email) => (nullReversePath(email) ? 'Return-Path: <>' : undefined),
  },
  {
    rule: 'no-usable-sender',
    means: 'no-answer',
    find: (email) => (email.from[0]?.address ? undefined : 'no From address'),
  },
  {
    rule: 'hop-count',
    means: 'loop',
    find: (email) =>
      headerValues(email, 'received').length > maxReceived
        ? `${headerValues(email, 'received').length} Received fields`
        : undefined,
  },
]

/** What only the desk knows and the mail does not say. */
interface DeskKnowledge {
  /** Keys of reply tokens: with them, a mail whose own Message-ID is one that we signed is a mail of ours that came back. */
  readonly tokenKeys?: readonly string[]
  /** False: nothing answers a mail that names none of our addresses in To or Cc (we were in Bcc, or a list was). */
  readonly answersUnnamed?: boolean
}

/**
 * Classifies one mail. Pure; `ownAddresses` are those of all our mailboxes, in normal form. Without `desk` the mail is
 * judged by itself.
 */
export function classifyEmail(
  email: ParsedEmail,
  ownAddresses: readonly string[] = [],
  desk: DeskKnowledge = {},
): Classification {
  const found = indicators.flatMap(({ rule, means, find }) => {
    const evidence = find(email)
    return evidence === undefined ? [] : [{ rule, means, evidence: databaseText(evidence, maxEvidence) }]
  })
  const ownSender = email.from
    .map((from) => from.address)
    .find((address) => isOwnAddress(address, ownAddresses))
  if (ownSender) found.push({ rule: 'own-sender', means: 'loop', evidence: ownSender })
  const token = tokenOfMessageId(email.messageId ?? '')
  if (email.messageId && token && verifyReplyToken(token, desk.tokenKeys ?? []))
    found.push({
      rule: 'own-message-id',
      means: 'loop',
      evidence: databaseText(email.messageId, maxEvidence),
    })
  const mark = readLoopMark(email, desk.tokenKeys ?? [])
  if (mark)
    found.push({
      rule: 'desk-loop',
      means: mark.of === 'own' || mark.hops > maxLoopHops ? 'loop' : 'auto_generated',
      evidence: `${mark.of} mark, ${mark.hops} hops`,
    })
  const isNamed = [...email.to, ...email.cc].some(({ address }) => isOwnAddress(address, ownAddresses))
  if (desk.answersUnnamed === false && ownAddresses.length > 0 && !isNamed)
    found.push({ rule: 'not-named', means: 'no-answer', evidence: 'none of our addresses in To or Cc' })

  const kind = strength.find((candidate) => found.some(({ means }) => means === candidate)) ?? 'human'
  return {
    kind,
    mayAnswer: found.length === 0,
    reasons: found.map(({ rule, evidence }) => ({ rule, evidence })),
  }
}
