// A mail becomes a message of its ticket: its text, its Message-IDs, its files.
import {
  answerAddress,
  databaseText,
  hasCut,
  hasQuote,
  headerValues,
  type InboundDecision,
  type MessageFlag,
  type MessageId,
  type ParsedEmail,
  type ParsedPart,
  type Rfc822Id,
  restrictionOf,
  type TextRange,
  type TicketId,
  withInlineAnswers,
} from '@maildesk/core'
import {
  type InboundEmailRow,
  insertAttachments,
  insertMessage,
  insertWireIds,
  listTextsOfTicket,
  type MessageRow,
  type Transaction,
  type UserRow,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { DeskDeps } from './deps.ts'

/** Longest file name, UTF-16 units; as in the schema. */
const maxFilename = 255
/** UTF-16 units kept of a header field that answers echo. */
const maxThreadHeader = 1000

/** Writes the message of a mail with its ids and files. @throws MaildeskError db.* */
export async function fileMessage(
  tx: Transaction,
  deps: DeskDeps,
  row: InboundEmailRow,
  email: ParsedEmail,
  ticketId: TicketId,
  sender: UserRow,
  how: {
    readonly internal: boolean
    readonly unverified: boolean
    readonly automatic: boolean
    readonly flags: readonly MessageFlag[]
    readonly decision: unknown
    /** Of its ticket: what it repeats stands nowhere else, and is not folded away. */
    readonly isFirst: boolean
    /** In place of all the mail's text; then its HTML is left out as well. */
    readonly text?: string
    /** In place of all the mail's files. */
    readonly parts?: readonly ParsedPart[]
    /** When it was written, where that is not when the mail came. */
    readonly writtenAt?: Date
    /** In place of the mail's own Message-ID and references. */
    readonly rfc822Id?: Rfc822Id | null
    /** In place of the mail's Reply-To. */
    readonly answerTo?: string | null
    /** We were only Bcc'd. */
    readonly isBlindCopy?: boolean
  },
): Promise<MessageRow> {
  const isRebuilt = how.text !== undefined
  const rfc822Id = how.rfc822Id === undefined ? email.messageId : how.rfc822Id
  const message = await insertMessage(tx, {
    id: deps.ids.uuid() as MessageId,
    ticket_id: ticketId,
    sender_id: sender.id,
    message_text: databaseText(how.text ?? email.text),
    html: email.html === null || isRebuilt ? null : databaseText(email.html),
    text_ranges: how.isFirst || isRebuilt ? null : await writtenNow(tx, email, ticketId),
    // The order in a ticket follows the ledger, which the sender cannot write; the Date field decides nothing.
    ...(how.writtenAt ? { created_at: how.writtenAt } : {}),
    is_from_customer: sender.role === 'customer',
    is_internal: how.internal,
    is_unverified: how.unverified,
    is_automatic: how.automatic,
    answer_to: how.answerTo === undefined ? (answerAddress(email) ?? null) : how.answerTo,
    flags: how.flags,
    decision: how.decision,
    read_by_customer: sender.role === 'customer',
    source: 'email',
    // What is rebuilt is another mail than the one that brought it.
    ...(isRebuilt ? {} : threadHeadersOf(email)),
    is_blind_copy: how.isBlindCopy ?? false,
    rfc822_id: rfc822Id,
    inbound_email_id: row.id,
  })
  await failpoint('file.message-inserted')
  await insertWireIds(tx, {
    id: message.id,
    ticketId,
    rfc822Id,
    references:
      how.rfc822Id === undefined
        ? [...email.references, ...email.inReplyTo.filter((id) => !email.references.includes(id))]
        : [],
  })
  const policy = { allowedTypes: deps.settings.attachmentTypes, maxBytes: deps.settings.maxAttachmentBytes }
  await insertAttachments(
    tx,
    (how.parts ?? email.parts).map((part) => ({
      id: deps.ids.uuid() as never,
      ticket_id: ticketId,
      message_id: message.id,
      uploaded_by_id: sender.id,
      file: part.blob,
      filename: databaseText(part.filename, maxFilename),
      file_size: part.size,
      content_type: part.contentType,
      source: 'email',
      disposition: part.disposition,
      content_id: part.contentId,
      part_path: part.path,
      restricted_reason: restrictionOf(part, policy) ?? null,
    })),
  )
  await failpoint('file.files-inserted')
  return message
}

/** What an answer to it echoes. */
function threadHeadersOf(email: ParsedEmail) {
  const header = (name: string) => {
    const [value] = headerValues(email, name)
    return value === undefined ? null : databaseText(value, maxThreadHeader)
  }
  return { thread_index: header('thread-index'), thread_topic: header('thread-topic') }
}

/** What of a mail to this ticket was written now, its answers in the middle of our own words too; null when all of it was. */
async function writtenNow(
  tx: Transaction,
  { text, reply: { ranges } }: ParsedEmail,
  ticketId: TicketId,
): Promise<readonly TextRange[] | null> {
  if (!hasQuote(ranges)) return hasCut(ranges) ? ranges : null
  const all = withInlineAnswers(text, ranges, await listTextsOfTicket(tx, ticketId))
  return hasCut(all) ? all : null
}

/** Why the message is where it is: what decided, with which evidence, and what else there was. */
export function traceOf({ verdict, decidedBy, facts }: InboundDecision) {
  return { verdict, decided_by: decidedBy, evidence: facts.evidence, authentication: facts.authentication }
}
