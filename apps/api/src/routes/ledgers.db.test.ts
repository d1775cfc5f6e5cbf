import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox, addQuarantinedEmail, openTestDesk, type TestDesk } from '../../tests/test-desk.ts'

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

test('a quarantined mail can be found, read as it came, and filed again', async () => {
  const raw = 'Subject: =?utf-8?q?odd?=\r\n\r\n\u00ff raw bytes\r\n'
  const id = await addQuarantinedEmail(desk.deps, raw)
  const { items } = (await desk.get('/api/v1/inbound-emails?status=quarantined', { as: 'provider' })).json()
  expect(items).toMatchObject([
    { id, outcome: 'quarantined', reason: 'flood', decision: { decidedBy: 'quarantine-floods' } },
  ])
  expect((await desk.get('/api/v1/inbound-emails?status=filed', { as: 'provider' })).json().items).toEqual([])
  const download = await desk.get(`/api/v1/inbound-emails/${id}/raw`, { as: 'provider' })
  expect(download.rawPayload).toEqual(Buffer.from(raw))
  expect(download.headers).toMatchObject({
    'content-type': 'message/rfc822',
    'content-security-policy': "sandbox; default-src 'none'",
  })
  expect(download.headers['content-disposition']).toBe(
    `attachment; filename="${id}.eml"; filename*=UTF-8''${id}.eml`,
  )
  const replay = await desk.post(`/api/v1/inbound-emails/${id}/replays`, { as: 'admin' })
  expect([replay.statusCode, replay.json().status]).toEqual([202, 'received'])
  expect(desk.rung).toContainEqual({ name: 'file-email', id })
  expect(
    (await desk.post(`/api/v1/inbound-emails/${desk.deps.ids.uuid()}/replays`, { as: 'admin' })).statusCode,
  ).toBe(404)
})

test('an uncertain mail can be found and tried once more; one on its way cannot', async () => {
  const { id: ticket } = (
    await desk.post('/api/v1/tickets', { as: 'customer', json: { title: 't', message_text: 'm' } })
  ).json()
  const { outbound_email_id: id } = (
    await desk.post(`/api/v1/tickets/${ticket}/messages`, { as: 'provider', json: { message_text: 'a' } })
  ).json()
  const retry = () => desk.post(`/api/v1/outbound-emails/${id}/retries`, { as: 'provider' })
  expect([(await retry()).statusCode, (await retry()).json().code]).toEqual([409, 'request.conflict'])
  await desk.deps.db('outbound_emails').where({ id }).update({ status: 'uncertain', next_attempt_at: null })
  const { items } = (await desk.get('/api/v1/outbound-emails?status=uncertain', { as: 'provider' })).json()
  expect(items).toMatchObject([{ id, next_attempt_at: null, to: ['customer@example.org'] }])
  desk.rung.length = 0
  const again = await retry()
  expect([again.statusCode, again.json().status]).toEqual([202, 'queued'])
  expect(desk.rung).toEqual([{ name: 'send-email', id }])
})

test('a mail can be taken back, tried again among many, and its doubt be ended', async () => {
  const { id: ticket } = (
    await desk.post('/api/v1/tickets', { as: 'customer', json: { title: 't', message_text: 'm' } })
  ).json()
  const json = { message_text: 'a', cc: ['bob@example.org'], scheduled_for: '2099-01-01T00:00:00Z' }
  const post = (fields: object) =>
    desk.post(`/api/v1/tickets/${ticket}/messages`, { as: 'provider', json: { ...json, ...fields } })
  expect((await post({})).json().errors).toMatchObject([{ field: 'scheduled_for' }])
  expect((await post({ is_internal: true })).json().errors).toHaveLength(3)
  expect(
    (await post({ scheduled_for: undefined, cc: ['x', 'two@example.org, b@x.example'] })).statusCode,
  ).toBe(400)
  const soon = new Date(Date.now() + 3_600_000).toISOString()
  const { outbound_email_id: id } = (await post({ scheduled_for: soon })).json()
  const act = (what: string, json?: object) =>
    desk.post(`/api/v1/outbound-emails/${what}`, { as: 'provider', ...(json ? { json } : {}) })
  const cancelled = (await act(`${id}/cancel`)).json()
  expect(cancelled).toMatchObject({ status: 'cancelled', cc: ['bob@example.org'], scheduled_for: soon })
  expect((await act(`${id}/cancel`)).json().code).toBe('request.conflict')
  const nobody = desk.deps.ids.uuid()
  expect((await act('retry', { ids: [id, nobody] })).json().items).toMatchObject([
    { id, outcome: 'queued', code: null },
    { id: nobody, outcome: 'refused', code: 'request.not-found' },
  ])
  expect((await act(`${id}/resolve`, { as: 'sent' })).statusCode).toBe(409)
  await desk.deps.db('outbound_emails').where({ id }).update({ status: 'uncertain', next_attempt_at: null })
  expect((await act(`${id}/resolve`, { as: 'resend' })).json().status).toBe('queued')
  await desk.deps.db('outbound_emails').where({ id }).update({ status: 'uncertain', next_attempt_at: null })
  expect((await act(`${id}/resolve`, { as: 'sent' })).json()).toMatchObject({
    status: 'sent',
    deliveries: [{ status: 'sent' }, { status: 'sent' }],
  })
  const { items } = (await desk.get(`/api/v1/tickets/${ticket}/events?limit=100`, { as: 'provider' })).json()
  const types = items.map(({ type }: { type: string }) => type)
  expect(types).toEqual(expect.arrayContaining(['reply_queued', 'reply_cancelled', 'uncertainty_resolved']))
})

test('mailboxes are shown without their secrets', async () => {
  const response = await desk.get('/api/v1/mailboxes', { as: 'admin' })
  expect(response.json().items).toMatchObject([
    { address: 'support@desk.example', smtp_host: 'smtp.desk.example' },
  ])
  expect(response.body).not.toContain('secret')
  expect(response.body).not.toContain('canary')
})

test('an admin adds people; an address is taken only once', async () => {
  const add = (json: object) => desk.post('/api/v1/users', { as: 'admin', json })
  const added = await add({ email: 'New.Agent@example.org', role: 'provider', first_name: 'New' })
  expect([added.statusCode, added.json()]).toEqual([
    201,
    expect.objectContaining({
      email: 'New.Agent@example.org',
      is_staff: true,
      is_active: true,
      last_name: '',
    }),
  ])
  const taken = await add({ email: 'new.agent@EXAMPLE.org', role: 'customer' })
  expect([taken.statusCode, taken.json().code]).toEqual([409, 'request.conflict'])
  expect(
    (await add({ email: 'x', role: 'root' }))
      .json()
      .errors.map(({ field }: { field: string }) => field)
      .sort(),
  ).toEqual(['email', 'role'])
  const found = (
    await desk.get('/api/v1/users?role=provider&is_active=true&q=new.agent', { as: 'provider' })
  ).json()
  expect(found.items).toMatchObject([{ id: added.json().id }])
})
