// Does a mail look like one that a mail system wrote?
import { headerValues, type ParsedEmail } from '../parsed-email.ts'

/** Local parts of senders that report. */
const localParts =
  /^(?:mailer-daemon|mail-daemon|postmaster|post_master|poostmaster|mail\.delivery\.system|daemon|.{0,40}mail_service|symantec_antivirus.{0,60}|imss)$/i
/** Words in the sender's name. */
const names = [
  'mailer-daemon',
  'mail delivery',
  'delivery subsystem',
  'delivery system',
  'postmaster',
  'system administrator',
  'mail service',
  'internet mail',
  'interscan',
  'mail administrator',
  'content-filter at',
  'mailer daemon',
]
/** Beginnings of subjects, lower case. `Re:` and `Fwd:` never begin one. */
const subjects = [
  'undeliverable',
  'undelivered',
  'delivery failure',
  'delivery failed',
  'delivery has failed',
  'delivery status',
  'delivery report',
  'delivery notification',
  'failure notice',
  'failure delivery',
  'failed delivery',
  'failed mail',
  'returned mail',
  'mail delivery failed',
  'mail could not be delivered',
  'mail failed',
  'mail system error',
  'mail not delivered',
  'mail delivery status',
  'message delivery has failed',
  'message delayed',
  'delayed mail',
  'warning: could not send',
  'warning: message',
  'non delivery',
  'non-delivery',
  'notice: mail delivery status',
  'processing error',
  'there was an error sending your mail',
  'sorry, your message could not be delivered',
  'unzustellbar',
  'nicht zustellbar',
  'non remis',
  'non recapitabile',
  'no se puede entregar',
  'não foi possível entregar',
  'недоставленное сообщение',
  'ваше сообщение не доставлено',
  'メッセージを配信できません',
  'メールエラー通知',
]

/** True when sender, return path, subject or structure are those of a report; not whether there is one inside. */
export function looksLikeReport(email: ParsedEmail): boolean {
  if (headerValues(email, 'x-failed-recipients').length > 0) return true
  if (headerValues(email, 'x-ms-exchange-message-is-ndr').length > 0) return true
  if (/^\s*multipart\/report\b/i.test(headerValues(email, 'content-type')[0] ?? '')) return true
  if (
    headerValues(email, 'return-path').some((value) => /^\s*(?:<\s*>|<?mailer-daemon(?:@|>|$))/i.test(value))
  )
    return true
  return namesReport(email)
}

/** True when the sender or the subject are those of a report: stronger than an empty return path. */
export function namesReport(email: ParsedEmail): boolean {
  return hasReportingSender(email) || hasReportingSubject(email)
}

function hasReportingSender(email: ParsedEmail): boolean {
  return email.from.some(({ name, address }) => {
    const said = name.slice(0, 200).toLowerCase()
    return (
      localParts.test(address.slice(0, 254).split('@')[0] ?? '') || names.some((word) => said.includes(word))
    )
  })
}

function hasReportingSubject(email: ParsedEmail): boolean {
  const subject = email.subject.slice(0, 200).trim().toLowerCase()
  return subjects.some((beginning) => subject.startsWith(beginning))
}
