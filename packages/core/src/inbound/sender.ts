// Who wrote a mail: From is the identity (RFC 5322 §3.6.2), never Reply-To.
import { isUsableAddress, normalAddress } from './addresses.ts'
import type { MailAddress } from './mail-address.ts'
import type { ParsedEmail } from './parsed-email.ts'

/** The first usable address of From, else of Sender; undefined when the mail names nobody. */
export function senderOf(email: ParsedEmail): MailAddress | undefined {
  return [...email.from, ...(email.sender ? [email.sender] : [])]
    .map(({ name, address }) => ({ name, address: address.trim() }))
    .find(({ address }) => isUsableAddress(address))
}

/** People in To and Cc who may join the conversation: usable, not ours, not the sender; normal form, bounded. */
export function othersOf(email: ParsedEmail, isOurs: (address: string) => boolean, max: number): string[] {
  const sender = normalAddress(senderOf(email)?.address ?? '')
  const others = [...email.to, ...email.cc]
    .map(({ address }) => address.trim())
    .filter((address) => isUsableAddress(address) && !isOurs(address))
  return [...new Set(others.map(normalAddress))].filter((address) => address !== sender).slice(0, max)
}

/** A display name as first and last name: the last word is the last name. */
export function splitName(name: string): { first: string; last: string } {
  const words = name.trim().split(/\s+/)
  const last = words.length > 1 ? (words.pop() ?? '') : ''
  return { first: words.join(' '), last }
}
