// The texts of the parts that make up a report (RFC 3464, 5965, 6533, 8098) and of the mail it returns: kept beside the
// stored parts, because who reads a bounce sees the ParsedEmail only.
import type { ReportPart } from '@maildesk/core'
import { decodeBytes } from './header-fields.ts'

/** Bytes kept of one part that reports. */
const reportBytes = 256 * 1024
/** Bytes kept of a returned mail: its header section, and the beginning of its body. */
const returnedBytes = 64 * 1024
/** Parts kept of one mail; a report has two. */
const maxReportParts = 16

const reports = new Set([
  'message/delivery-status',
  'message/global-delivery-status',
  'message/feedback-report',
  'message/disposition-notification',
  'message/global-disposition-notification',
])
const returnedMails = new Set([
  'message/rfc822',
  'message/rfc822-headers',
  'message/global',
  'message/global-headers',
  'text/rfc822',
  'text/rfc822-headers',
])

/** Looks at parts while they stream into the store. Costs at most 16 × 256 KiB, whatever the mail holds. */
export class ReportTexts {
  readonly #kept: { path: string; contentType: string; chunks: Uint8Array[] }[] = []

  /** The same bytes; what belongs to a report is remembered. */
  watch(path: string, contentType: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const limit = reports.has(contentType) ? reportBytes : returnedMails.has(contentType) ? returnedBytes : 0
    if (limit === 0 || this.#kept.length >= maxReportParts) return bytes
    const kept = { path, contentType, chunks: [] as Uint8Array[] }
    this.#kept.push(kept)
    return beginningInto(kept.chunks, limit, bytes)
  }

  /** What was remembered, in the order of the parts. */
  texts(): ReportPart[] {
    return this.#kept.map(({ path, contentType, chunks }) => ({
      path,
      contentType,
      text: decodeBytes(Buffer.concat(chunks).toString('latin1')),
    }))
  }
}

async function* beginningInto(
  kept: Uint8Array[],
  limit: number,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let left = limit
  for await (const chunk of bytes) {
    if (left > 0) kept.push(chunk.subarray(0, left))
    left -= chunk.length
    yield chunk
  }
}
