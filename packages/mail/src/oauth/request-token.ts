// A refresh token becomes an access token (RFC 6749 §6), over HTTP with bounds.
import {
  defaultTokenLifeSeconds,
  errorText,
  MaildeskError,
  type TokenAnswer,
  type TokenRequest,
} from '@maildesk/core'

/** Longest wait for the whole answer, milliseconds; the row's lock is held meanwhile. */
const timeoutMs = 20_000
/** Longest answer that is read, bytes. */
const maxAnswerBytes = 64 * 1024
/** Longest text of a provider that is told, UTF-16 units. */
const maxTold = 300
/** Visible ASCII, as a log-in can carry it. */
const usableToken = /^[\x21-\x7e]+$/

/** @throws MaildeskError mailbox.oauth-refused (a person must act), mailbox.oauth-unavailable (try again later). */
export async function requestToken(request: TokenRequest): Promise<TokenAnswer> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: request.refreshToken,
    client_id: request.clientId,
    ...(request.clientSecret === null ? {} : { client_secret: request.clientSecret }),
    ...(request.scope === null ? {} : { scope: request.scope }),
  })
  let status: number
  let body: Record<string, unknown>
  try {
    const response = await fetch(request.tokenUrl, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: form,
      // A secret goes to the address that was configured and nowhere else.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    status = response.status
    body = asObject(await readBounded(response))
  } catch (cause) {
    const why = cause instanceof Error && cause.cause ? errorText(cause.cause) : errorText(cause)
    throw new MaildeskError('mailbox.oauth-unavailable', `${where(request)}: ${why}`, {}, { cause })
  }
  return readAnswer(request, status, body)
}

function readAnswer(request: TokenRequest, status: number, body: Record<string, unknown>): TokenAnswer {
  const { access_token: token, expires_in: life, refresh_token: next } = body
  if (status === 200 && typeof token === 'string' && usableToken.test(token)) {
    const seconds = Number(life)
    return {
      accessToken: token,
      expiresInSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : defaultTokenLifeSeconds,
      refreshToken: typeof next === 'string' && next !== '' ? next : null,
    }
  }
  const said = [body.error, body.error_description].filter((text) => typeof text === 'string').join(': ')
  const detail = `${where(request)} answered ${status}${said ? ` ${said.slice(0, maxTold)}` : ' without a token'}`
  // RFC 6749 §5.2: 400 and 401 with an error word are final; all else is the provider's trouble.
  const isRefused = (status === 400 || status === 401) && typeof body.error === 'string'
  const isBusy = body.error === 'temporarily_unavailable' || body.error === 'server_error'
  throw new MaildeskError(
    isRefused && !isBusy ? 'mailbox.oauth-refused' : 'mailbox.oauth-unavailable',
    detail,
    { status },
  )
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxAnswerBytes) throw new Error(`the answer is longer than ${maxAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function asObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // An answer that is not JSON is told by its status.
    return {}
  }
}

/** The address without what may be secret in it. */
function where({ tokenUrl }: TokenRequest): string {
  const { origin, pathname } = new URL(tokenUrl)
  return `${origin}${pathname}`
}
