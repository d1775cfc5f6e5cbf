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

const mine = '/api/v1/users/me/notifications'
const change = (url: string, json: unknown, as: 'provider' | 'admin' = 'provider') =>
  desk.ask('PATCH', url, { as, json })

test('an agent chooses what they are told of, and takes a choice back', async () => {
  const before = (await desk.get(mine, { as: 'provider' })).json()
  expect(before).toMatchObject({
    events: {
      assignment: { wanted: true, is_default: true },
      new_ticket: { wanted: false, is_default: true },
    },
    paused_reason: null,
  })
  await change(mine, { new_ticket: true })
  const changed = await change(mine, { assignment: false })
  expect(changed.json().events).toMatchObject({
    assignment: { wanted: false, is_default: false },
    new_ticket: { wanted: true, is_default: false },
  })
  expect((await change(mine, { new_ticket: null, assignment: null })).json()).toEqual(before)
})

test('an admin chooses for others, an agent does not, and customers have nothing to choose', async () => {
  const of = (name: 'provider' | 'admin' | 'customer') => `/api/v1/users/${desk.users[name].id}/notifications`
  expect((await change(of('provider'), { escalation: false }, 'admin')).statusCode).toBe(200)
  expect((await change(of('admin'), { escalation: false })).statusCode).toBe(404)
  expect((await change(of('customer'), { escalation: false }, 'admin')).statusCode).toBe(404)
  expect((await change(mine, { everything: true })).statusCode).toBe(400)
})

test('staff say whose ticket it is, and a mailbox of ours is nobody', async () => {
  const opened = await desk.post('/api/v1/tickets', {
    as: 'provider',
    json: { title: 'Fwd: stuck', message_text: 'help', customer_id: desk.users.stranger.id },
  })
  const url = `/api/v1/tickets/${opened.json().id}/requester`
  const set = await desk.post(url, {
    as: 'provider',
    json: { email: 'New@Person.example', name: 'Ada Lovelace' },
  })
  expect(set.json().customer_id).not.toBe(desk.users.stranger.id)
  const people = await desk.deps
    .db('ticket_participants')
    .where({ ticket_id: opened.json().id })
    .orderBy('role')
  expect(people.map(({ address, role, is_active }) => [address, role, is_active])).toEqual([
    [desk.users.stranger.email, 'collaborator', false],
    ['new@person.example', 'requester', true],
  ])
  expect((await desk.post(url, { as: 'provider', json: { email: 'not an address' } })).statusCode).toBe(400)
})
