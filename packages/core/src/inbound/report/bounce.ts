// Reads what reports say of the delivery of a mail: RFC 3464 and RFC 6533 status blocks, X-Failed-Recipients, and the
// plain words of the mail systems that never learned either. Pure; linear in the mail; never throws.
import { headerValues, type ParsedEmail } from '../parsed-email.ts'
import type { Bounce, FoundRecipient } from './bounce-types.ts'
import { readCloudNotice } from './cloud-notice.ts'
import { type FieldBlock, firstField, readBlocks } from './field-blocks.ts'
import { maxRecipients, namesProgram, paragraphsOf, readFreeText } from './free-text.ts'
import { judgeRecipient } from './judge-recipient.ts'
import { addressIn } from './report-address.ts'
import { isPassedOn, looksLikeReport, namesReport, subjectOnly } from './report-signs.ts'
import { idIn, messageIdIn, returnedAt } from './returned-mail.ts'
import { recipientsOf } from './status-blocks.ts'

/** UTF-16 units of the body that are looked at. */
const maxText = 256 * 1024
const maxLines = 5_000

const read = new WeakMap<ParsedEmail, Bounce | null>()

/**
 * The delivery report that a mail is; null when it is none. Auto-replies that quote one are none, neither are mails that
 * a person forwards.
 */
export function readBounce(email: ParsedEmail): Bounce | null {
  const known = read.get(email)
  if (known !== undefined) return known
  const bounce = readOnce(email)
  read.set(email, bounce)
  return bounce
}

function readOnce(email: ParsedEmail): Bounce | null {
  if (isPassedOn(email)) return null
  const lines = email.text.slice(0, maxText).split(/\r?\n/, maxLines)
  const cut = returnedAt(lines)
  const above = lines.slice(0, cut)
  const found =
    statusParts(email, above) ??
    inlineBlocks(email, [lines.join('\n')], lines) ??
    words(email, lines, cut) ??
    inlineBlocks(email, returnedTexts(email), lines) ??
    fromReturned(email, lines, cut)
  if (!found) return null
  const recipients = found.recipients.map((recipient) => judgeRecipient(recipient, found.sure))
  const failed = recipients.filter(({ action }) => action === 'failed')
  return {
    recipients,
    permanent: failed.length > 0 && failed.every(({ dead }) => dead),
    originalMessageId: originalId(email, lines, cut),
    recogniser: found.recogniser,
  }
}

interface Found {
  readonly recogniser: string
  readonly sure: boolean
  readonly recipients: readonly FoundRecipient[]
}

function isStatus(contentType: string): boolean {
  return contentType === 'message/delivery-status' || contentType === 'message/global-delivery-status'
}

/** RFC 3464: the machine-readable part. When it names nobody, the words of the report do. */
function statusParts(email: ParsedEmail, above: readonly string[]): Found | undefined {
  const parts = email.reportParts.filter(({ contentType }) => isStatus(contentType))
  if (parts.length === 0) return undefined
  const blocks = parts.flatMap(({ text }) => readBlocks(text))
  const failed = failedRecipients(email)
  const recipients = recipientsOf(blocks, above, failed)
  const inWords = readFreeText(above, true)
  const sure = inWords?.recogniser.sure === true
  if (recipients.length > 0) return { recogniser: 'rfc3464', sure, recipients }
  const summary = blocks.flatMap((block) => [...block.values()].flat()).join('\n')
  if (inWords) {
    return {
      recogniser: inWords.recogniser.name,
      sure,
      recipients: inWords.recipients.map((one) => ({ ...one, context: `${one.context}\n${summary}` })),
    }
  }
  return failed.length > 0
    ? fromHeader(failed, above)
    : { recogniser: 'rfc3464', sure: false, recipients: [] }
}

/** The same fields in a text: reports whose MIME structure was lost on the way. */
function inlineBlocks(
  email: ParsedEmail,
  texts: readonly string[],
  lines: readonly string[],
): Found | undefined {
  if (!looksLikeReport(email)) return undefined
  for (const text of texts) {
    const blocks = readBlocks(text).filter((block) => block.has('action') && block.has('final-recipient'))
    const recipients = recipientsOf(blocks, lines.slice(0, 200), [])
    if (recipients.length > 0) return { recogniser: 'rfc3464-inline', sure: false, recipients }
  }
  return undefined
}

/** Mails inside: last, because the mail that comes back may be a report itself. */
function returnedTexts(email: ParsedEmail): string[] {
  return email.reportParts
    .filter(({ contentType }) => contentType === 'message/rfc822')
    .map(({ text }) => text)
}

function words(email: ParsedEmail, lines: readonly string[], cut: number): Found | undefined {
  const above = lines.slice(0, cut)
  if (isAutoReply(email)) return undefined
  const notice = readCloudNotice(email.text.slice(0, maxText))
  if (notice) return { recogniser: 'amazon-sns', sure: true, recipients: notice }
  const failed = failedRecipients(email)
  // A subject alone is what a person may write, too (`Undelivered parcel`): then it takes a returned mail or the words
  // of a program.
  const isHeard =
    !subjectOnly(email) || cut < lines.length || email.reportParts.length > 0 || namesProgram(above)
  if (failed.length === 0 && !isHeard) return undefined
  const read = readFreeText(above, failed.length > 0 || looksLikeReport(email))
  const found = read && {
    recogniser: read.recogniser.name,
    sure: read.recogniser.sure === true,
    recipients: read.recipients,
  }
  if (failed.length === 0) return found
  // The header names them for certain; the words say why.
  const known = found?.recipients.filter(({ address }) =>
    failed.some((one) => one.toLowerCase() === address.toLowerCase()),
  )
  return found && known && known.length > 0 ? { ...found, recipients: known } : fromHeader(failed, above)
}

/** Marked as an answer of a person's mailbox, and not sent by a mail system: those mark their reports the same way. */
function isAutoReply(email: ParsedEmail): boolean {
  const marked =
    headerValues(email, 'auto-submitted').some((value) => /^\s*auto-(?:replied|generated)/i.test(value)) ||
    ['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-ms-exchange-inbox-rules-loop'].some(
      (name) => headerValues(email, name).length > 0,
    )
  return marked && !namesReport(email) && headerValues(email, 'x-failed-recipients').length === 0
}

function failedRecipients(email: ParsedEmail): string[] {
  const values = headerValues(email, 'x-failed-recipients').flatMap((value) =>
    value.split(',', maxRecipients),
  )
  return [...new Set(values.flatMap((value) => addressIn(value) ?? []))].slice(0, maxRecipients)
}

function fromHeader(failed: readonly string[], above: readonly string[]): Found {
  const text = above.slice(0, 60).join('\n').slice(0, 8_000)
  const saidOf = paragraphsOf(above)
  return {
    recogniser: 'x-failed-recipients',
    sure: false,
    recipients: failed.map((address) => ({
      address,
      action: undefined,
      status: undefined,
      diagnostic: saidOf(address),
      context: text,
    })),
  }
}

/** Who a returned mail was for: what the last server wrote into Received, else the one address of To. */
function envelopeRecipient(block: FieldBlock): string | undefined {
  const received = block.get('received')?.[0] ?? ''
  const at = received.search(/\sfor\s/)
  const to = firstField(block, 'to') ?? ''
  return (
    (at < 0 ? undefined : addressIn(received.slice(at + 4, at + 300))) ??
    (to.includes(',') ? undefined : addressIn(to))
  )
}

/** A report that names nobody returns a mail: it is about whom that was for. */
function fromReturned(email: ParsedEmail, lines: readonly string[], cut: number): Found | undefined {
  const returned = email.reportParts.find(({ contentType }) => /rfc822|global/.test(contentType))?.text
  if (!namesReport(email) || isAutoReply(email)) return undefined
  const blocks = readBlocks(returned ?? lines.slice(cut).join('\n')).slice(0, 5)
  const address = blocks.map(envelopeRecipient).find(Boolean)
  if (!address) return undefined
  const context = `${email.subject}\n${lines.slice(0, Math.min(cut, 60)).join('\n')}`
  return {
    recogniser: 'returned-mail',
    sure: false,
    recipients: [{ address, action: undefined, status: undefined, diagnostic: '', context }],
  }
}

function originalId(email: ParsedEmail, lines: readonly string[], cut: number): string | null {
  for (const { contentType, text } of email.reportParts) {
    if (isStatus(contentType)) {
      const given = readBlocks(text).flatMap(
        (block) => firstField(block, 'x-original-message-id', 'original-message-id') ?? [],
      )[0]
      const id = given && idIn(given)
      if (id) return id
    }
  }
  for (const { contentType, text } of email.reportParts) {
    const id = /rfc822|global$|global-headers/.test(contentType)
      ? messageIdIn(text.split(/\r?\n/, maxLines))
      : null
    if (id) return id
  }
  return messageIdIn(lines.slice(cut)) ?? messageIdIn(lines)
}
