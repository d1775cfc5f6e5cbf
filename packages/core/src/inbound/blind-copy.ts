// Were we only Bcc'd? Then those whom the mail names do not know of us, and an answer to all would tell them.
import { recipientAddresses } from '../threading/pointers.ts'
import { normalAddress } from './addresses.ts'
import { headerValues, type ParsedEmail } from './parsed-email.ts'

/**
 * True when neither one of our addresses nor one that brought the mail to us stands in To or Cc. A list's mail names the
 * list, and a redirected one the address it was redirected from: neither is a blind copy.
 */
export function isBlindCopy(email: ParsedEmail, isOurs: (address: string) => boolean): boolean {
  const visible = [...email.to, ...email.cc].map(({ address }) => normalAddress(address))
  if (visible.some(isOurs) || headerValues(email, 'list-id').length > 0) return false
  const visibleSet = new Set(visible)
  const brought = [...recipientAddresses({ ...email, to: [], cc: [] })].map(normalAddress)
  return !brought.some((address) => visibleSet.has(address))
}
