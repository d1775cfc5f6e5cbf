// Who wrote a mail, where From alone does not say: web forms that write in their own name, and lists that put their own
// address in place of the writer's. Both only where ops named them: anybody can write these fields.
import { domainOf, isUsableAddress, normalAddress } from './addresses.ts'
import type { MailAddress } from './mail-address.ts'
import { headerValues, type ParsedEmail } from './parsed-email.ts'
import { senderOf } from './sender.ts'

/** The field that the identity stands in. */
export type IdentitySource = 'from' | 'sender' | 'reply-to' | 'x-original-from' | 'x-original-sender'

export interface Identity extends MailAddress {
  readonly via: IdentitySource
}

/** Exceptions from "From is the identity", per mailbox; all in lower case. */
export interface IdentityPolicy {
  /** Addresses of forms: what they send is of the one person in Reply-To. */
  readonly formSenders: readonly string[]
  /** Addresses or domains of lists that rewrite From. */
  readonly rewritingLists: readonly string[]
}

/** UTF-16 units of a field that are looked at. */
const maxFieldLength = 1000

/**
 * Who wrote a mail; undefined when it names nobody. A form's mail is of Reply-To. A list's is of X-Original-From, else
 * X-Original-Sender (Google Groups), else of the one Reply-To that is not the list (Mailman: `Ada via Talk`).
 */
export function identityOf(email: ParsedEmail, policy: IdentityPolicy): Identity | undefined {
  const sender = senderOf(email)
  if (!sender) return undefined
  const address = normalAddress(sender.address)
  const isFrom = email.from.some((from) => normalAddress(from.address) === address)
  if (!isFrom) return { ...sender, via: 'sender' }
  if (policy.formSenders.includes(address)) {
    const person = onlyReplyTo(email, [address])
    if (person) return { ...person, via: 'reply-to' }
  }
  if (isListed(address, policy.rewritingLists)) {
    const original = originalOf(email, sender, policy)
    if (original) return original
  }
  return { ...sender, via: 'from' }
}

/** The mail as its writer would have sent it: From names them. What rules and flows read after the identity is known. */
export function asWrittenBy(email: ParsedEmail, identity: Identity | undefined): ParsedEmail {
  if (!identity || identity.via === 'from' || identity.via === 'sender') return email
  return { ...email, from: [{ name: identity.name, address: identity.address }] }
}

/** The address by which a person is known where `a+tag@` is theirs as `a@` is; undefined where it is not, or has no tag. */
export function untaggedAddress(address: string, plusTagDomains: readonly string[]): string | undefined {
  const normal = normalAddress(address)
  const plus = normal.indexOf('+')
  if (plus < 1 || !plusTagDomains.includes(domainOf(normal))) return undefined
  return normal.slice(0, plus) + normal.slice(normal.lastIndexOf('@'))
}

function originalOf(email: ParsedEmail, sender: MailAddress, policy: IdentityPolicy): Identity | undefined {
  const name = withoutVia(sender.name)
  for (const via of ['x-original-from', 'x-original-sender'] as const) {
    const values = headerValues(email, via)
    const address = values.length === 1 ? addressIn(values[0] ?? '') : undefined
    if (address) return { name, address, via }
  }
  const lists = [normalAddress(sender.address), ...policy.rewritingLists]
  const person = onlyReplyTo(email, lists)
  return person && { name: person.name || name, address: person.address, via: 'reply-to' }
}

/** The one usable address of Reply-To besides `others`; undefined when there are several. */
function onlyReplyTo(email: ParsedEmail, others: readonly string[]): MailAddress | undefined {
  const people = email.replyTo
    .map(({ name, address }) => ({ name, address: address.trim() }))
    .filter(({ address }) => isUsableAddress(address) && !isListed(normalAddress(address), others))
  const [person, ...more] = people
  const isOne = more.every(({ address }) => normalAddress(address) === normalAddress(person?.address ?? ''))
  return isOne ? person : undefined
}

function isListed(address: string, list: readonly string[]): boolean {
  return list.includes(address) || list.includes(domainOf(address))
}

/** `Ada Lovelace via Talk`, `'Ada' via Talk`: the name before the last " via ". */
function withoutVia(name: string): string {
  const at = name.lastIndexOf(' via ')
  return (at < 0 ? name : name.slice(0, at)).trim().replace(/^'([^']{0,300})'$/, '$1')
}

/** The address of a field that holds one: what stands in its last brackets, else all of it. */
function addressIn(value: string): string | undefined {
  const field = value.slice(0, maxFieldLength)
  const open = field.lastIndexOf('<')
  const close = field.indexOf('>', open)
  const address = (open >= 0 && close > open ? field.slice(open + 1, close) : field).trim()
  return isUsableAddress(address) ? address : undefined
}
