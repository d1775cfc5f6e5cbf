// Address lists of header fields (RFC 5322 §3.4), as sent: malformed ones are kept as far as they say anything.
import type { MailAddress } from '@maildesk/core'
import addressparser from 'nodemailer/lib/addressparser'
import { decodeWords } from './decode-words.ts'

/** UTF-16 units of one field that are looked at. */
const maxFieldLength = 256 * 1024

export interface AddressList {
  readonly addresses: MailAddress[]
  /** True when the field held more than was kept. */
  readonly truncated: boolean
}

/** The addresses of one field, groups flattened, at most `limit`. Names are decoded after the list was taken apart. */
export function parseAddresses(value: string, limit: number): AddressList {
  const read = value.slice(0, maxFieldLength)
  const parsed = addressparser(read, { flatten: true })
  const addresses: MailAddress[] = []
  for (const entry of parsed) {
    const address = plainAddress((entry.address ?? '').trim())
    const name = decodeWords((entry.name ?? '').trim())
    if (address === '' && name === '') continue
    if (addresses.length === limit) return { addresses, truncated: true }
    addresses.push({ name, address })
  }
  return { addresses, truncated: read.length < value.length }
}

/** RFC 2047 §5 forbids encoded words in an address; one that decodes to a plain address is understood, others are not. */
function plainAddress(address: string): string {
  if (!/=\?[^?]+\?[bq]\?[^?]*\?=/i.test(address)) return address
  const decoded = decodeWords(address)
  return /^[^\s@<>]+@[^\s@<>]+$/.test(decoded) ? decoded : ''
}
