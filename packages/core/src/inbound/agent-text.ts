// What of an agent's mail goes to the customer: only what was written now, and only when nothing of the notification it
// answers is left in it. Internal text, links into the desk and token addresses must never leave.

import { wordsOfOthers, wordsOfOurs } from '../outbound/compose-notification.ts'
import { withInlineAnswers } from '../text/reply/inline-answers.ts'
import { type ReplyReading, replyTextOf, textOfKind } from '../text/reply/reply-reading.ts'
import { maxTokenLength, tokenAtStart } from '../threading/reply-token.ts'
import { type AgentMailText, readAgentCommands } from './agent-commands.ts'
import type { ParsedEmail, ParsedPart } from './parsed-email.ts'

/** Letters and digits in a row that are no accident when they stand in both texts. */
const minTelling = 20
/** Lines of somebody else that one may repeat by accident: a greeting, a name, an address. */
const maxRepeatedLines = 1
/** UTF-16 units of an answer that are compared; a longer one is held. */
const maxCompared = 200_000

/** Divides what the agent wrote now into commands and text. Pure. */
export function readAgentMail(email: Pick<ParsedEmail, 'text' | 'reply'>): AgentMailText {
  return readAgentCommands(replyTextOf(email.text, email.reply.ranges))
}

/**
 * True when a text seems to hold parts of the notifications it may answer, or words that lead into the desk. Compared
 * without white space, quote marks and letter case, which mail programs change and wrap.
 */
export function holdsOurWords(
  text: string,
  notifications: readonly string[],
  urls: readonly string[],
): boolean {
  if (text.length > maxCompared || holdsToken(text)) return true
  const plain = folded(text)
  const isTelling = (line: string) => line.length >= minTelling && plain.includes(line.slice(0, minTelling))
  if (urls.some((url) => text.includes(url))) return true
  if (notifications.some((one) => wordsOfOurs(one).map(folded).some(isTelling))) return true
  // What stands behind a quote mark was left there to be answered line by line.
  const unmarked = folded(
    text
      .split('\n')
      .filter((line) => !line.startsWith('>'))
      .join('\n'),
  )
  return notifications.some((one) => {
    const lines = [...new Set(wordsOfOthers(one).map(folded))]
    const repeated = lines.filter((line) => line.length >= minTelling && unmarked.includes(line))
    return repeated.length > maxRepeatedLines
  })
}

/**
 * True when something seems to have been written into the quote of a notification, below the line that ends an answer: it
 * would be cut away with it, and the customer would get half an answer.
 */
export function hasWordsInsideQuote(
  { text, reply }: Pick<ParsedEmail, 'text' | 'reply'>,
  notifications: readonly string[],
): boolean {
  const all = withInlineAnswers(text, reply.ranges, notifications)
  return replyTextOf(text, all) !== replyTextOf(text, reply.ranges)
}

/**
 * Files of an agent's mail that go along to the customer: not a mail of ours that was attached, and not a picture that
 * only the quote or the signature shows.
 */
export function partsToSend(
  email: Pick<ParsedEmail, 'parts' | 'attachedMails' | 'html' | 'reply'>,
): ParsedPart[] {
  const ours = email.attachedMails.filter(({ messageId, text, to, cc }) =>
    holdsToken([messageId, text, ...[...to, ...cc].map(({ address }) => address)].join('\n')),
  )
  const shown = htmlOfReply(email.html, email.reply)
  return email.parts.filter((part) => {
    // What a container holds follows as parts of its own; signatures and keys say nothing of what we send.
    if (part.role !== undefined) return false
    if (ours.some(({ path }) => part.path === path || part.path.startsWith(`${path}.`))) return false
    return (
      part.disposition === 'attachment' || part.contentId === null || shown.includes(`cid:${part.contentId}`)
    )
  })
}

function htmlOfReply(html: string | null, { htmlRanges }: ReplyReading): string {
  return html === null || htmlRanges === null ? (html ?? '') : textOfKind(html, htmlRanges, 'reply')
}

/** A word of the shape of our tokens; the mac is not looked at. */
function holdsToken(text: string): boolean {
  const lower = text.toLowerCase()
  for (let at = lower.indexOf('t1.'); at >= 0; at = lower.indexOf('t1.', at + 1)) {
    if (tokenAtStart(lower.slice(at, at + maxTokenLength))) return true
  }
  return false
}

function folded(text: string): string {
  return text.replace(/[\s>|*_\u00ad\u200b-\u200f\ufeff]/g, '').toLowerCase()
}
