// What signs and what encrypts: S/MIME (RFC 8551) and OpenPGP (RFC 3156, and as text). Recognised and labelled so that
// nobody takes ciphertext for an empty mail; nothing is verified, nothing is decrypted.
import type { MailWarning, PartRole } from '@maildesk/core'

/** UTF-16 units of a text in which a PGP line is looked for. */
const maxLooked = 256 * 1024

const signatures = new Map([
  ['application/pkcs7-signature', 'smime-signed'],
  ['application/x-pkcs7-signature', 'smime-signed'],
  ['application/pgp-signature', 'pgp-signed'],
])

/** Whether a part may be a CMS message: to be told by its bytes. */
export function mayBeCms(contentType: string, filename: string): boolean {
  if (contentType === 'application/pkcs7-mime' || contentType === 'application/x-pkcs7-mime') return true
  return contentType === 'application/octet-stream' && /^smime\.p7[mz]$/i.test(filename)
}

/** What a part is to the mail, by its type alone; `around` is the type of the multipart it stands in. */
export function secureRole(
  contentType: string,
  around: string,
): { readonly role: PartRole; readonly warning?: MailWarning } | undefined {
  const signed = signatures.get(contentType)
  if (signed) return { role: 'signature', warning: { code: signed, detail: 'not verified' } }
  if (contentType === 'application/pgp-keys') return { role: 'key' }
  if (contentType === 'application/pgp-encrypted') return { role: 'encrypted', warning: encrypted('pgp') }
  // RFC 1847 §2.2: the second part is the ciphertext.
  if (around === 'multipart/encrypted') return { role: 'encrypted' }
  return undefined
}

/** The body cannot be read here; `by` is what would read it. */
export function encrypted(by: 'smime' | 'pgp'): MailWarning {
  return { code: 'encrypted', detail: by }
}

/** Labels a text that is signed or encrypted in itself (RFC 9580 §6.2, §7). The text stays as it is. */
export function pgpInText(text: string): MailWarning | undefined {
  const looked = text.slice(0, maxLooked)
  const found = /^-----BEGIN PGP (SIGNED )?MESSAGE-----[ \t]{0,8}\r?$/m.exec(looked)
  if (!found) return undefined
  return found[1] ? { code: 'pgp-signed', detail: 'not verified' } : encrypted('pgp')
}
