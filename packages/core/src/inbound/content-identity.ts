// What makes two mails the same mail: what their writer wrote, not how they travelled.
import { createHash, type Hash } from 'node:crypto'
import { piecesOf } from '../text/pieces.ts'
import { normalAddress } from './addresses.ts'
import type { ParsedEmail } from './parsed-email.ts'

/**
 * SHA-256 over sender, Date, subject, bodies and the parts' hashes, as hex. Received and other transport fields are
 * left out, so the same mail through another mailbox or in a new UIDVALIDITY epoch has the same hash.
 */
export function contentHash(email: ParsedEmail): string {
  const hash = createHash('sha256')
  const { text, html, parts } = email
  const sender = email.from.map(({ address }) => normalAddress(address))
  hash.update(`[${JSON.stringify(sender)},${JSON.stringify(email.date)},${JSON.stringify(email.subject)},`)
  updateWithJson(hash, text)
  hash.update(',')
  updateWithJson(hash, html)
  hash.update(`,${JSON.stringify(parts.map(({ blob, filename }) => [blob, filename]))}]`)
  return hash.digest('hex')
}

/** As JSON.stringify writes it, a piece at a time. */
function updateWithJson(hash: Hash, text: string | null): void {
  if (text === null) {
    hash.update('null')
    return
  }
  hash.update('"')
  for (const piece of piecesOf(text)) hash.update(JSON.stringify(piece).slice(1, -1))
  hash.update('"')
}
