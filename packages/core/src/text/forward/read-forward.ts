// Is this mail one that somebody passed on, and who wrote the mail inside? Read from an attached mail or from a header
// block that a mail program wrote; never from just any address in the text.
import { normalAddress } from '../../inbound/addresses.ts'
import { classifyEmail } from '../../inbound/classify-email.ts'
import { headerValues, type ParsedEmail } from '../../inbound/parsed-email.ts'
import { forwardAttached, outermostMails } from './forward-attached.ts'
import { forwardInText } from './forward-in-text.ts'
import { outermostPrefix } from './forward-prefixes.ts'
import type { Forwarded } from './forwarded.ts'

/** Mails of these kinds carry others as evidence, not to pass them on. */
const carriers: ReadonlySet<string> = new Set([
  'bounce',
  'delivery_notice',
  'complaint',
  'auto_reply',
  'loop',
])

/**
 * The mail that this one passes on; null when it is no forward. What leaves the sender open is `ambiguous`, for a
 * person to decide. Whether the forwarder may make the sender a customer is not asked here. Linear in the mail's size.
 */
export function readForward(email: ParsedEmail): Forwarded | null {
  const { kind } = classifyEmail(email)
  if (carriers.has(kind) || isDigest(email, kind)) return null
  const prefix = outermostPrefix(email.subject)
  const inText = forwardInText(email, prefix)
  // A mail attached to a reply is something the writer shows.
  const attached = prefix === 'reply' ? null : forwardAttached(email)
  return attached && (!inText || agree(inText, attached)) ? attached : inText
}

function isDigest(email: ParsedEmail, kind: string): boolean {
  const type = headerValues(email, 'content-type')[0]?.trim().toLowerCase() ?? ''
  if (/^multipart\/(?:digest|report)/.test(type)) return true
  return (
    outermostMails(email).length > 1 && (kind === 'list' || /\bdigest\b/i.test(email.subject.slice(0, 300)))
  )
}

/** True when the attached mail says the same as the text, or knows what the text leaves open. */
function agree(inText: Forwarded, attached: Forwarded): boolean {
  if (inText.ambiguous || attached.ambiguous) return inText.ambiguous
  return normalAddress(inText.from.address) === normalAddress(attached.from.address)
}
