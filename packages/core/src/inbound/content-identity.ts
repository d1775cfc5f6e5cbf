// What makes two mails the same mail: what their writer wrote, not how they travelled.
import { createHash } from 'node:crypto'
import { normalAddress } from './addresses.ts'
import type { ParsedEmail } from './parsed-email.ts'

/**
 * SHA-256 over sender, Date, subject, bodies and the parts' hashes, as hex. Received and other transport fields are
 * left out, so the same mail through another mailbox or in a new UIDVALIDITY epoch has the same hash.
 */
export function contentHash(email: ParsedEmail): string {
  const content = [
    email.from.map(({ address }) => normalAddress(address)),
    email.date,
    email.subject,
    email.text,
    email.html,
    email.parts.map(({ blob, filename }) => [blob, filename]),
  ]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}
