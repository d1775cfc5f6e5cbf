// Mails that came through a mailing list. Most are a person's, whom the list only passed on; some are the list's own.
import { domainOf, normalAddress } from './addresses.ts'
import { headerValues, type ParsedEmail } from './parsed-email.ts'

/** Fields that mailing lists add (RFC 2369, RFC 2919, and older ones). */
export const listFields = [
  'list-id',
  'list-post',
  'list-unsubscribe',
  'list-help',
  'list-subscribe',
  'list-owner',
  'list-archive',
  'mailing-list',
  'x-mailing-list',
  'x-beenthere',
  'x-mailman-version',
] as const

/** Local parts that lists and those who run them write from. */
const listLocalPart =
  /^(?:listserv|listmaster|majordomo|mailman|sympa|ezmlm|listar|ecartis|newsletters?|mailing-?list|digest)$|[-+](?:owner|request|bounces?|admin|confirm|help|subscribe|unsubscribe|digest|announce|errors)$|^owner-/
/** A program put the person's name before the list's address, because the person's domain allows nothing else (DMARC). */
const rewritten = /\s(?:via|über|par|através de|через)\s/i

/**
 * What shows that a mail with list fields is no person's: the list itself wrote it, or it was sent to many at once
 * (unsubscribable, marked bulk, and no list that one could write to). Undefined otherwise: a person who writes through a
 * list stays a person.
 */
export function listMachine(email: ParsedEmail): string | undefined {
  if (!listFields.some((name) => headerValues(email, name).length > 0)) return undefined
  const address = normalAddress(email.from[0]?.address ?? '')
  if (!address) return 'no From address'
  const local = address.slice(0, address.lastIndexOf('@'))
  if (listLocalPart.test(local.slice(0, 64))) return address
  if (isListItself(email, address) && !isRewritten(email, address)) return address
  const bulk = headerValues(email, 'precedence').find((value) => /^\s*(?:bulk|junk)\b/i.test(value))
  const isBroadcast =
    headerValues(email, 'list-unsubscribe').length > 0 &&
    headerValues(email, 'list-post').every((value) => /^\s*no\b/i.test(value))
  return bulk && isBroadcast ? `precedence: ${bulk}` : undefined
}

/** From is where one writes to the list: List-Post, X-BeenThere, X-Mailing-List, or List-Id with a dot for the at-sign. */
function isListItself(email: ParsedEmail, address: string): boolean {
  const named = ['list-post', 'x-beenthere', 'x-mailing-list', 'mailing-list']
    .flatMap((name) => headerValues(email, name))
    .some((value) => value.slice(0, 2_000).toLowerCase().includes(address))
  const id = `<${address.slice(0, address.lastIndexOf('@'))}.${domainOf(address)}>`
  return (
    named || headerValues(email, 'list-id').some((value) => value.slice(0, 2_000).toLowerCase().includes(id))
  )
}

function isRewritten(email: ParsedEmail, address: string): boolean {
  return (
    rewritten.test(` ${(email.from[0]?.name ?? '').slice(0, 300)} `) ||
    ['x-original-from', 'x-original-sender', 'x-mailfrom'].some(
      (name) => headerValues(email, name).length > 0,
    ) ||
    email.replyTo.some((one) => one.address !== '' && normalAddress(one.address) !== address)
  )
}
