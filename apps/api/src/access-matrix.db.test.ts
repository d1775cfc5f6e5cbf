// Every route × every kind of caller × their own thing and somebody else's. A route that is not in the table fails.
import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ActorName,
  type Ask,
  actorNames,
  addMailbox,
  addQuarantinedEmail,
  openTestDesk,
  type TestDesk,
  uploadBody,
} from '../tests/test-desk.ts'

interface Things {
  readonly requester: string
  readonly ticket: string
  readonly messages: readonly string[]
  readonly attachment: string
  readonly note: string
  readonly inbound: string
  readonly outbound: string
  readonly rule: string
  readonly spareRule: string
  readonly blocked: string
  readonly mailbox: string
}
type Kind = 'everybody' | 'own' | 'staff' | 'admin' | 'public'

/** What a route is for, and a request to it that is good in itself. */
interface RouteCase {
  readonly kind: Kind
  request(things: Things): Ask & { readonly url: string }
}

/** A rule that no mail meets. */
const aRule = {
  name: 'a rule',
  conditions: [{ field: 'size', operator: 'less', value: 0 }],
  actions: { tags: ['t'] },
}

const id =
  (url: string, more: Ask = {}) =>
  (things: Things) => ({
    url: url.replace(/:(\w+)/, (_, name: Exclude<keyof Things, 'messages'>) => things[name]),
    ...more,
  })
const cases: Record<string, RouteCase> = {
  'GET /api/v1/tickets': { kind: 'everybody', request: id('/api/v1/tickets') },
  'GET /api/v1/tickets/:id': { kind: 'own', request: id('/api/v1/tickets/:ticket') },
  'POST /api/v1/tickets': {
    kind: 'everybody',
    request: id('/api/v1/tickets', { json: { title: 't', message_text: 'm' } }),
  },
  'PATCH /api/v1/tickets/:id': {
    kind: 'staff',
    request: id('/api/v1/tickets/:ticket', { json: { priority: 'high' } }),
  },
  'PUT /api/v1/tickets/:id/assignee': {
    kind: 'staff',
    request: id('/api/v1/tickets/:ticket/assignee', { json: { assigned_agent_id: 'PROVIDER' } }),
  },
  'DELETE /api/v1/tickets/:id/assignee': { kind: 'staff', request: id('/api/v1/tickets/:ticket/assignee') },
  'POST /api/v1/tickets/:id/merge': {
    kind: 'staff',
    request: ({ ticket }) => ({
      url: `/api/v1/tickets/${ticket}/merge`,
      // Into itself, which is past the door and refused with 409.
      json: { into_ticket_id: ticket },
    }),
  },
  'POST /api/v1/tickets/:id/unmerge': { kind: 'staff', request: id('/api/v1/tickets/:ticket/unmerge') },
  'POST /api/v1/tickets/:id/split': {
    kind: 'staff',
    request: ({ ticket, messages }) => ({
      url: `/api/v1/tickets/${ticket}/split`,
      // All of them, which is past the door and refused with 409.
      json: { message_ids: messages },
    }),
  },
  'POST /api/v1/tickets/:id/requester': {
    kind: 'staff',
    request: ({ ticket, requester }) => ({
      url: `/api/v1/tickets/${ticket}/requester`,
      // Who it is already, so that the ticket stays theirs.
      json: { email: requester },
    }),
  },
  'GET /api/v1/tickets/:id/links': { kind: 'staff', request: id('/api/v1/tickets/:ticket/links') },
  'GET /api/v1/tickets/:id/participants': {
    kind: 'staff',
    request: id('/api/v1/tickets/:ticket/participants'),
  },
  'POST /api/v1/tickets/:id/participants': {
    kind: 'staff',
    request: id('/api/v1/tickets/:ticket/participants', { json: { address: 'bob@example.org' } }),
  },
  'PATCH /api/v1/tickets/:id/participants/:address': {
    kind: 'staff',
    // The requester, which is past the door and refused with 409.
    request: ({ ticket, requester }) => ({
      url: `/api/v1/tickets/${ticket}/participants/${requester}`,
      json: { is_active: false },
    }),
  },
  'DELETE /api/v1/tickets/:id/participants/:address': {
    kind: 'staff',
    request: ({ ticket, requester }) => ({ url: `/api/v1/tickets/${ticket}/participants/${requester}` }),
  },
  'GET /api/v1/tickets/:id/events': { kind: 'staff', request: id('/api/v1/tickets/:ticket/events') },
  'GET /api/v1/tickets/:id/messages': { kind: 'own', request: id('/api/v1/tickets/:ticket/messages') },
  'POST /api/v1/tickets/:id/messages': {
    kind: 'own',
    request: id('/api/v1/tickets/:ticket/messages', { json: { message_text: 'm' } }),
  },
  'POST /api/v1/attachments': {
    kind: 'own',
    request: ({ ticket }) => ({
      url: '/api/v1/attachments',
      ...uploadBody(ticket, { name: 'a.txt', type: 'text/plain', bytes: 'a' }),
    }),
  },
  'GET /api/v1/attachments/:id': { kind: 'own', request: id('/api/v1/attachments/:attachment') },
  'GET /api/v1/attachments/:id/content': {
    kind: 'own',
    request: id('/api/v1/attachments/:attachment/content'),
  },
  'GET /api/v1/inbound-emails': { kind: 'staff', request: id('/api/v1/inbound-emails') },
  'GET /api/v1/inbound-emails/:id': { kind: 'staff', request: id('/api/v1/inbound-emails/:inbound') },
  'GET /api/v1/inbound-emails/:id/raw': { kind: 'staff', request: id('/api/v1/inbound-emails/:inbound/raw') },
  'POST /api/v1/inbound-emails/:id/replays': {
    kind: 'admin',
    request: id('/api/v1/inbound-emails/:inbound/replays'),
  },
  'POST /api/v1/inbound-emails/:id/release': {
    kind: 'staff',
    request: id('/api/v1/inbound-emails/:inbound/release', { json: {} }),
  },
  'POST /api/v1/inbound-emails/:id/discard': {
    kind: 'staff',
    request: id('/api/v1/inbound-emails/:inbound/discard', { json: {} }),
  },
  'POST /api/v1/inbound-emails/release': {
    kind: 'staff',
    request: ({ inbound }) => ({ url: '/api/v1/inbound-emails/release', json: { ids: [inbound] } }),
  },
  'POST /api/v1/inbound-emails/discard': {
    kind: 'staff',
    request: ({ inbound }) => ({ url: '/api/v1/inbound-emails/discard', json: { ids: [inbound] } }),
  },
  'GET /api/v1/inbound-rules': { kind: 'staff', request: id('/api/v1/inbound-rules') },
  'POST /api/v1/inbound-rules': { kind: 'admin', request: id('/api/v1/inbound-rules', { json: aRule }) },
  'GET /api/v1/inbound-rules/:id': { kind: 'staff', request: id('/api/v1/inbound-rules/:rule') },
  'PATCH /api/v1/inbound-rules/:id': {
    kind: 'admin',
    request: id('/api/v1/inbound-rules/:rule', { json: { stop: true } }),
  },
  'DELETE /api/v1/inbound-rules/:id': { kind: 'admin', request: id('/api/v1/inbound-rules/:spareRule') },
  'POST /api/v1/inbound-rules/order': {
    kind: 'admin',
    // Not all of them, which is past the door and refused with 409.
    request: id('/api/v1/inbound-rules/order', { json: { ids: [] } }),
  },
  'POST /api/v1/inbound-rules/dry-run': {
    kind: 'staff',
    request: id('/api/v1/inbound-rules/dry-run', { json: { rules: [aRule] } }),
  },
  'GET /api/v1/blocked-senders': { kind: 'staff', request: id('/api/v1/blocked-senders') },
  'POST /api/v1/blocked-senders': {
    kind: 'admin',
    request: id('/api/v1/blocked-senders', { json: { entry: 'spam.example' } }),
  },
  'DELETE /api/v1/blocked-senders/:id': { kind: 'admin', request: id('/api/v1/blocked-senders/:blocked') },
  'GET /api/v1/outbound-emails': { kind: 'staff', request: id('/api/v1/outbound-emails') },
  'GET /api/v1/outbound-emails/:id': { kind: 'staff', request: id('/api/v1/outbound-emails/:outbound') },
  'POST /api/v1/outbound-emails/:id/retries': {
    kind: 'staff',
    request: id('/api/v1/outbound-emails/:outbound/retries'),
  },
  'POST /api/v1/outbound-emails/:id/cancel': {
    kind: 'staff',
    request: id('/api/v1/outbound-emails/:outbound/cancel'),
  },
  'POST /api/v1/outbound-emails/:id/resolve': {
    kind: 'staff',
    // There is no doubt about it, which is past the door and refused with 409.
    request: id('/api/v1/outbound-emails/:outbound/resolve', { json: { as: 'sent' } }),
  },
  'POST /api/v1/outbound-emails/retry': {
    kind: 'staff',
    request: ({ outbound }) => ({ url: '/api/v1/outbound-emails/retry', json: { ids: [outbound] } }),
  },
  'GET /api/v1/users': { kind: 'staff', request: id('/api/v1/users') },
  'POST /api/v1/users': {
    kind: 'admin',
    request: () => ({
      url: '/api/v1/users',
      json: { email: `p${Math.random()}@example.org`, role: 'customer' },
    }),
  },
  'GET /api/v1/users/:id/addresses': {
    kind: 'staff',
    request: () => ({ url: `/api/v1/users/${desk.users.customer.id}/addresses` }),
  },
  'POST /api/v1/users/:id/addresses': {
    kind: 'staff',
    request: () => ({
      url: `/api/v1/users/${desk.users.customer.id}/addresses`,
      json: { address: `other${Math.random()}@example.org` },
    }),
  },
  'DELETE /api/v1/users/:id/addresses/:address': {
    kind: 'staff',
    // The first one, which is past the door and refused with 409.
    request: () => ({
      url: `/api/v1/users/${desk.users.customer.id}/addresses/${desk.users.customer.email}`,
    }),
  },
  'POST /api/v1/users/:id/merge': {
    kind: 'admin',
    // Into themselves, which is past the door and refused with 409.
    request: () => ({
      url: `/api/v1/users/${desk.users.customer.id}/merge`,
      json: { into: desk.users.customer.id },
    }),
  },
  'GET /api/v1/users/me': { kind: 'everybody', request: id('/api/v1/users/me') },
  'GET /api/v1/users/:id/notifications': { kind: 'staff', request: id('/api/v1/users/me/notifications') },
  'PATCH /api/v1/users/:id/notifications': {
    kind: 'staff',
    request: id('/api/v1/users/me/notifications', { json: { new_ticket: true } }),
  },
  'GET /api/v1/mailboxes': { kind: 'admin', request: id('/api/v1/mailboxes') },
  'GET /api/v1/mailboxes/:id': { kind: 'admin', request: id('/api/v1/mailboxes/:mailbox') },
  'POST /api/v1/mailboxes': {
    kind: 'admin',
    request: () => ({ url: '/api/v1/mailboxes', json: { address: `m${Math.random()}@example.org` } }),
  },
  'PATCH /api/v1/mailboxes/:id': {
    kind: 'admin',
    request: id('/api/v1/mailboxes/:mailbox', { json: { undo_seconds: 20 } }),
  },
  'GET /health/live': { kind: 'public', request: id('/health/live') },
  'GET /health/ready': { kind: 'public', request: id('/health/ready') },
  'GET /metrics': { kind: 'public', request: id('/metrics') },
  'GET /ops': { kind: 'public', request: id('/ops') },
  'GET /api/openapi.json': { kind: 'public', request: id('/api/openapi.json') },
}
/** Asked in tests of their own. */
const elsewhere = ['POST /ops/session', 'POST /ops/session/end']
const tokenless: readonly ActorName[] = ['anonymous', 'revoked', 'expired', 'deactivated']

let database: TestDatabase
let desk: TestDesk
let mailbox: string
let things: Record<'own' | 'foreign', Things>

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await openTestDesk(database.db)
  mailbox = (await addMailbox(desk.deps)).id
  things = { own: await makeThings('customer'), foreign: await makeThings('stranger') }
})
afterAll(async () => {
  await desk?.close()
  await database?.drop()
})

/** A ticket of `owner` with a file in a message, a file in a note, and mail in both ledgers. */
async function makeThings(owner: ActorName): Promise<Things> {
  const ticket = (
    await desk.post('/api/v1/tickets', {
      as: owner,
      json: { title: `of ${owner}`, message_text: 'help' },
    })
  ).json().id
  const file = async (as: ActorName, is_internal: boolean) => {
    const upload = await desk.post('/api/v1/attachments', {
      as,
      ...uploadBody(ticket, { name: 'a.txt', type: 'text/plain', bytes: `${as} ${owner}` }),
    })
    const json = { message_text: 'see file', is_internal, attachment_ids: [upload.json().id] }
    expect((await desk.post(`/api/v1/tickets/${ticket}/messages`, { as, json })).statusCode).toBe(201)
    return upload.json().id
  }
  const made = async (url: string, json: unknown) => (await desk.post(url, { as: 'admin', json })).json().id
  const attachment = await file('provider', false)
  const note = await file('provider', true)
  const messages = (await desk.get(`/api/v1/tickets/${ticket}/messages`, { as: 'admin' })).json().items
  const { items } = (await desk.get(`/api/v1/outbound-emails?ticket_id=${ticket}`, { as: 'admin' })).json()
  return {
    requester: desk.users[owner].email,
    ticket,
    messages: messages.map(({ id }: { id: string }) => id),
    attachment,
    note,
    inbound: await addQuarantinedEmail(desk.deps, `Subject: ${owner}\r\n\r\n`),
    outbound: items[0].id,
    rule: await made('/api/v1/inbound-rules', aRule),
    spareRule: await made('/api/v1/inbound-rules', aRule),
    blocked: await made('/api/v1/blocked-senders', { entry: `${owner}.example` }),
    mailbox,
  }
}

test('the table names every route there is', () => {
  const named = desk.app.routeTable
    .filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/api/docs'))
    .map(({ method, url }) => `${method} ${url}`)
  expect(named.sort()).toEqual([...Object.keys(cases), ...elsewhere].sort())
})

/** What each caller should meet: `yes` is 2xx (or a 409 or 400 of the request itself, past the door). */
function expected(kind: Kind, actor: ActorName, whose: 'own' | 'foreign'): 'yes' | 401 | 403 | 404 {
  if (kind === 'public') return 'yes'
  if (tokenless.includes(actor)) return 401
  if (actor === 'admin') return 'yes'
  if (actor === 'provider') return kind === 'admin' ? 403 : 'yes'
  if (kind === 'staff' || kind === 'admin') return 403
  // For the stranger the other customer's things are the foreign ones.
  return kind === 'own' && (actor === 'customer') !== (whose === 'own') ? 404 : 'yes'
}

for (const [route, { kind, request }] of Object.entries(cases)) {
  for (const whose of ['own', 'foreign'] as const) {
    test(`${route} with things that are ${whose} to the customer`, async () => {
      const method = route.split(' ', 1)[0] as string
      for (const actor of actorNames) {
        const { url, json, ...more } = request(things[whose])
        const body = json === undefined ? {} : { json: fill(json, route, actor) }
        const response = await desk.ask(method, url, { as: actor, ...more, ...body })
        const wanted = expected(kind, actor, whose)
        const where = `${actor}: ${response.statusCode} ${response.body.slice(0, 300)}`
        if (wanted !== 'yes') {
          expect(response.statusCode, where).toBe(wanted)
          expect(response.headers['content-type'], where).toMatch('application/problem+json')
        } else expect([200, 201, 202, 204, 409], where).toContain(response.statusCode)
      }
    })
  }
}

function fill(json: unknown, route: string, actor: ActorName): unknown {
  const filled = JSON.parse(JSON.stringify(json).replace('PROVIDER', desk.users.provider.id))
  const isStaff = actor === 'provider' || actor === 'admin'
  return route === 'POST /api/v1/tickets' && isStaff
    ? { ...filled, customer_id: desk.users.customer.id }
    : filled
}

test("a note's file is the staff's alone, even to the ticket's customer", async () => {
  for (const [actor, status] of [
    ['customer', 404],
    ['stranger', 404],
    ['provider', 200],
    ['admin', 200],
  ] as const) {
    for (const url of [
      `/api/v1/attachments/${things.own.note}`,
      `/api/v1/attachments/${things.own.note}/content`,
    ]) {
      expect((await desk.get(url, { as: actor })).statusCode, `${actor} ${url}`).toBe(status)
    }
  }
})

test('ids of nothing and ids that are none are 404 for those who may ask', async () => {
  for (const nothing of [
    desk.deps.ids.uuid(),
    '0',
    '99999999',
    'x',
    '../users',
    '%00',
    "1'--",
    'urn:uuid:00000000-0000-7000-8000-000000000000',
  ]) {
    for (const url of ['tickets', 'attachments', 'inbound-emails', 'outbound-emails']) {
      expect(
        (await desk.get(`/api/v1/${url}/${encodeURIComponent(nothing)}`, { as: 'admin' })).statusCode,
        `${url} ${nothing}`,
      ).toBe(404)
    }
  }
})

test('a token is good in the Authorization field only, and its use is noted', async () => {
  const token = desk.tokens.admin as string
  expect((await desk.get(`/api/v1/users/me?access_token=${token}`)).statusCode).toBe(401)
  expect(
    (await desk.get('/api/v1/users/me', { headers: { cookie: `maildesk_ops=${token}` } })).statusCode,
  ).toBe(401)
  const refused = await desk.get('/api/v1/users/me', { headers: { authorization: `Basic ${token}` } })
  expect(refused.statusCode).toBe(401)
  expect(refused.headers['www-authenticate']).toBe('Bearer')
  expect((await desk.get('/api/v1/users/me', { as: 'admin' })).json()).toMatchObject({
    email: 'admin@example.org',
    role: 'admin',
  })
  const row = await desk.deps.db('api_tokens').where({ user_id: desk.users.admin.id }).first()
  expect(row.last_used_at).toBeInstanceOf(Date)
  expect(JSON.stringify(row)).not.toContain(token)
})
