import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDesk, type TestDesk } from '../../../tests/test-desk.ts'

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

const open = async (title: string) =>
  (await desk.post('/api/v1/tickets', { as: 'customer', json: { title, message_text: 'help' } })).json()
const post = (url: string, json?: unknown) => desk.post(url, { as: 'provider', ...(json ? { json } : {}) })
const messagesOf = async (id: string) =>
  (await desk.get(`/api/v1/tickets/${id}/messages`, { as: 'provider' })).json().items

test('two tickets become one by number, and two again', async () => {
  const [from, into] = [await open('one'), await open('other')]
  const merged = await post(`/api/v1/tickets/${from.id}/merge`, { into_ticket_id: String(into.number) })
  expect(merged.json()).toMatchObject({ id: into.id, merged_into_id: null })
  expect(merged.headers.etag).toBeDefined()
  expect(await messagesOf(into.id)).toHaveLength(2)
  expect((await desk.get(`/api/v1/tickets/${from.id}`, { as: 'provider' })).json()).toMatchObject({
    status: 'closed',
    merged_into_id: into.id,
  })
  const again = await post(`/api/v1/tickets/${from.id}/merge`, { into_ticket_id: into.id })
  expect([again.statusCode, again.json().detail]).toEqual([409, expect.stringContaining('merged already')])
  const back = await post(`/api/v1/tickets/${from.id}/unmerge`)
  expect(back.json()).toMatchObject({ status: 'open', merged_into_id: null })
  expect(await messagesOf(into.id)).toHaveLength(1)
})

test('a message becomes a ticket of its own, once per Idempotency-Key, and both tell of each other', async () => {
  const ticket = await open('two matters')
  const url = `/api/v1/tickets/${ticket.id}/messages`
  await desk.post(url, { as: 'customer', json: { message_text: 'and another thing' } })
  const [, second] = await messagesOf(ticket.id)
  const ask = () =>
    desk.post(`/api/v1/tickets/${ticket.id}/split`, {
      as: 'provider',
      headers: { 'idempotency-key': 'split-once' },
      json: { message_ids: [second.id], title: 'The other matter' },
    })
  const [first, repeated] = [await ask(), await ask()]
  expect(first.statusCode).toBe(201)
  expect(repeated.json()).toEqual(first.json())
  expect(await messagesOf(first.json().id)).toMatchObject([{ id: second.id }])
  for (const id of [ticket.id, first.json().id]) {
    const { items } = (await desk.get(`/api/v1/tickets/${id}/links`, { as: 'provider' })).json()
    expect(items).toMatchObject([
      { from_ticket_id: first.json().id, to_ticket_id: ticket.id, relation: 'split_from' },
    ])
  }
})

test('what cannot be split off is named', async () => {
  const ticket = await open('one matter')
  const [only] = await messagesOf(ticket.id)
  const refused = await post(`/api/v1/tickets/${ticket.id}/split`, { message_ids: [only.id] })
  expect(refused.statusCode).toBe(409)
  const unknown = await post(`/api/v1/tickets/${ticket.id}/split`, {
    message_ids: ['0192f0c1-0000-7000-8000-000000000000'],
  })
  expect(unknown.statusCode).toBe(400)
  expect(unknown.json().errors).toMatchObject([{ field: 'message_ids.0' }])
})
