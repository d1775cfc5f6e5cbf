/* Which mailbox an address means. */

/** `Local+tag@Domain` → `local@domain`: sub-addressing (RFC 5233), and no difference between cases. */
export function accountAddress(address: string): string {
  const { local, domain } = splitAddress(address)
  const tag = local.indexOf('+')
  return `${tag > 0 ? local.slice(0, tag) : local}@${domain}`
}

/** The part after the last @, in lower case; empty when there is none. */
export function domainOf(address: string): string {
  return splitAddress(address).domain
}

function splitAddress(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@')
  if (at < 1) return { local: address.toLowerCase(), domain: '' }
  return { local: address.slice(0, at).toLowerCase(), domain: address.slice(at + 1).toLowerCase() }
}
