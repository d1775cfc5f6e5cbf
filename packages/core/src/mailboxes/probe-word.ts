// The signed word of a mail that we send to ourselves to learn which addresses reach a mailbox:
//
//   probe.<nonce>.<mac>      in the address, and as the left side of the Message-ID
//
// Whoever has not the key cannot make one, so nobody can have a mail of theirs passed over as a probe.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** Hexadecimal digits in the mac: 80 bits. */
const macLength = 20
const pattern = /^<?(probe\.[a-z2-7]{8})\.([0-9a-f]{20})(?:@[^@]*)?$/

/** Writes the word with the first key of the ring. @throws RangeError when the ring is empty. */
export function signProbeWord(nonce: string, keys: readonly string[]): string {
  const [key] = keys
  if (!key) throw new RangeError('no key to sign probes with')
  const word = `probe.${nonce}`
  return `${word}.${macOf(word, key)}`
}

/** True for a Message-ID or a word that one of the keys made. */
export function isProbeWord(text: string, keys: readonly string[]): boolean {
  const [, word = '', mac = ''] = pattern.exec(text.toLowerCase()) ?? []
  if (mac === '') return false
  const fits = keys.map((key) => timingSafeEqual(Buffer.from(macOf(word, key)), Buffer.from(mac)))
  return fits.includes(true)
}

function macOf(word: string, key: string): string {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'maildesk address probe v1', 32))
  return createHmac('sha256', derived).update(word).digest('hex').slice(0, macLength)
}
