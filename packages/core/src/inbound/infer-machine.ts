// Machines that do not say so: whoever writes the same again and again within the hour is one.
import { createHash } from 'node:crypto'
import { replyTextOf } from '../text/reply/reply-reading.ts'
import { normalAddress } from './addresses.ts'
import type { Classification } from './classify-email.ts'
import type { ParsedEmail } from './parsed-email.ts'
import { senderOf } from './sender.ts'

/** Mails of the same words, this one counted, from which on the sender is taken for a machine. */
const minRepeats = 3
/** Within this time, minutes. */
export const repeatWindowMinutes = 60
/** UTF-16 units of text below which people do repeat themselves: "Thanks!", "Yes please". */
const minLength = 20

/**
 * SHA-256 of the sender and of what was written now, without digits, white space and letter case, as hex: a counter, a
 * date or a ticket number make no other mail of it. Null when there are too few words to tell.
 */
export function bodyHash(email: ParsedEmail): string | null {
  const { text, reply } = email
  const words = (replyTextOf(text, reply.ranges) || text).replace(/[\d\s]+/g, '').toLowerCase()
  if (words.length < minLength) return null
  const sender = normalAddress(senderOf(email)?.address ?? '')
  return createHash('sha256').update(`${sender}\n${words}`).digest('hex')
}

/**
 * The classification with what repetition shows: `auto_generated`, inferred. Staff are believed: who answers three
 * tickets with the same words is no machine. Pure.
 */
export function inferMachine(
  classification: Classification,
  facts: { readonly sameBodyInLastHour: number; readonly senderIsStaff: boolean },
): Classification {
  const count = facts.sameBodyInLastHour + 1
  if (classification.kind !== 'human' || facts.senderIsStaff || count < minRepeats) return classification
  const reason = { rule: 'inferred', evidence: `the same words ${count} times in an hour` }
  return { kind: 'auto_generated', mayAnswer: false, reasons: [...classification.reasons, reason] }
}
