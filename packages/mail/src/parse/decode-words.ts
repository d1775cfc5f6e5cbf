// Encoded words (RFC 2047), kept from ever being a reason to lose a mail.
import libmime from 'libmime'

/** Decodes the encoded words of a header value; a value that cannot be decoded stays as it is. */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return value
  try {
    return libmime.decodeWords(value)
  } catch {
    // An unknown character set or broken base64: what was sent is better than nothing.
    return value
  }
}
