import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ActorName,
  addMailbox,
  openTestDesk,
  type TestDesk,
  uploadBody,
} from '../../../tests/test-desk.ts'

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

const openOwn = async (): Promise<string> =>
  (
    await desk.post('/api/v1/tickets', { as: 'customer', json: { title: 'Help', message_text: 'please' } })
  ).json().id
const post = (id: string, as: ActorName, json: object, headers: Record<string, string> = {}) =>
  desk.post(`/api/v1/tickets/${id}/messages`, { as, json, headers })
const statusOf = async (id: string) =>
  (await desk.get(`/api/v1/tickets/${id}`, { as: 'admin' })).json().status
const setStatus = (id: string, status: string) =>
  desk.ask('PATCH', `/api/v1/tickets/${id}`, { as: 'admin', json: { status } })

test("an agent's answer is queued as mail in the same transaction and rung for after it", async () => {
  const id = await openOwn()
  desk.rung.length = 0
  const response = await post(id, 'provider', { message_text: 'Have you tried water?' })
  expect(response.statusCode).toBe(201)
  const message = response.json()
  expect(message).toMatchObject({
    is_from_customer: false,
    is_internal: false,
    delivery_status: 'queued',
    source: 'web',
    attachments: [],
  })
  expect(desk.rung).toEqual([{ name: 'send-email', id: message.outbound_email_id }])
  const mail = (
    await desk.get(`/api/v1/outbound-emails/${message.outbound_email_id}`, { as: 'provider' })
  ).json()
  expect(mail).toMatchObject({
    status: 'queued',
    kind: 'reply',
    to: ['customer@example.org'],
    deliveries: [{ address: 'customer@example.org', status: 'queued' }],
  })
  expect(await statusOf(id)).toBe('in_progress')
})

test('with a key, the same answer sent many times at once is one message and one mail', async () => {
  const id = await openOwn()
  desk.rung.length = 0
  const headers = { 'idempotency-key': 'reply-once' }
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => post(id, 'provider', { message_text: 'once' }, headers)),
  )
  expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
  expect(await desk.deps.db('outbound_emails').where({ ticket_id: id })).toHaveLength(1)
  expect(desk.rung).toHaveLength(1)
})

test('a note is not mailed, changes no status, and is nothing the customer sees', async () => {
  const id = await openOwn()
  desk.rung.length = 0
  const upload = await desk.post('/api/v1/attachments', {
    as: 'provider',
    ...uploadBody(id, { name: 'secret.txt', type: 'text/plain', bytes: 's' }),
  })
  const note = await post(id, 'provider', {
    message_text: 'the customer is rude',
    is_internal: true,
    attachment_ids: [upload.json().id],
  })
  expect(note.json()).toMatchObject({
    is_internal: true,
    delivery_status: null,
    attachments: [{ filename: 'secret.txt' }],
  })
  expect(desk.rung).toEqual([])
  expect(await statusOf(id)).toBe('open')
  await desk.deps.db('messages').insert({
    id: desk.deps.ids.uuid(),
    ticket_id: id,
    sender_id: desk.users.stranger.id,
    message_text: 'I am not part of this',
    is_from_customer: true,
    is_unverified: true,
    source: 'email',
  })
  const seen = async (as: ActorName) =>
    (await desk.get(`/api/v1/tickets/${id}/messages`, { as }))
      .json()
      .items.map(({ message_text }: { message_text: string }) => message_text)
  expect(await seen('customer')).toEqual(['please'])
  expect(await seen('provider')).toEqual(['please', 'the customer is rude', 'I am not part of this'])
  const refused = await post(id, 'customer', { message_text: 'm', is_internal: true })
  expect([refused.statusCode, refused.json().errors[0].field]).toEqual([400, 'is_internal'])
})

test('staff answers leave resolved and closed tickets as they are', async () => {
  for (const status of ['resolved', 'closed']) {
    const id = await openOwn()
    await setStatus(id, status)
    expect((await post(id, 'provider', { message_text: 'one more thing' })).statusCode).toBe(201)
    expect(await statusOf(id)).toBe(status)
  }
})

test("a customer's answer reopens what was closed lately, and is refused when that is long ago", async () => {
  const id = await openOwn()
  await setStatus(id, 'closed')
  expect((await post(id, 'customer', { message_text: 'still broken' })).statusCode).toBe(201)
  expect(await statusOf(id)).toBe('open')
  await setStatus(id, 'closed')
  await desk.deps
    .db('tickets')
    .where({ id })
    .update({ closed_at: new Date(Date.now() - 15 * 86_400_000) })
  const late = await post(id, 'customer', { message_text: 'hello again' })
  expect([late.statusCode, late.json().code]).toEqual([409, 'request.conflict'])
  expect(await statusOf(id)).toBe('closed')
})

test('a message takes only loose uploads of its author to its ticket', async () => {
  const [id, other] = [await openOwn(), await openOwn()]
  const upload = async (ticket: string, as: ActorName) =>
    (
      await desk.post('/api/v1/attachments', {
        as,
        ...uploadBody(ticket, { name: 'a.txt', type: 'text/plain', bytes: `${ticket} ${as}` }),
      })
    ).json().id
  const mine = await upload(id, 'provider')
  const elsewhere = await upload(other, 'provider')
  const theirs = await upload(id, 'customer')
  const mixed = await post(id, 'provider', {
    message_text: 'm',
    attachment_ids: [mine, elsewhere, theirs, desk.deps.ids.uuid()],
  })
  expect(mixed.statusCode).toBe(400)
  expect(mixed.json().errors.map(({ field }: { field: string }) => field)).toEqual([
    'attachment_ids.1',
    'attachment_ids.2',
    'attachment_ids.3',
  ])
  expect(
    (await post(id, 'provider', { message_text: 'm', attachment_ids: [mine] })).json().attachments,
  ).toMatchObject([{ id: mine }])
  expect((await post(id, 'provider', { message_text: 'm', attachment_ids: [mine] })).statusCode).toBe(400)
})

test('messages are paged oldest first without gaps or repeats', async () => {
  const id = await openOwn()
  for (let n = 1; n <= 7; n += 1) await post(id, 'provider', { message_text: `m${n}`, is_internal: true })
  const texts: string[] = []
  let url = `/api/v1/tickets/${id}/messages?limit=3`
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await desk.get(url, { as: 'admin' })).json()
    texts.push(...page.items.map(({ message_text }: { message_text: string }) => message_text))
    cursor = page.next_cursor
    url = `/api/v1/tickets/${id}/messages?limit=3&cursor=${cursor}`
  }
  expect(texts).toEqual(['please', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'])
})

test('a queue that fails or hangs neither fails the answer nor holds it up', async () => {
  const id = await openOwn()
  const { jobs } = desk.deps
  const ringAll = jobs.ringAll
  try {
    jobs.ringAll = () => Promise.reject(new Error('queue is away'))
    expect((await post(id, 'provider', { message_text: 'failing' })).statusCode).toBe(201)
    jobs.ringAll = () => new Promise(() => undefined)
    const started = performance.now()
    expect((await post(id, 'provider', { message_text: 'hanging' })).statusCode).toBe(201)
    expect(performance.now() - started).toBeLessThan(2000)
  } finally {
    jobs.ringAll = ringAll
  }
  expect(desk.logged.map(({ message }) => message)).toContain('doorbell failed, the sweeper will ring')
})
