// Complaints: feedback reports (RFC 5965) and the forms that are older than it.
import type { ParsedEmail } from '../parsed-email.ts'
import { readCloudComplaint } from './cloud-notice.ts'
import { firstField, readBlocks } from './field-blocks.ts'
import { addressIn } from './report-address.ts'
import { messageIdIn } from './returned-mail.ts'

export interface Complaint {
  /** RFC 5965 §3.1: 'abuse', 'fraud', 'virus', 'other', 'not-spam'; 'opt-out', 'auth-failure' …; 'abuse' when unsaid. */
  readonly feedbackType: string
  /** Who complained, as far as the report tells; many reports hide it. */
  readonly recipients: readonly string[]
  /** Of the mail complained of, without brackets. */
  readonly originalMessageId: string | null
}

/** UTF-16 units of the text in which a notice is looked for. */
const maxText = 256 * 1024

/** Reads a complaint; null when the mail is none. Pure; linear in the reported parts. */
export function readComplaint(email: ParsedEmail): Complaint | null {
  if (complaintShown(email) === undefined) return null
  const notice = readCloudComplaint(email.text.slice(0, maxText))
  if (notice)
    return { feedbackType: notice.type.toLowerCase(), recipients: notice.recipients, originalMessageId: null }
  const report = email.reportParts.find(({ contentType }) => contentType === 'message/feedback-report')
  const blocks = readBlocks(report?.text ?? '')
  const returned = email.reportParts.filter(({ contentType }) => /rfc822/.test(contentType))
  const named = blocks.flatMap((block) => [
    ...(block.get('original-rcpt-to') ?? []),
    ...(block.get('removal-recipient') ?? []),
  ])
  const marked = returned.flatMap(({ text }) => readBlocks(text)[0]?.get('x-hmxmroriginalrecipient') ?? [])
  return {
    feedbackType: (
      blocks.flatMap((block) => firstField(block, 'feedback-type') ?? [])[0] ?? 'abuse'
    ).toLowerCase(),
    recipients: [...new Set([...named, ...marked].flatMap((value) => addressIn(value) ?? []))].slice(0, 100),
    originalMessageId:
      returned.map(({ text }) => messageIdIn(text.split(/\r?\n/, 2_000))).find(Boolean) ?? null,
  }
}

/** What shows that a mail is a complaint: its part, or the field that Hotmail's reports put into the returned mail. */
export function complaintShown(email: ParsedEmail): string | undefined {
  const part = email.parts.find(({ contentType }) => contentType === 'message/feedback-report')
  if (part) return part.contentType
  if (readCloudComplaint(email.text.slice(0, maxText))) return 'notice of a complaint'
  const hotmail = email.reportParts.some(
    ({ contentType, text }) =>
      contentType === 'message/rfc822' && /^x-hmxmroriginalrecipient[ \t]?:/im.test(text.slice(0, 16_384)),
  )
  return hotmail && /^\s*complaint about message from/i.test(email.subject)
    ? 'X-HmXmrOriginalRecipient'
    : undefined
}
