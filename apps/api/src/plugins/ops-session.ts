// The session cookie of /ops: which token opened it and until when, signed. Browsers cannot send bearer tokens.
// The token's row is looked up at every request, so revoking the token ends the session.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { uuidPattern } from './validation.ts'

const cookieName = 'maildesk_ops'
/** How long one signing in lasts, seconds. */
const sessionSeconds = 8 * 60 * 60

export interface OpsSession {
  readonly tokenId: string
}

/** The cookie's value: `<token id>.<expiry, Unix milliseconds>.<HMAC-SHA-256>`. Pure. */
export function sealSession({ tokenId }: OpsSession, key: string, now: Date): string {
  const claim = `${tokenId}.${now.getTime() + sessionSeconds * 1000}`
  return `${claim}.${signatureOf(claim, key)}`
}

/** What a cookie's value says; undefined when it is not ours, was changed, or is over. Pure. */
export function readSession(value: string | undefined, key: string, now: Date): OpsSession | undefined {
  const [tokenId = '', expiry = '', signature = ''] = value?.split('.') ?? []
  const expected = Buffer.from(signatureOf(`${tokenId}.${expiry}`, key))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return uuidPattern.test(tokenId) && Number(expiry) > now.getTime() ? { tokenId } : undefined
}

/** The Set-Cookie field that opens a session; with the value '' the one that ends it. */
export function sessionCookie(value: string, isSecure: boolean): string {
  const age = value === '' ? 0 : sessionSeconds
  return `${cookieName}=${value}; Path=/ops; HttpOnly; SameSite=Strict; Max-Age=${age}${isSecure ? '; Secure' : ''}`
}

/** Our cookie's value in a Cookie field (RFC 6265 §4.2.1). */
export function sessionCookieOf(header: string | undefined): string | undefined {
  const pair = header?.split(';').find((each) => each.trim().startsWith(`${cookieName}=`))
  return pair?.trim().slice(cookieName.length + 1)
}

/** A key of its own, so that a signature made for something else with the same secret means nothing here. */
function signatureOf(claim: string, key: string): string {
  return createHmac('sha256', `maildesk ops session:${key}`).update(claim).digest('base64url')
}
