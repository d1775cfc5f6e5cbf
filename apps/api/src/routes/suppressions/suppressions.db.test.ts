import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox, openTestDesk, type TestDesk } from '../../../tests/test-desk.ts'

let database: TestDatabase
let desk: TestDesk

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await openTestDesk(database.db)
  await addMailbox(desk.deps)
})
afterAll(async () => {
  await desk?.close()
  await database?.drop()
})

const at = (address: string) => `/api/v1/suppressions/${encodeURIComponent(address)}`

test('a person suppresses an address, sees it in the list, and lifts it; letter case and a plus do not matter', async () => {
  const address = `Ada+News.${'x'.repeat(50)}@${'a-long-name.'.repeat(6)}Example.org`
  const put = await desk.ask('PUT', at(address), { as: 'provider', json: { scope: 'all' } })
  expect(put.json()).toMatchObject({
    address: address.toLowerCase(),
    is_suppressed: true,
    scope: 'all',
    reason: 'manual',
    until: null,
    history: [],
  })
  const list = async (query = '') =>
    (await desk.get(`/api/v1/suppressions${query}`, { as: 'provider' })).json().items
  expect(await list('?scope=all&q=ADA%2Bnews')).toMatchObject([{ created_by_id: desk.users.provider.id }])
  expect(await list('?scope=automatic')).toEqual([])
  const lifted = await desk.ask('DELETE', at(address.toUpperCase()), { as: 'provider' })
  expect([lifted.statusCode, lifted.json().is_suppressed]).toEqual([200, false])
  expect(await list()).toEqual([])
})

test.each([
  [{ until: '2020-01-01T00:00:00Z' }, 'until'],
  [{ scope: 'some' }, 'scope'],
  [{ reason: 'manual' }, 'reason'],
])('a wish of %o is refused, and %s named', async (json, field) => {
  const refused = await desk.ask('PUT', at('x@example.org'), { as: 'admin', json })
  expect([refused.statusCode, refused.json().errors[0].field]).toEqual([400, field])
})

test('a complaint is lifted by an admin alone', async () => {
  const { db, ids } = desk.deps
  const address = 'reader@example.org'
  await db('bounce_records').insert({ id: ids.uuid(), address, kind: 'complaint' })
  await db('suppressions').insert({ address, scope: 'automatic', reason: 'complaint' })
  expect((await desk.ask('DELETE', at(address), { as: 'provider' })).statusCode).toBe(403)
  expect((await desk.get(at(address), { as: 'provider' })).json()).toMatchObject({
    is_suppressed: true,
    history: [{ kind: 'complaint', lifted_at: null }],
  })
  expect((await desk.ask('DELETE', at(address), { as: 'admin' })).json()).toMatchObject({
    is_suppressed: false,
    history: [{ kind: 'complaint', lifted_at: expect.any(String) }],
  })
})

test('an answer to a wholly suppressed customer is held, unless the agent insists; staff see what became of each mail', async () => {
  const { id } = (
    await desk.post('/api/v1/tickets', { as: 'stranger', json: { title: 't', message_text: 'm' } })
  ).json()
  const messages = `/api/v1/tickets/${id}/messages`
  await desk.ask('PUT', at('stranger@example.org'), { as: 'admin', json: { scope: 'all' } })
  const post = (json: object, as: 'provider' | 'stranger' = 'provider') =>
    desk.post(messages, { as, json: { message_text: 'a', ...json } })
  expect((await post({})).json()).toMatchObject({ outbound_email_id: null, deliveries: [] })
  expect((await post({ override_suppression: true })).json()).toMatchObject({
    delivery_status: 'queued',
    deliveries: [{ status: 'queued' }],
  })
  expect((await post({ override_suppression: true }, 'stranger')).statusCode).toBe(400)
  const seen = (await desk.get(messages, { as: 'stranger' })).json().items
  expect(seen.map((one: { deliveries: unknown }) => one.deliveries)).toEqual([[], [], []])
})
