import { connectDatabase } from '@maildesk/db'
import { createTestDatabase, freePort, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDesk, type TestDesk } from '../../tests/test-desk.ts'
import { buildApp } from '../build-app.ts'

let database: TestDatabase
let desk: TestDesk

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await openTestDesk(database.db)
})
afterAll(async () => {
  await desk?.close()
  await database?.drop()
})

const send = (payload: string, type: string) =>
  desk.post('/api/v1/tickets', { as: 'customer', payload, headers: { 'content-type': type } })
const good = JSON.stringify({ title: 't', message_text: 'm' })

test('only JSON in its plain form is read as a body', async () => {
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
  ]) {
    expect((await send(good, type)).statusCode, type).toBe(201)
  }
  for (const type of [
    'application/json\t;x',
    'APPLICATION/JSON',
    'application/json ;charset=utf-8',
    'text/plain',
    'text/json',
    'application/json,text/plain',
    'application/vnd.api+json',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    '',
  ]) {
    expect((await send(good, type)).statusCode, JSON.stringify(type)).toBe(415)
  }
})

test('a body that is no JSON, too large, or tries for the prototype is refused', async () => {
  const codes = async (payload: string) => {
    const response = await send(payload, 'application/json')
    return [response.statusCode, response.json().code]
  }
  expect(await codes('{"title":')).toEqual([400, 'request.invalid'])
  expect(await codes('')).toEqual([400, 'request.invalid'])
  expect(await codes('[]')).toEqual([400, 'request.invalid'])
  expect(await codes(`{"title":"t","message_text":"${'x'.repeat(1_100_000)}"}`)).toEqual([
    413,
    'request.too-large',
  ])
  expect(await codes('{"title":"t","message_text":"m","__proto__":{"role":"admin"}}')).toEqual([
    400,
    'request.invalid',
  ])
})

test('what does not exist is a problem document like any other', async () => {
  const response = await desk.get('/api/v2/nothing', { as: 'admin' })
  expect(response.statusCode).toBe(404)
  expect(response.headers['content-type']).toMatch('application/problem+json')
  expect(response.json()).toMatchObject({
    code: 'request.not-found',
    instance: `urn:uuid:${response.headers['x-request-id']}`,
  })
})

test('a failure of ours is logged once with the request id and its text is not shown', async () => {
  desk.logged.length = 0
  const app = await buildApp(desk.deps, (more) => {
    more.get('/broken', { config: { policy: 'public' } }, async () => {
      throw new Error('password=hunter2')
    })
  })
  const response = await app.inject('/broken')
  expect([response.statusCode, response.json().code]).toEqual([500, 'internal.unexpected'])
  expect(response.body).not.toContain('hunter2')
  expect(desk.logged).toMatchObject([
    { message: 'request failed', fields: { requestId: response.headers['x-request-id'], route: '/broken' } },
  ])
  await app.close()
})

test('a database that is away is 503 with Retry-After', async () => {
  const db = connectDatabase(`postgresql://nobody@127.0.0.1:${await freePort()}/none`)
  const app = await buildApp({ ...desk.deps, db })
  const response = await app.inject({
    url: '/api/v1/tickets',
    headers: { authorization: `Bearer ${desk.tokens.admin}` },
  })
  expect([response.statusCode, response.json().code]).toEqual([503, 'db.unavailable'])
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(0)
  const alive = await app.inject('/health/live')
  expect(alive.statusCode).toBe(200)
  await app.close()
  await db.destroy()
})

test('too many requests with one token are refused with Retry-After, and another token is not affected', async () => {
  const app = await buildApp({ ...desk.deps, rateLimitPerMinute: 5 })
  const ask = (token: string | undefined) =>
    app.inject({ url: '/api/v1/users/me', headers: { authorization: `Bearer ${token}` } })
  for (let n = 0; n < 5; n += 1) expect((await ask(desk.tokens.admin)).statusCode).toBe(200)
  const refused = await ask(desk.tokens.admin)
  expect([refused.statusCode, refused.json().code]).toEqual([429, 'request.rate-limited'])
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect(refused.headers['content-type']).toMatch('application/problem+json')
  expect((await ask(desk.tokens.provider)).statusCode).toBe(200)
  for (let n = 0; n < 8; n += 1) expect((await app.inject('/health/live')).statusCode).toBe(200)
  await app.close()
})

test('the human docs need nothing from elsewhere', async () => {
  const page = await desk.get('/api/docs/')
  expect(page.statusCode).toBe(200)
  expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//)
  expect(page.headers['content-security-policy']).toBeDefined()
  expect((await desk.get('/api/openapi.json')).json().openapi).toBe('3.1.0')
})
