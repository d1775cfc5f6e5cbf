import { jobTable } from '@maildesk/core'
import { migrateQueue, type OpenedQueue, openJobQueue, queueBoardAdapters } from '@maildesk/queue'
import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDesk, type TestDesk } from '../../../tests/test-desk.ts'

let database: TestDatabase
let queue: OpenedQueue
let desk: TestDesk

beforeAll(async () => {
  database = await createTestDatabase()
  // Long enough for a machine that is busy with other tests.
  const settings = { redisUrl: undefined, databaseUrl: database.url, commandTimeoutMs: 20_000 }
  await migrateQueue(database.url)
  queue = openJobQueue(settings)
  desk = await openTestDesk(database.db, { queueBoard: queueBoardAdapters(queue) })
})
afterAll(async () => {
  await desk?.close()
  await queue?.close()
  await database?.drop()
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const signIn = (token: string | undefined, headers: Record<string, string> = {}) =>
  desk.post('/ops/session', { payload: `token=${token}`, headers: { ...form, ...headers } })
const cookieOf = async (token: string | undefined) =>
  String((await signIn(token)).headers['set-cookie']).split(';', 1)[0] as string

test('an admin signs in with a token and sees the queues; the cookie opens nothing else', async () => {
  const signedIn = await signIn(desk.tokens.admin)
  expect([signedIn.statusCode, signedIn.headers.location]).toEqual([303, '/ops/queues'])
  const set = String(signedIn.headers['set-cookie'])
  expect(set).toMatch(/; Path=\/ops; HttpOnly; SameSite=Strict; Max-Age=28800$/)
  expect(set).not.toContain(desk.tokens.admin)
  const cookie = set.split(';', 1)[0] as string
  const board = await desk.get('/ops/queues', { headers: { cookie, accept: 'text/html' } })
  expect([board.statusCode, board.headers['content-type']]).toEqual([
    200,
    expect.stringContaining('text/html'),
  ])
  const { queues } = (await desk.get('/ops/queues/api/queues', { headers: { cookie } })).json()
  expect(
    queues.map(({ name, readOnlyMode }: { name: string; readOnlyMode: boolean }) => [name, readOnlyMode]),
  ).toEqual(Object.keys(jobTable).map((name) => [name, true]))
  const script = /src="(static\/js\/[^"]+)"/.exec(board.body)?.[1]
  expect((await desk.get(`/ops/queues/${script}`, { headers: { cookie } })).statusCode).toBe(200)
  expect((await desk.get('/api/v1/users/me', { headers: { cookie } })).statusCode).toBe(401)
  expect((await desk.get('/ops', { headers: { cookie } })).body).toContain('/ops/queues')
})

test('every route of the dashboard is closed to all but admins', async () => {
  const routes = desk.app.routeTable.filter(({ url }) => url.startsWith('/ops/queues'))
  expect(routes.length).toBeGreaterThan(5)
  for (const { method, url } of routes) {
    for (const [as, status] of [
      ['anonymous', 401],
      ['customer', 403],
      ['provider', 403],
      ['revoked', 401],
    ] as const) {
      const { statusCode } = await desk.ask(method, url.replaceAll(/:\w+/g, 'x').replace('*', 'x.js'), { as })
      expect(statusCode, `${as} ${method} ${url}`).toBe(status)
    }
  }
  const page = await desk.get('/ops/queues', { headers: { accept: 'text/html' } })
  expect([page.statusCode, page.headers.location]).toEqual([303, '/ops'])
  expect((await desk.get('/ops')).body).toContain('Token of an admin')
})

test('nobody else can sign in, not from another site, and not with a changed or ended cookie', async () => {
  for (const token of [
    desk.tokens.provider,
    desk.tokens.customer,
    desk.tokens.revoked,
    desk.tokens.expired,
    desk.tokens.deactivated,
    'mdk_x',
    '',
  ]) {
    const refused = await signIn(token)
    expect([refused.statusCode, refused.headers['set-cookie']], token).toEqual([401, undefined])
  }
  expect((await signIn(desk.tokens.admin, { origin: 'https://evil.example' })).statusCode).toBe(401)
  expect((await signIn(desk.tokens.admin, { origin: 'http://desk.example' })).statusCode).toBe(303)
  const cookie = await cookieOf(desk.tokens.admin)
  const [claim, expiry, signature] = cookie.replace('maildesk_ops=', '').split('.')
  for (const forged of [
    `${claim}.${Number(expiry) + 1}.${signature}`,
    `${desk.deps.ids.uuid()}.${expiry}.${signature}`,
    `${claim}.${expiry}.`,
    'x',
    '..',
  ]) {
    expect(
      (await desk.get('/ops/queues/api/queues', { headers: { cookie: `maildesk_ops=${forged}` } }))
        .statusCode,
      forged,
    ).toBe(401)
  }
  const end = await desk.post('/ops/session/end', { headers: { cookie } })
  expect(String(end.headers['set-cookie'])).toContain('Max-Age=0')
})

test('revoking the token ends the sessions it opened', async () => {
  const cookie = await cookieOf(desk.tokens.admin)
  const ask = async () => (await desk.get('/ops/queues/api/queues', { headers: { cookie } })).statusCode
  expect(await ask()).toBe(200)
  await desk.deps.db('api_tokens').where({ user_id: desk.users.admin.id }).update({ revoked_at: new Date() })
  expect(await ask()).toBe(401)
  await desk.deps.db('api_tokens').where({ user_id: desk.users.admin.id }).update({ revoked_at: null })
})
