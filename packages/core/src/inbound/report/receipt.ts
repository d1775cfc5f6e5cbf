// Read receipts (RFC 8098).
import type { ParsedEmail } from '../parsed-email.ts'
import { firstField, readBlocks } from './field-blocks.ts'
import { addressOfField } from './report-address.ts'
import { idIn } from './returned-mail.ts'

export interface Receipt {
  /** Who was sent the mail. */
  readonly recipient: string | null
  /** RFC 8098 §3.2.6: 'displayed', 'deleted' …; lower case. */
  readonly disposition: string
  /** Of the mail that was read, without brackets. */
  readonly originalMessageId: string | null
}

/** Reads a read receipt; null when the mail has none. */
export function readReceipt(email: ParsedEmail): Receipt | null {
  const part = email.reportParts.find(({ contentType }) =>
    /^message\/(global-)?disposition-notification$/.test(contentType),
  )
  const block = part && readBlocks(part.text).find((one) => one.has('disposition'))
  if (!block) return null
  const disposition = (firstField(block, 'disposition') ?? '').split(';')[1] ?? ''
  return {
    recipient: addressOfField(firstField(block, 'original-recipient', 'final-recipient') ?? '') ?? null,
    disposition: disposition.split('/')[0]?.trim().toLowerCase() ?? '',
    originalMessageId: idIn(firstField(block, 'original-message-id') ?? ''),
  }
}
