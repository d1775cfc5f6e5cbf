import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addQuarantinedEmail, openTestDesk, type TestDesk } from '../../../tests/test-desk.ts'

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

const rule = (value: string, actions: object = { quarantine: 'spam' }) => ({
  name: `about ${value}`,
  conditions: [{ field: 'subject', operator: 'contains', value }],
  actions,
})

test('many held mails are released or discarded at once, and each has its own result', async () => {
  const [held, other] = [await addQuarantinedEmail(desk.deps), await addQuarantinedEmail(desk.deps)]
  const nothing = desk.deps.ids.uuid()
  const listed = await desk.get('/api/v1/inbound-emails?reason=flood&outcome=quarantined', { as: 'provider' })
  expect(listed.json().items).toHaveLength(2)
  const released = await desk.post('/api/v1/inbound-emails/release', {
    as: 'provider',
    json: { ids: [held, nothing, 'x'], note: 'wanted' },
  })
  expect(released.json().items).toMatchObject([
    { id: held, result: 'done', code: null },
    { id: nothing, result: 'refused', code: 'request.not-found' },
    { id: 'x', result: 'refused', code: 'request.not-found' },
  ])
  expect(desk.rung).toContainEqual({ name: 'file-email', id: held })
  expect((await desk.get(`/api/v1/inbound-emails/${held}`, { as: 'provider' })).json()).toMatchObject({
    status: 'received',
    judgement: 'released',
    judged_by_id: desk.users.provider.id,
    judgement_note: 'wanted',
    waived_reasons: ['flood'],
  })
  const url = `/api/v1/inbound-emails/${other}/discard`
  const blocks = { block_sender: true }
  expect((await desk.post(url, { as: 'provider', json: blocks })).statusCode).toBe(403)
  // It has no sender.
  expect((await desk.post(url, { as: 'admin', json: blocks })).statusCode).toBe(409)
  expect((await desk.post(url, { as: 'provider', json: {} })).json()).toMatchObject({
    outcome: 'ignored_by_rule',
    judgement: 'discarded',
  })
})

test('rules are written, changed where nobody was faster, put into order, tried and removed', async () => {
  const path = '/api/v1/inbound-rules'
  const add = (json: unknown) => desk.post(path, { as: 'admin', json })
  const first = (await add(rule('hello'))).json()
  const second = (await add(rule('bye'))).json()
  const wrong = await add({ ...rule('x'), conditions: [{ field: 'nose', operator: 'is', value: 'x' }] })
  expect([wrong.statusCode, wrong.json().errors[0].field]).toEqual([400, 'conditions.0'])
  const patch = (etag: string) =>
    desk.ask('PATCH', `${path}/${first.id}`, {
      as: 'admin',
      json: { stop: true },
      headers: { 'if-match': etag },
    })
  expect((await patch('"1"')).json()).toMatchObject({ stop: true, version: 2, name: 'about hello' })
  expect((await patch('"1"')).statusCode).toBe(412)
  const order = { ids: [second.id, first.id] }
  const ordered = (await desk.post(`${path}/order`, { as: 'admin', json: order })).json().items
  expect(ordered.map(({ id }: { id: string }) => id)).toEqual(order.ids)
  const id = await addQuarantinedEmail(desk.deps)
  const dryRun = (rules: unknown[]) => desk.post(`${path}/dry-run`, { as: 'provider', json: { rules } })
  const tried = (await dryRun([rule('hello', { tags: ['x'] })])).json()
  expect(tried.items).toContainEqual(
    expect.objectContaining({
      inbound_email_id: id,
      is_asked: false,
      actions: expect.objectContaining({ tags: ['x'] }),
    }),
  )
  const raw = await dryRun([{ ...rule('x'), conditions: [{ field: 'header:X-A', operator: 'exists' }] }])
  expect([raw.statusCode, raw.json().errors[0].message]).toEqual([
    400,
    expect.stringContaining('maildesk rule test'),
  ])
  expect((await desk.ask('DELETE', `${path}/${first.id}`, { as: 'admin' })).statusCode).toBe(204)
  expect((await desk.ask('DELETE', `${path}/${first.id}`, { as: 'admin' })).statusCode).toBe(404)
})
