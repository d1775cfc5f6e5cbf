// Mail to our own staff: what happened, in whose words, and how to answer. And what an agent is told when a mail of
// theirs was kept inside.
import type { Rfc822Id } from '../ids.ts'
import { domainOf } from '../inbound/addresses.ts'
import type { CommandProblem } from '../inbound/agent-commands.ts'
import type { MailAddress } from '../inbound/mail-address.ts'
import { databaseText } from '../text/database-text.ts'
import { baseSubject } from '../text/subject.ts'
import { signReplyToken, type TokenRole, tokenAddress, tokenMessageId } from '../threading/reply-token.ts'
import type { SendingMailbox, Stamp } from './compose-email.ts'
import { escapeHtml } from './escape-html.ts'
import { boundaryLineOf, type HeldReason, notificationWords } from './notification-template.ts'
import type { NotifyEvent, ToNotify } from './notify.ts'
import type { ComposedEmail } from './types.ts'

export interface Notification {
  readonly event: NotifyEvent
  readonly as: ToNotify['as']
  /** Who did it, as shown; attacker's text. */
  readonly who: string
  readonly ticketNumber: string
  readonly title: string
  /** Where the ticket is looked at. */
  readonly url: string
  /** What was written, without quotes; null when the event has no words. */
  readonly text: string | null
  readonly files: number
  /** Who wrote it may not be who they say, or not of the ticket. */
  readonly isUnverified: boolean
  /** A language tag (BCP 47). */
  readonly language: string
  /** `internal`: an answer stays inside, whichever address it is sent to. */
  readonly role: TokenRole
  /** The mail it tells of, so that mail programs show them together. */
  readonly about: Rfc822Id | null
}

/** UTF-16 units of a message that go along. */
const maxText = 10_000
/** UTF-16 units of a title or name that are shown. */
const maxTitle = 200
/** Octets of a Message-ID that is repeated. */
const maxMessageId = 500

/** The mail to one agent. Its token says which ticket and, by its nonce, which agent. */
export function composeNotification(
  to: MailAddress,
  about: Notification,
  mailbox: SendingMailbox,
  stamp: Stamp,
): ComposedEmail {
  const words = notificationWords(about.language)
  const who = oneLine(about.who) || '?'
  const tokens = tokensOf(about.ticketNumber, about.role, mailbox, stamp)
  const said = saidText(about, words.cutShort)
  const head = [boundaryLineOf(words), words.what(about.event, who, about.ticketNumber, about.as)]
  const foot = [
    [words.ticket(about.ticketNumber, oneLine(about.title)), about.url],
    about.role === 'internal' ? [words.answerInternally] : [words.answer, words.note(tokens.noteAddress)],
    [words.commands],
  ]
  const files = [
    ...(about.files > 0 ? [words.files(about.files)] : []),
    ...(about.isUnverified ? [words.unverified] : []),
  ]
  const blocks = [
    ...head,
    ...(said ? [indented(said)] : []),
    ...files,
    ...foot.map((lines) => lines.join('\n')),
  ]
  return {
    ...envelopeOf(to, mailbox, stamp, tokens),
    from: { name: [who, mailbox.displayName].filter(Boolean).join(' – '), address: mailbox.address },
    subject: `[#${about.ticketNumber}] ${subjectOf(about.title)}`,
    inReplyTo: about.about && about.about.length <= maxMessageId ? about.about : null,
    references: about.about && about.about.length <= maxMessageId ? [about.about] : [],
    text: `${blocks.join('\n\n')}\n`,
    html: htmlOf(boundaryLineOf(words), [
      ...head.slice(1),
      ...(said ? [{ said }] : []),
      ...files,
      ...foot.map((lines) => lines.join('\n')),
    ]),
  }
}

export interface HeldMail {
  readonly reason: HeldReason
  readonly ticketNumber: string
  readonly url: string
  readonly problems: readonly CommandProblem[]
  readonly language: string
}

/** Tells an agent that a mail of theirs was not sent on. Nothing of the mail but the lines at fault is repeated. */
export function composeHeldNotice(
  to: MailAddress,
  held: HeldMail,
  mailbox: SendingMailbox,
  stamp: Stamp,
): ComposedEmail {
  const words = notificationWords(held.language)
  const lines = held.problems.map(
    ({ line, problem }) => `  ${[oneLine(line), problem].filter(Boolean).join(' – ')}`,
  )
  const blocks = [
    boundaryLineOf(words),
    words.held.what(held.ticketNumber),
    [words.held.why[held.reason], ...lines].join('\n'),
    held.url,
    ...(held.reason === 'unverified' ? [words.held.next] : []),
  ]
  return {
    ...envelopeOf(to, mailbox, stamp, tokensOf(held.ticketNumber, 'internal', mailbox, stamp)),
    from: { name: mailbox.displayName, address: mailbox.address },
    subject: words.held.subject(held.ticketNumber),
    inReplyTo: null,
    references: [],
    text: `${blocks.join('\n\n')}\n`,
    html: null,
  }
}

/** Stretches of a text of ours that may stand in nothing that leaves: all but what it repeats of others. */
export function wordsOfOurs(notification: string): string[] {
  return notification
    .split('\n')
    .filter((line) => !line.startsWith(indent))
    .map((line) => line.trim())
    .filter(Boolean)
}

/** What a notification repeats of others, line by line. */
export function wordsOfOthers(notification: string): string[] {
  return notification
    .split('\n')
    .filter((line) => line.startsWith(indent))
    .map((line) => line.trim())
    .filter(Boolean)
}

/** White space before what somebody else wrote; not `>`, which would make it a quote within the quote. */
const indent = '    '

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.trim() === '' ? '' : `${indent}${line}`))
    .join('\n')
}

function saidText({ text }: Notification, cutShort: string): string {
  const said = databaseText((text ?? '').trim(), maxText)
  return said.length < (text ?? '').trim().length ? `${said}\n${cutShort}` : said
}

interface Tokens {
  readonly messageId: Rfc822Id
  readonly replyTo: string | undefined
  readonly noteAddress: string | null
}

function tokensOf(ticketNumber: string, role: TokenRole, mailbox: SendingMailbox, stamp: Stamp): Tokens {
  const sign = (as: TokenRole) =>
    signReplyToken({ ticketNumber, role: as, nonce: stamp.nonce }, stamp.tokenKeys)
  const address = (as: TokenRole) =>
    mailbox.subAddressing ? tokenAddress(mailbox.address, sign(as), mailbox.replyDomain) : undefined
  return {
    messageId: tokenMessageId(sign(role), domainOf(mailbox.address)) as Rfc822Id,
    replyTo: address(role),
    noteAddress: address('internal') ?? null,
  }
}

function envelopeOf(to: MailAddress, mailbox: SendingMailbox, stamp: Stamp, tokens: Tokens) {
  return {
    messageId: tokens.messageId,
    date: stamp.now.toISOString(),
    to: [to],
    cc: [],
    replyTo: tokens.replyTo ? { name: mailbox.displayName, address: tokens.replyTo } : null,
    headers: [],
  }
}

function subjectOf(title: string): string {
  return databaseText(baseSubject(title), maxTitle) || '…'
}

function oneLine(text: string): string {
  return databaseText(text.replace(/\s+/g, ' ').trim(), maxTitle)
}

/** Paragraphs of escaped text; nothing in it can be anything else. */
function htmlOf(boundary: string, blocks: readonly (string | { readonly said: string })[]): string {
  const paragraphs = blocks.map((block) =>
    typeof block === 'string'
      ? `<p>${lines(block)}</p>`
      : `<div style="margin:0 0 0 1em">${lines(block.said)}</div>`,
  )
  // The class is what `html-marks.ts` looks for in an answer.
  return `<p class="maildesk-boundary">${escapeHtml(boundary)}</p>\n<div>${paragraphs.join('\n')}</div>\n`
}

function lines(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>\n')
}
