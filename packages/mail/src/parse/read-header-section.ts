// The header section alone, for the ledger row: what ops see of a mail that was not parsed yet, or never can be.
import { databaseText, type MailAddress, type Rfc822Id } from '@maildesk/core'
import { readHeaderFields } from './header-fields.ts'
import { defaultParseLimits } from './limits.ts'
import { parseHeader } from './parsed-header.ts'

/** Bytes that are looked at. */
const maxSectionBytes = 256 * 1024
const maxSubjectLength = 998
const limits = { ...defaultParseLimits, addresses: 50, references: 50, headerFields: 0 }

export interface HeaderSummary {
  readonly messageId: Rfc822Id | null
  readonly inReplyTo: readonly Rfc822Id[]
  readonly references: readonly Rfc822Id[]
  readonly from: readonly MailAddress[]
  /** Decoded; cut at 998 UTF-16 units. */
  readonly subject: string
  readonly to: readonly MailAddress[]
}

/**
 * Reads what the first 256 KiB of a raw mail say of it. Decoded, fit for the database, bounded, linear in the bytes;
 * never throws: what cannot be read is empty.
 */
export function readHeaderSection(bytes: Uint8Array): HeaderSummary {
  const header = parseHeader(readHeaderFields(bytes.subarray(0, maxSectionBytes)), limits)
  return cleanStrings({
    messageId: header.messageId,
    inReplyTo: header.inReplyTo,
    references: header.references,
    from: header.from,
    subject: header.subject.slice(0, maxSubjectLength),
    to: header.to,
  })
}

/** The same value with every string made fit for the database (no NUL, no lone surrogate). */
export function cleanStrings<Value>(value: Value): Value {
  return clean(value) as Value
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return databaseText(value)
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]))
}
