// Addresses as reports write them.

/** Longest address that is looked at; the database keeps none longer. */
const maxLength = 254
/** UTF-16 units before and after the at-sign. */
const maxLocal = 128
const maxDomain = 190
/** Ends an address: white space, specials (RFC 5322 §3.2.3), and the punctuation of Chinese and Japanese. */
const outside = /[\s<>()[\]"',;:=|\\@：；，、。（）「」【】《》“”]/

/** The first address in a short text, as sent; undefined when there is none. Linear. */
export function addressIn(text: string): string | undefined {
  const short = text.slice(0, 1_000)
  for (let at = short.indexOf('@'); at >= 0; at = short.indexOf('@', at + 1)) {
    let from = at
    while (from > 0 && at - from < maxLocal && !outside.test(short[from - 1] ?? '')) from -= 1
    let to = at + 1
    while (to < short.length && to - at <= maxDomain && !outside.test(short[to] ?? '')) to += 1
    if (from === at || to === at + 1) continue
    const found = short.slice(from, to).replace(/[.!]{1,8}$/, '')
    return found.length <= maxLength ? found : undefined
  }
  return undefined
}

/** The address of a DSN field, `rfc822; <ada@customer.example>` or `utf-8; …` (RFC 3464 §2.3, RFC 6533 §3). */
export function addressOfField(value: string): string | undefined {
  const typed = value.indexOf(';')
  const bare = (typed < 0 ? value : value.slice(typed + 1)).trim()
  // A source route (RFC 5321, appendix C) stands before the colon.
  const route = bare.startsWith('@') ? bare.indexOf(':') : -1
  return addressIn(unescaped(route < 0 ? bare : bare.slice(route + 1)))
}

/** utf-8-addr-xtext: `\\x{E9}` stands for a character beyond ASCII (RFC 6533 §3). */
function unescaped(text: string): string {
  return text.replace(/\\x\{([0-9A-Fa-f]{2,6})\}/g, (whole, hex: string) => {
    const point = Number.parseInt(hex, 16)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}
