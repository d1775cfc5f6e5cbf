// The one way in for an address that we send to. Stricter than RFC 5322 on purpose: two programs that read an address
// differently send mail to two different places.
import { domainToASCII, domainToUnicode } from 'node:url'

const maxLocalLength = 64
const maxAddressLength = 254
/** dot-atom of RFC 5322 §3.2.3. */
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
/** Host name of RFC 1123 §2.1 with at least two labels. */
const asciiDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
/** Characters that URL parsing would reinterpret; none belongs into a domain. */
const notInDomain = /[\s%/\\?#:@[\]<>()"',;|^`{}]/

/**
 * The address in the form it is sent in: local part as given, domain in lower case as A-labels (RFC 5891).
 * @returns null for anything but a single addr-spec: display names, comments, quoted local parts, groups, address
 *   literals, white space, control characters, non-ASCII local parts, domains not in NFC, and what is too long
 *   (RFC 5321 §4.5.3.1: 64 before the @, 254 in all).
 */
export function strictAddress(text: string): string | null {
  if (text.length > maxAddressLength) return null
  const at = text.indexOf('@')
  const local = text.slice(0, at)
  if (at < 1 || local.length > maxLocalLength || !localPart.test(local)) return null
  const domain = strictDomain(text.slice(at + 1))
  const address = `${local}@${domain}`
  return domain === null || address.length > maxAddressLength ? null : address
}

/** Whether `strictAddress` lets an address pass. */
export function isSendable(text: string): boolean {
  return strictAddress(text) !== null
}

function strictDomain(text: string): string | null {
  if (notInDomain.test(text) || text !== text.normalize('NFC')) return null
  // A domain that encoding turns into another (Roman numerals, full-width forms, invisible letters) is a trap, not a name.
  const domain = domainToASCII(text)
  const written = text.toLowerCase()
  if (domain !== written && domainToUnicode(domain) !== written) return null
  const isNumeric = /\.\d+$/.test(domain)
  return domain === 'localhost' || (domain.length <= 253 && asciiDomain.test(domain) && !isNumeric)
    ? domain
    : null
}
