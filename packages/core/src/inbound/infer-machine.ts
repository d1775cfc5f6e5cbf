// Machines that do not say so: whoever writes the same again and again within the hour is one.
import { createHash } from 'node:crypto'
import { piecesOf } from '../text/pieces.ts'
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
  const sender = normalAddress(senderOf(email)?.address ?? '')
  const hash = createHash('sha256').update(`${sender}\n`)
  let length = 0
  for (const piece of piecesOf(replyTextOf(text, reply.ranges) || text)) {
    const words = lettersOf(piece.toLowerCase())
    hash.update(words)
    length += words.length / 2
  }
  return length < minLength ? null : hash.digest('hex')
}

/** The UTF-16 units without digits and white space. Not by an expression: its matches would be most of what a mail costs. */
function lettersOf(text: string): Buffer {
  const letters = Buffer.allocUnsafe(text.length * 2)
  let end = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (isDigit(unit) || isSpace(unit)) continue
    letters.writeUInt16LE(unit, end)
    end += 2
  }
  return letters.subarray(0, end)
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

/** What `\s` stands for. */
function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
  return unit === 0xa0 || (unit >= 0x1680 && /\s/.test(String.fromCharCode(unit)))
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
