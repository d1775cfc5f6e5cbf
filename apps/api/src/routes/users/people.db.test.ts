import { goneWithPerson, movedWithPerson } from '@maildesk/db'
import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

const staff = { as: 'provider' } as const
const addressesOf = async (id: string) =>
  (await desk.get(`/api/v1/users/${id}/addresses`, staff))
    .json()
    .items.map(({ address }: { address: string }) => address)
const addAddress = (id: string, address: string, as: 'provider' | 'admin' = 'provider') =>
  desk.post(`/api/v1/users/${id}/addresses`, { as, json: { address } })
const open = async (as: 'customer' | 'stranger') =>
  (await desk.post('/api/v1/tickets', { as, json: { title: `of ${as}`, message_text: 'help' } })).json()

describe('addresses of a person', () => {
  test('are added in the form they are compared in, and taken away', async () => {
    const { id, email } = desk.users.customer
    const added = await addAddress(id, 'Ada.Home@EXÄMPLE.org')
    expect([added.statusCode, added.json()]).toMatchObject([
      201,
      { address: 'ada.home@xn--exmple-cua.org', is_first: false },
    ])
    expect(await addressesOf(id)).toEqual([email, 'ada.home@xn--exmple-cua.org'])
    const removed = await desk.ask(
      'DELETE',
      `/api/v1/users/${id}/addresses/Ada.Home@xn--exmple-cua.org`,
      staff,
    )
    expect(removed.statusCode).toBe(204)
    expect(await addressesOf(id)).toEqual([email])
  })

  test.each([
    ['somebody else’s', () => desk.users.stranger.email, 409],
    ['their own first', () => desk.users.customer.email.toUpperCase(), 409],
    ['two', () => 'a@example.org, b@example.org', 400],
    ['no address', () => 'x y@example.org', 400],
  ])('%s is refused', async (_, address, status) => {
    expect((await addAddress(desk.users.customer.id, address())).statusCode).toBe(status)
  })

  test('of staff are for admins to change', async () => {
    const { id } = desk.users.admin
    expect((await addAddress(id, 'me.too@example.org')).statusCode).toBe(403)
    expect((await addAddress(id, 'me.too@example.org', 'admin')).statusCode).toBe(201)
    expect(
      (await desk.ask('DELETE', `/api/v1/users/${id}/addresses/me.too@example.org`, staff)).statusCode,
    ).toBe(403)
  })

  test('of nobody are not there', async () => {
    expect((await desk.get(`/api/v1/users/${desk.deps.ids.uuid()}/addresses`, staff)).statusCode).toBe(404)
  })
})

describe('participants', () => {
  const at = (ticket: { id: string }, address = '') =>
    `/api/v1/tickets/${ticket.id}/participants${address && `/${address}`}`
  const listed = async (ticket: { id: string }) => (await desk.get(at(ticket), staff)).json().items
  const eventsOf = async (ticket: { id: string }) =>
    (await desk.deps.db('ticket_events').where({ ticket_id: ticket.id }).orderBy('created_at')).map(
      ({ type }) => type,
    )

  test('are added, silenced, and taken out; each is an event', async () => {
    const ticket = await open('customer')
    const bob = { as: 'provider', json: { address: 'Bob@Example.org', name: 'Bob' } } as const
    expect((await desk.post(at(ticket), bob)).json()).toMatchObject({
      address: 'bob@example.org',
      role: 'collaborator',
      is_active: true,
    })
    expect((await desk.post(at(ticket), bob)).statusCode).toBe(409)
    const silence = { as: 'provider', json: { is_active: false } } as const
    expect((await desk.ask('PATCH', at(ticket, 'BOB@example.org'), silence)).json()).toMatchObject({
      is_active: false,
    })
    expect((await desk.ask('PATCH', at(ticket, 'bob@example.org'), silence)).statusCode).toBe(200)
    expect(await listed(ticket)).toMatchObject([{ role: 'requester' }, { address: 'bob@example.org' }])
    expect((await desk.ask('DELETE', at(ticket, 'bob@example.org'), staff)).statusCode).toBe(204)
    expect((await desk.ask('DELETE', at(ticket, 'bob@example.org'), staff)).statusCode).toBe(404)
    expect(await listed(ticket)).toHaveLength(1)
    expect(await eventsOf(ticket)).toEqual(
      expect.arrayContaining(['participant_added', 'participant_deactivated', 'participant_removed']),
    )
  })

  test('the requester stays', async () => {
    const ticket = await open('customer')
    const requester = at(ticket, desk.users.customer.email)
    expect((await desk.ask('DELETE', requester, staff)).statusCode).toBe(409)
    expect((await desk.ask('PATCH', requester, { ...staff, json: { is_active: false } })).statusCode).toBe(
      409,
    )
  })

  test('accepting one who waits shows the customer what they wrote', async () => {
    const ticket = await open('customer')
    const eve = desk.users.stranger
    await desk.deps
      .db('ticket_participants')
      .insert({ ticket_id: ticket.id, address: eve.email, role: 'unverified' })
    await desk.deps.db('messages').insert({
      id: desk.deps.ids.uuid(),
      ticket_id: ticket.id,
      sender_id: eve.id,
      message_text: 'held',
      is_from_customer: true,
      is_unverified: true,
      source: 'email',
    })
    const seen = async () =>
      (await desk.get(`/api/v1/tickets/${ticket.id}/messages`, { as: 'customer' })).json().items.length
    expect(await seen()).toBe(1)
    const change = (json: object) => desk.ask('PATCH', at(ticket, eve.email), { ...staff, json })
    expect((await change({ is_active: true })).statusCode).toBe(409)
    expect((await change({ role: 'requester' })).statusCode).toBe(400)
    expect((await change({ role: 'collaborator' })).json()).toMatchObject({
      role: 'collaborator',
      is_active: true,
    })
    expect(await seen()).toBe(2)
    const event = await desk.deps
      .db('ticket_events')
      .where({ ticket_id: ticket.id, type: 'participant_accepted' })
      .first()
    expect(event.data).toEqual({ address: eve.email, messages: 1 })
  })
})

describe('merging two persons', () => {
  test('every column that names a person is moved or ends, by decision', async () => {
    const { rows } = await desk.deps.db.raw(
      `SELECT c.conrelid::regclass::text AS "table", a.attname AS "column"
         FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass`,
    )
    const found = rows.map((row: { table: string; column: string }) => `${row.table}.${row.column}`)
    const decided = [...movedWithPerson, ...goneWithPerson].map((pair) => pair.join('.'))
    expect(found.sort()).toEqual(decided.sort())
  })

  test('gives tickets, messages and addresses to the one that stays', async () => {
    const { stranger, customer } = desk.users
    const ticket = await open('stranger')
    await addAddress(stranger.id, 'eve.home@example.org')
    const merge = (from: string, into: string) =>
      desk.post(`/api/v1/users/${from}/merge`, { as: 'admin', json: { into } })
    expect((await merge(stranger.id, desk.users.admin.id)).statusCode).toBe(409)
    expect((await merge(stranger.id, desk.deps.ids.uuid())).statusCode).toBe(404)
    expect((await merge(stranger.id, customer.id)).json()).toMatchObject({ id: customer.id })
    const [first, ...others] = await addressesOf(customer.id)
    expect([first, others.sort()]).toEqual([customer.email, ['eve.home@example.org', stranger.email]])
    expect((await desk.get(`/api/v1/tickets/${ticket.id}`, { as: 'customer' })).statusCode).toBe(200)
    expect((await desk.get('/api/v1/users/me', { as: 'stranger' })).statusCode).toBe(401)
    const event = await desk.deps
      .db('ticket_events')
      .where({ ticket_id: ticket.id, type: 'requester_merged' })
      .first()
    expect(event.data).toEqual({ from: stranger.email, into: customer.email })
  })
})
