// Comparing mail addresses: who is who.

/** The form addresses are compared in: trimmed and case-folded. No dots folded, no tags stripped. */
export function normalAddress(address: string): string {
  return address.trim().toLowerCase()
}

/** Longest address the database keeps (RFC 5321 §4.5.3.1.3 less the angle brackets). */
export const maxAddressLength = 254

/**
 * Letters an address may not have unquoted: white space, control characters, specials (RFC 5322 §3.2.3), and the mark of
 * what could not be read.
 */
const usable = /^[^\s\p{Cc}\uFFFD@<>(),;:\\"[\]]{1,64}@[^\s\p{Cc}\uFFFD@<>(),;:\\"[\]]+$/u

/** True for something a reply could be sent to: one @, both sides filled, no white space or control characters. */
export function isUsableAddress(address: string): boolean {
  return address.length <= maxAddressLength && usable.test(address)
}

/** The domain in lower case, '' when there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@')
  return at < 0 ? '' : address.slice(at + 1).toLowerCase()
}

/** The address without its sub-address: `a+b@c` → `a@c`. For our own addresses only; others' tags mean what they want. */
export function withoutSubAddress(address: string): string {
  return address.replace(/^([^+@]+)\+[^@]*(@.*)$/, '$1$2')
}

/** True when the address is one of ours, with or without a sub-address. `own` is in normal form. */
export function isOwnAddress(address: string, own: readonly string[]): boolean {
  const normal = normalAddress(address)
  return own.includes(normal) || own.includes(withoutSubAddress(normal))
}

/** Local parts that stand for machines; an automatic answer would find nobody. */
const machineLocalPart = /^(mailer-daemon|postmaster|daemon|bounces?)$/
/** The same said as one word of a longer local part: `no-reply+42`, `comments-noreply`. */
const machineWord = /(^|[-_.+])(no[-_.]?reply|do[-_.]?not[-_.]?reply)([-_.+]|$)/
const bounceWithTag = /^bounces?[-+]/

/** True for the addresses of mail systems and of senders who read no answers. Linear in the length of the address. */
export function isMachineAddress(address: string): boolean {
  const at = address.lastIndexOf('@')
  if (at < 0) return false
  const local = address.slice(0, at).trim().toLowerCase()
  return [machineLocalPart, machineWord, bounceWithTag].some((pattern) => pattern.test(local))
}

/** Mail providers whose customers have nothing in common but the provider. */
const providerDomains = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com ' +
    'aol.com proton.me protonmail.com pm.me gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de mail.ru yandex.ru ' +
    'yandex.com bk.ru inbox.ru list.ru rambler.ru qq.com 163.com 126.com sina.com foxmail.com naver.com daum.net ' +
    'hanmail.net orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it wp.pl o2.pl ' +
    'onet.pl interia.pl seznam.cz centrum.cz bluewin.ch btinternet.com sky.com comcast.net verizon.net att.net cox.net ' +
    'sbcglobal.net bellsouth.net shaw.ca rogers.com bigpond.com fastmail.com hey.com zoho.com tutanota.com ukr.net ' +
    'rediffmail.com uol.com.br bol.com.br terra.com.br docomo.ne.jp ezweb.ne.jp softbank.ne.jp'
  ).split(' '),
)
/** Providers with a domain for each country. */
const providerFamily = /^(?:yahoo|hotmail|live|outlook)\.[a-z]{2,3}(?:\.[a-z]{2})?$/

/** True for the domain of a mail provider; in lower case. */
export function isProviderDomain(domain: string): boolean {
  return providerDomains.has(domain) || providerFamily.test(domain)
}
