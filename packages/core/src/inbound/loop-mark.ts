// The mark that every automatic mail of ours carries, so that desks which write to each other notice it.
//
//   X-Maildesk-Loop: <instance>.<hops>.<mac>
//
// The instance is derived from a secret key, so that it needs no storing and says nothing of the key. The mac covers
// instance and hops and not the Message-ID: what carries the mark back to us is another mail with an id of its own.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { headerValues, type ParsedEmail } from './parsed-email.ts'

/** The header field, as written. */
export const loopField = 'X-Maildesk-Loop'

/** What a mail says of the desks it has been through. */
export interface LoopMark {
  /** `own`: signed with a key of ours. `foreign`: of another desk, which nothing here can verify. */
  readonly of: 'own' | 'foreign'
  /** Automatic mails that led to this one, itself included. */
  readonly hops: number
}

/** Hex characters of an instance and of a mac: 64 and 96 bits. */
const instanceLength = 16
const macLength = 24
const pattern = /^\s*([0-9a-f]{16})\.([0-9]{1,4})\.([0-9a-f]{24})\s*$/
/** More hops than can be written are as many as can. */
const maxHops = 9999

/** The value for a mail that leaves, signed with the first key. @throws RangeError when there is none. */
export function signLoopMark(hops: number, keys: readonly string[]): string {
  const [key] = keys
  if (!key) throw new RangeError('no key to sign the loop mark with')
  const word = `${instanceOf(key)}.${Math.min(hops, maxHops)}`
  return `${word}.${macOf(word, key)}`
}

/** The mark with the most hops; one that claims to be of ours and is not signed by us counts for nothing. */
export function readLoopMark(email: ParsedEmail, keys: readonly string[]): LoopMark | undefined {
  const marks = headerValues(email, loopField.toLowerCase()).flatMap((value) => readOne(value, keys) ?? [])
  return marks.find((mark) => mark.of === 'own') ?? marks.toSorted((a, b) => b.hops - a.hops)[0]
}

function readOne(value: string, keys: readonly string[]): LoopMark | undefined {
  const match = pattern.exec(value)
  if (!match) return undefined
  const [, instance = '', hops = '', mac = ''] = match
  const key = keys.find((one) => instanceOf(one) === instance)
  if (key === undefined) return { of: 'foreign', hops: Number(hops) }
  const isOurs = timingSafeEqual(Buffer.from(macOf(`${instance}.${hops}`, key)), Buffer.from(mac))
  return isOurs ? { of: 'own', hops: Number(hops) } : undefined
}

function instanceOf(key: string): string {
  return Buffer.from(hkdfSync('sha256', key, '', 'maildesk loop instance v1', instanceLength / 2)).toString(
    'hex',
  )
}

function macOf(word: string, key: string): string {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'maildesk loop mark v1', 32))
  return createHmac('sha256', derived).update(word).digest('hex').slice(0, macLength)
}
