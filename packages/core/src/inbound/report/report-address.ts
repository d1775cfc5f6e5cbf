// Addresses as reports write them.

/** Longest address that is looked at; the database keeps none longer. */
const maxLength = 254
const address = /[^\s<>()[\]"',;:=|\\@]{1,128}@[^\s<>()[\]"',;:=|\\@]{1,190}/

/** The first address in a short text, as sent; undefined when there is none. */
export function addressIn(text: string): string | undefined {
  const found = address.exec(text.slice(0, 1_000))?.[0].replace(/[.!]{1,8}$/, '')
  return found && found.length <= maxLength ? found : undefined
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
