// The registered domain of a host name, by the public suffix list (RFC 7489 §3.2).
import { domainToASCII } from 'node:url'
import { getDomain } from 'tldts'

/** Public suffix and one label, in lower case A-labels; null for a public suffix, an IP address and nonsense. */
export function organisationalDomain(domain: string): string | null {
  const ascii = domainToASCII(domain.trim().replace(/\.$/, ''))
  // Suffixes of hosting firms count as public: two of their customers are no one organisation.
  return ascii === '' ? null : getDomain(ascii, { allowPrivateDomains: true, extractHostname: false })
}
