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

const open = async (fields: object = {}, headers: Record<string, string> = {}) =>
  desk.post('/api/v1/tickets', {
    as: 'provider',
    headers,
    json: { customer_email: 'erika@example.org', title: 'Printer', message_text: 'It burns', ...fields },
  })

test('staff open a ticket for an address, and the person is added on first use', async () => {
  const response = await open({ category: 'technical', tags: ['vip'], source: 'phone' })
  expect(response.statusCode).toBe(201)
  const ticket = response.json()
  expect(response.headers).toMatchObject({ location: `/api/v1/tickets/${ticket.id}`, etag: '"1"' })
  expect(ticket).toMatchObject({
    title: 'Printer',
    category: 'technical',
    priority: 'medium',
    status: 'open',
    source: 'phone',
    tags: ['vip'],
    closed_at: null,
  })
  const again = (await open({ customer_email: 'ERIKA@example.org' })).json()
  expect(again.customer_id).toBe(ticket.customer_id)
  const byNumber = await desk.get(`/api/v1/tickets/${ticket.number}`, { as: 'admin' })
  expect(byNumber.json()).toEqual(ticket)
  const { items } = (await desk.get(`/api/v1/tickets/${ticket.id}/messages`, { as: 'admin' })).json()
  expect(items).toMatchObject([
    { message_text: 'It burns', is_from_customer: false, source: 'phone', sender_id: desk.users.provider.id },
  ])
  const participants = await desk.deps.db('ticket_participants').where({ ticket_id: ticket.id })
  expect(participants).toMatchObject([{ address: 'erika@example.org', role: 'requester' }])
})

test('a bad body is refused with every field at fault', async () => {
  const response = await desk.post('/api/v1/tickets', {
    as: 'provider',
    json: {
      title: ' ',
      message_text: 7,
      category: 'gossip',
      tags: ['ok', ''],
      customer_email: 'nobody',
      is_admin: true,
    },
  })
  expect(response.statusCode).toBe(400)
  expect(response.headers['content-type']).toMatch('application/problem+json')
  const problem = response.json()
  expect(problem).toMatchObject({
    status: 400,
    code: 'request.invalid',
    type: 'urn:maildesk:problem:request.invalid',
  })
  expect([...new Set(problem.errors.map(({ field }: { field: string }) => field))].sort()).toEqual(
    ['category', 'customer_email', 'is_admin', 'message_text', 'tags.1', 'title'].sort(),
  )
})

test('text that the database cannot hold is refused by name, wherever it stands', async () => {
  const fieldsOf = async (json: object) =>
    (await open(json)).json().errors?.map(({ field }: { field: string }) => field)
  expect(await fieldsOf({ title: 'a\u0000b' })).toEqual(['title'])
  expect(await fieldsOf({ tags: ['ok', 'x\u0000'] })).toEqual(['tags.1'])
  expect(await fieldsOf({ message_text: 'broken \ud800 pair' })).toEqual(['message_text'])
  const query = await desk.get('/api/v1/tickets?q=%00', { as: 'admin' })
  expect([query.statusCode, query.json().errors[0].field]).toEqual([400, 'q'])
})

test('staff must say whose ticket it is, once and rightly; customers must not', async () => {
  const fields = async (as: 'customer' | 'provider', json: object) => {
    const response = await desk.post('/api/v1/tickets', {
      as,
      json: { title: 't', message_text: 'm', ...json },
    })
    return [response.statusCode, ...response.json().errors.map(({ field }: { field: string }) => field)]
  }
  expect(await fields('provider', {})).toEqual([400, 'customer_id'])
  expect(
    await fields('provider', { customer_id: desk.users.customer.id, customer_email: 'a@b.example' }),
  ).toEqual([400, 'customer_email'])
  expect(await fields('provider', { customer_id: desk.deps.ids.uuid() })).toEqual([400, 'customer_id'])
  expect(await fields('provider', { customer_id: desk.users.deactivated.id })).toEqual([400, 'customer_id'])
  expect(
    await fields('provider', { customer_email: 'a@b.example', mailbox_id: desk.deps.ids.uuid() }),
  ).toEqual([400, 'mailbox_id'])
  expect(
    await fields('customer', { customer_email: 'a@b.example', mailbox_id: desk.deps.ids.uuid() }),
  ).toEqual([400, 'customer_email', 'mailbox_id'])
})

test('a change writes one event per field, counts the version up, and follows closed_at', async () => {
  const { id } = (await open()).json()
  const changes = {
    status: 'closed',
    priority: 'urgent',
    assigned_agent_id: desk.users.provider.id,
    tags: ['done'],
    title: 'Printer',
  }
  const closed = await desk.ask('PATCH', `/api/v1/tickets/${id}`, { as: 'admin', json: changes })
  expect(closed.json()).toMatchObject({ ...changes, version: 2, closed_at: expect.any(String) })
  expect(closed.headers.etag).toBe('"2"')
  const same = await desk.ask('PATCH', `/api/v1/tickets/${id}`, { as: 'admin', json: changes })
  expect(same.json().version).toBe(2)
  const reopened = await desk.ask('PATCH', `/api/v1/tickets/${id}`, { as: 'admin', json: { status: 'open' } })
  expect(reopened.json()).toMatchObject({ status: 'open', closed_at: null, version: 3 })
  const { items } = (await desk.get(`/api/v1/tickets/${id}/events`, { as: 'admin' })).json()
  // Whom of staff it was told is another story.
  const types = items.map(({ type }: { type: string }) => type)
  expect(types.filter((type: string) => !type.startsWith('notification_'))).toEqual([
    'ticket_opened',
    'priority_changed',
    'status_changed',
    'tags_changed',
    'assignee_changed',
    'status_changed',
  ])
  expect(items[1]).toMatchObject({ data: { from: 'medium', to: 'urgent' }, actor_id: desk.users.admin.id })
})

test('a ticket goes to active staff only, and can be taken back', async () => {
  const { id } = (await open()).json()
  const assign = (agent: string | null) =>
    desk.ask('PUT', `/api/v1/tickets/${id}/assignee`, { as: 'provider', json: { assigned_agent_id: agent } })
  for (const nobody of [desk.users.customer.id, desk.users.deactivated.id, desk.deps.ids.uuid()]) {
    const refused = await assign(nobody)
    expect([refused.statusCode, refused.json().errors]).toEqual([
      400,
      [{ field: 'assigned_agent_id', message: 'names no active staff' }],
    ])
  }
  expect((await assign(null)).statusCode).toBe(400)
  expect((await assign(desk.users.provider.id)).json().assigned_agent_id).toBe(desk.users.provider.id)
  const taken = await desk.ask('DELETE', `/api/v1/tickets/${id}/assignee`, { as: 'provider' })
  expect(taken.json().assigned_agent_id).toBeNull()
})

test('of ten changes that read the same version exactly one wins', async () => {
  const { id } = (await open()).json()
  const change = (n: number) =>
    desk.ask('PATCH', `/api/v1/tickets/${id}`, {
      as: 'admin',
      json: { title: `by ${n}` },
      headers: { 'if-match': '"1"' },
    })
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => change(n)))
  const statuses = answers.map(({ statusCode }) => statusCode).sort()
  expect(statuses).toEqual([200, ...Array(9).fill(412)])
  expect(answers.find(({ statusCode }) => statusCode === 412)?.json()).toMatchObject({
    code: 'request.stale',
  })
  expect((await desk.get(`/api/v1/tickets/${id}`, { as: 'admin' })).json().version).toBe(2)
  const weak = await desk.ask('PATCH', `/api/v1/tickets/${id}`, {
    as: 'admin',
    json: { title: 'w' },
    headers: { 'if-match': 'W/"2"' },
  })
  expect(weak.statusCode).toBe(412)
  const any = await desk.ask('PATCH', `/api/v1/tickets/${id}`, {
    as: 'admin',
    json: { title: 'x' },
    headers: { 'if-match': '*' },
  })
  expect(any.statusCode).toBe(200)
})

test('the same request with the same key at the same time opens one ticket and gets one answer', async () => {
  const key = { 'idempotency-key': 'race-1' }
  const answers = await Promise.all(Array.from({ length: 8 }, () => open({ title: 'Raced' }, key)))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(201))
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
  expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1)
  expect(await desk.deps.db('tickets').where({ title: 'Raced' })).toHaveLength(1)
  const other = await open({ title: 'Another' }, key)
  expect([other.statusCode, other.json().code]).toEqual([422, 'request.key-reused'])
  const others = await desk.post('/api/v1/tickets', {
    as: 'customer',
    headers: key,
    json: { title: 'Raced', message_text: 'mine' },
  })
  expect(others.statusCode).toBe(201)
})

test('a request that failed leaves its key free', async () => {
  const key = { 'idempotency-key': 'failed-once' }
  expect((await open({ mailbox_id: desk.deps.ids.uuid() }, key)).statusCode).toBe(400)
  expect((await open({ title: 'After failure' }, key)).statusCode).toBe(201)
  expect((await open({}, { 'idempotency-key': 'with space' })).json().errors[0].field).toBe('Idempotency-Key')
})

test('walking the pages in any order gives every ticket once, even with equal times', async () => {
  const customer_email = 'walker@example.org'
  const first = (await open({ customer_email, title: 'w0' })).json()
  for (let n = 1; n < 23; n += 1)
    await open({ customer_email, title: `w${n}`, priority: ['low', 'medium', 'high', 'urgent'][n % 4] })
  const { db } = desk.deps
  // Times that differ by microseconds only, and some that are the same.
  await db.raw(
    `UPDATE tickets SET updated_at = '2026-01-01T00:00:00Z'::timestamptz + (number / 3) * interval '1 microsecond' WHERE customer_id = ?`,
    [first.customer_id],
  )
  for (const sort of ['updated_at', '-updated_at', 'created_at', '-created_at', 'priority', '-priority']) {
    const titles: string[] = []
    let cursor: string | null = null
    do {
      const next: string = cursor === null ? '' : `&cursor=${cursor}`
      const page = (
        await desk.get(`/api/v1/tickets?customer_id=${first.customer_id}&limit=4&sort=${sort}${next}`, {
          as: 'admin',
        })
      ).json()
      titles.push(...page.items.map(({ title }: { title: string }) => title))
      cursor = page.next_cursor
    } while (cursor)
    expect(titles, sort).toHaveLength(23)
    expect(new Set(titles).size, sort).toBe(23)
  }
  const urgentFirst = (
    await desk.get(`/api/v1/tickets?customer_id=${first.customer_id}&sort=-priority&limit=1`, { as: 'admin' })
  ).json()
  expect(urgentFirst.items[0].priority).toBe('urgent')
  const foreign = await desk.get(`/api/v1/tickets?sort=priority&cursor=${urgentFirst.next_cursor}`, {
    as: 'admin',
  })
  expect([foreign.statusCode, foreign.json().errors[0].field]).toEqual([400, 'cursor'])
})

test('filters narrow the list, and wildcards in the search are only characters', async () => {
  const titles = async (query: string, as: 'admin' | 'customer' = 'admin') =>
    (await desk.get(`/api/v1/tickets?limit=100&${query}`, { as }))
      .json()
      .items.map(({ title }: { title: string }) => title)
  const odd = (await open({ title: '100% of a_b \\ c', tags: ['odd'] })).json()
  await desk.post('/api/v1/tickets', { as: 'customer', json: { title: 'Mine alone', message_text: 'm' } })
  expect(await titles(`q=${encodeURIComponent('100% OF')}`)).toEqual([odd.title])
  expect(await titles('q=a_b')).toEqual([odd.title])
  expect(await titles(`q=${encodeURIComponent('\\ c')}`)).toEqual([odd.title])
  expect(await titles('q=aXb')).toEqual([])
  expect(await titles(`q=%23${odd.number}`)).toContain(odd.title)
  expect(await titles('tag=odd')).toEqual([odd.title])
  expect(
    await titles(
      'q=Mine&source=web&category=general&priority=medium&status=open&status=closed&unassigned=true',
    ),
  ).toEqual(['Mine alone'])
  expect(await titles('q=Mine&source=phone')).toEqual([])
  expect(await titles(`created_since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([])
  expect(new Set(await titles('', 'customer'))).toEqual(new Set(['Mine alone', 'Raced']))
  expect(await titles(`customer_id=${desk.users.stranger.id}`, 'customer')).toEqual([])
})

test('a bad query names each parameter at fault', async () => {
  const response = await desk.get(
    '/api/v1/tickets?limit=1000&sort=title&status=nope&customer_id=1&order=asc&created_since=yesterday',
    { as: 'admin' },
  )
  expect(response.statusCode).toBe(400)
  const fields = new Set(response.json().errors.map(({ field }: { field: string }) => field))
  expect(fields).toEqual(new Set(['limit', 'sort', 'status.0', 'customer_id', 'order', 'created_since']))
})

test('hostile words in every parameter are searched for or refused, and never a failure', async () => {
  const hostile = [
    "'",
    '"',
    '\\',
    '%',
    '_',
    "'; DROP TABLE tickets; --",
    '$1',
    '?',
    '??',
    ':x',
    '{}',
    '[]',
    '\u202e',
    '😀',
    'a'.repeat(200),
    '-1',
    '1e9',
    'NaN',
    '../..',
  ]
  for (const parameter of [
    'q',
    'tag',
    'sort',
    'cursor',
    'status',
    'limit',
    'customer_id',
    'updated_since',
    'unassigned',
  ]) {
    for (const word of hostile) {
      const { statusCode } = await desk.get(`/api/v1/tickets?${parameter}=${encodeURIComponent(word)}`, {
        as: 'admin',
      })
      expect([200, 400], `${parameter}=${word}`).toContain(statusCode)
    }
  }
})
