// The domain whose word counts for a mail's sender (RFC 7489 §6.6.1: the domain of the one From field).
import { domainOf, isUsableAddress } from '../addresses.ts'
import { headerValues, type ParsedEmail } from '../parsed-email.ts'

/** The domain of From; null when there are several fields, several domains, or anything in it is no address. */
export function fromDomainOf(email: Pick<ParsedEmail, 'from' | 'headers'>): string | null {
  if (headerValues(email, 'from').length > 1) return null
  const addresses = email.from.map(({ address }) => address.trim())
  const domains = new Set(addresses.map(domainOf))
  const [domain] = domains
  return domain && domains.size === 1 && addresses.every(isUsableAddress) ? domain : null
}
