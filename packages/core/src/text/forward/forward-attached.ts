// A mail passed on whole, as a message/rfc822 part (RFC 2046 §5.2.1).
import { isUsableAddress } from '../../inbound/addresses.ts'
import type { AttachedMail } from '../../inbound/attached-mail.ts'
import type { ParsedEmail } from '../../inbound/parsed-email.ts'
import { ambiguousForward, forwardReason } from './ambiguous-forward.ts'
import type { Forwarded } from './forwarded.ts'

/** The forward that an attached mail is; null when none is attached. Several, or one with several authors, are open. */
export function forwardAttached(email: ParsedEmail): Forwarded | null {
  const mails = outermostMails(email)
  const [mail] = mails
  if (!mail) return null
  const reason = forwardReason('attached-mail', mail.subject)
  const senders = mails.flatMap((one) => one.from.filter(({ address }) => isUsableAddress(address)))
  if (mails.length > 1) {
    return ambiguousForward(senders, [reason, forwardReason('several-attached-mails', String(mails.length))])
  }
  const [from, another] = senders
  if (!from) return ambiguousForward([], [reason, forwardReason('no-sender-address', '')])
  if (another) return ambiguousForward(senders, [reason, forwardReason('several-senders', another.address)])
  return {
    ambiguous: false,
    how: 'rfc822',
    from,
    date: mail.date,
    dateText: mail.date ?? '',
    to: mail.to,
    cc: mail.cc,
    subject: mail.subject,
    text: mail.text,
    comment: email.text.trim(),
    commentBelow: '',
    messageId: mail.messageId,
    reasons: [reason],
  }
}

/** The attached mails, without those inside of them. */
export function outermostMails(email: Pick<ParsedEmail, 'attachedMails'>): AttachedMail[] {
  const found: AttachedMail[] = []
  for (const mail of email.attachedMails) {
    const last = found.at(-1)
    if (!last || !mail.path.startsWith(`${last.path}.`)) found.push(mail)
  }
  return found
}
