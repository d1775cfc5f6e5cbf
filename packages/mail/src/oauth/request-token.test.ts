import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { requestToken } from './request-token.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function ask(listener: RequestListener) {
  server = createServer(listener)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return requestToken({
    tokenUrl: `http://127.0.0.1:${port}/token`,
    ...{ clientId: 'desk', clientSecret: 's3cret', refreshToken: 'refresh me', scope: null },
  })
}
const answering =
  (status: number, body: unknown): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

test('the refresh token goes as a form, and the answer is read with a new refresh token', async () => {
  let sent = ''
  const answer = await ask((request, response) => {
    request.on('data', (chunk) => (sent += chunk))
    request.on('end', () =>
      answering(200, { access_token: 'ya29.x', expires_in: 1800, refresh_token: 'next' })(request, response),
    )
  })
  expect(answer).toEqual({ accessToken: 'ya29.x', expiresInSeconds: 1800, refreshToken: 'next' })
  expect(Object.fromEntries(new URLSearchParams(sent))).toEqual({
    ...{
      grant_type: 'refresh_token',
      refresh_token: 'refresh me',
      client_id: 'desk',
      client_secret: 's3cret',
    },
  })
})

test.each<[string, RequestListener, string]>([
  ['a revoked grant', answering(400, { error: 'invalid_grant' }), 'mailbox.oauth-refused'],
  ['a wrong client', answering(401, { error: 'invalid_client' }), 'mailbox.oauth-refused'],
  ['trouble at the provider', answering(503, 'upstream'), 'mailbox.oauth-unavailable'],
  [
    'a 400 that says to wait',
    answering(400, { error: 'temporarily_unavailable' }),
    'mailbox.oauth-unavailable',
  ],
  ['too many requests', answering(429, { error: 'slow down' }), 'mailbox.oauth-unavailable'],
  ['an answer without a token', answering(200, {}), 'mailbox.oauth-unavailable'],
  [
    'a token that no log-in can carry',
    answering(200, { access_token: 'a\u0001b' }),
    'mailbox.oauth-unavailable',
  ],
  ['an endless answer', answering(200, 'x'.repeat(70_000)), 'mailbox.oauth-unavailable'],
  [
    'a redirect',
    (_, response) => response.writeHead(307, { location: '/else' }).end(),
    'mailbox.oauth-unavailable',
  ],
  ['a cut connection', (request) => request.socket.destroy(), 'mailbox.oauth-unavailable'],
])('%s', async (_, listener, code) => {
  await expect(ask(listener)).rejects.toMatchObject({ code })
})
