// Entries of the blocklist: an address, or a domain with all below it.
import { domainOf, isUsableAddress, normalAddress } from './addresses.ts'

const domainPattern = /^[^\s@.]{1,63}(\.[^\s@.]{1,63}){1,126}$/
const maxEntry = 254

/** The form in which an entry is kept: an address or a domain in lower case; undefined for what is neither. Takes `@example.org` for the domain. */
export function blockEntryOf(text: string): string | undefined {
  const entry = normalAddress(text).replace(/^@/, '')
  if (entry.length > maxEntry) return undefined
  return isUsableAddress(entry) || domainPattern.test(entry) ? entry : undefined
}

/** Every entry that would name this sender: the address, its domain, and the domains above that. Normal form. */
export function blockEntriesFor(address: string): string[] {
  const normal = normalAddress(address)
  const labels = domainOf(normal).split('.').filter(Boolean)
  const domains = labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))
  return normal === '' ? [] : [normal, ...domains]
}
