// Keys for signing what leaves (RFC 6376), and the DNS record that makes them known.
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'

/** RFC 8301 §3.2: at least 1024, better 2048; longer ones do not fit into a DNS answer. */
const keyBits = 2048
/** Octets of one string of a TXT record (RFC 1035 §3.3). */
const maxTxtString = 255

/** A new private key, PKCS #8 in PEM. Takes some hundred milliseconds. */
export function createDkimKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: keyBits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  }).privateKey
}

export interface DkimRecord {
  readonly name: string
  readonly value: string
  /** The same as a line of a zone file, its value in strings that fit. */
  readonly zoneLine: string
}

/** What is to be published for a key (RFC 6376 §3.6.1). */
export function dkimRecord(privateKey: string, selector: string, domain: string): DkimRecord {
  const key = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' })
  const name = `${selector}._domainkey.${domain}`
  const value = `v=DKIM1; k=rsa; p=${key.toString('base64')}`
  const strings = Array.from({ length: Math.ceil(value.length / maxTxtString) }, (_, at) =>
    value.slice(at * maxTxtString, (at + 1) * maxTxtString),
  )
  return { name, value, zoneLine: `${name}. IN TXT ${strings.map((text) => `"${text}"`).join(' ')}` }
}
