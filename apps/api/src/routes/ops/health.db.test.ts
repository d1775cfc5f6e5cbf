import { createTestDatabase, type TestDatabase, waitUntil } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox, openTestDesk, type TestDesk } from '../../../tests/test-desk.ts'

let database: TestDatabase
let desk: TestDesk

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await openTestDesk(database.db, {
    health: {
      maxSecondsSincePoll: 300,
      probeTimeoutMs: 300,
      reuseMs: 0,
      maxClockSkewMs: 5000,
      maxOverdueMs: 300_000,
    },
  })
  const { id } = await addMailbox(desk.deps)
  await setMailbox({ id, imap_host: 'imap.desk.example' })
  await setFolder({ last_polled_at: secondsAgo(42) })
})
afterAll(async () => {
  await desk?.close()
  await database?.drop()
})

interface ShownHealth {
  readonly dependencies: readonly {
    readonly name: string
    readonly ok: boolean
    readonly error: string | null
  }[]
  readonly mailboxes: readonly object[]
  readonly reasons: readonly { readonly reason: string; readonly of: string | null }[]
}

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000)
const setMailbox = (changes: object) => desk.deps.db('mailboxes').update(changes)
const setFolder = (changes: object) => desk.deps.db('mailbox_folders').update(changes)
const ready = (headers: Record<string, string> = {}) => desk.get('/health/ready', { headers })

const reasonsWhen = (holds: (reasons: ShownHealth['reasons']) => boolean, what: string) =>
  waitUntil(
    async () => {
      const { reasons } = (await ready()).json() as ShownHealth
      return holds(reasons) ? reasons : undefined
    },
    { what },
  )

const readyWhen = (status: number) =>
  waitUntil(
    async () => {
      const response = await ready()
      return response.statusCode === status ? (response.json() as ShownHealth) : undefined
    },
    { what: `readiness ${status}` },
  )

test('readiness tells each dependency and each mailbox, to staff and to this machine only', async () => {
  const health = await readyWhen(200)
  expect(health.dependencies.map(({ name, ok }) => [name, ok])).toEqual([
    ['database', true],
    ['queue', true],
    ['blobs', true],
  ])
  expect(health.mailboxes).toEqual([
    {
      address: 'support@desk.example',
      ...{ ok: true, seconds_since_good_poll: expect.any(Number), error: null },
      folders: [{ name: 'INBOX', ok: true, seconds_since_good_poll: expect.any(Number), error: null }],
    },
  ])
  const forwarded = { 'x-forwarded-for': '203.0.113.9' }
  expect((await ready(forwarded)).json()).toEqual({ status: 'ok' })
  expect((await desk.get('/health/ready', { as: 'customer', headers: forwarded })).json()).toEqual({
    status: 'ok',
  })
  expect(
    (await desk.get('/health/ready', { as: 'provider', headers: forwarded })).json().mailboxes,
  ).toHaveLength(1)
})

test('a mailbox is red when its last poll failed or its last good one is too long ago', async () => {
  await setFolder({ last_error: 'imap.auth-failed', last_error_at: secondsAgo(1) })
  expect((await readyWhen(503)).mailboxes).toMatchObject([{ ok: false, error: 'imap.auth-failed' }])
  await setFolder({ last_error: null, last_error_at: null, last_polled_at: secondsAgo(3) })
  expect((await readyWhen(200)).mailboxes).toMatchObject([{ ok: true }])
  await setFolder({ last_polled_at: secondsAgo(301) })
  expect((await readyWhen(503)).mailboxes).toMatchObject([
    { ok: false, error: expect.stringContaining('no good poll for 30') },
  ])
  await setMailbox({ is_active: false })
  expect((await readyWhen(200)).mailboxes).toEqual([])
})

test('a queue that is away or silent shows, within a bounded time, and the process still lives', async () => {
  const { jobs } = desk.deps
  const probe = jobs.probe
  const queueOf = ({ dependencies }: ShownHealth) => dependencies.find(({ name }) => name === 'queue')
  try {
    jobs.probe = () => Promise.reject(new Error('connection refused'))
    expect(queueOf(await readyWhen(503))).toMatchObject({ ok: false, error: 'connection refused' })
    jobs.probe = () => new Promise(() => undefined)
    const silent = await waitUntil(
      async () => {
        const queue = queueOf((await ready()).json())
        return queue?.error?.includes('no answer') && queue
      },
      { what: 'the silent queue to be told' },
    )
    expect(silent).toMatchObject({ error: 'no answer within 300 ms' })
    expect((await desk.get('/health/live')).json()).toEqual({ status: 'ok' })
  } finally {
    jobs.probe = probe
  }
})

test('each fault has a reason of its own, and takes it along when it goes', async () => {
  const { db } = desk.deps
  const [mailbox] = await db('mailboxes').select('id')
  await setMailbox({ is_active: true })
  await setFolder({ last_polled_at: secondsAgo(1), unaccounted: 0 })
  await readyWhen(200)
  const mail = (more: object) => ({
    ...{
      id: desk.deps.ids.uuid(),
      mailbox_id: mailbox.id,
      raw_key: 'a'.repeat(64),
      raw_size: 1,
      raw_complete: true,
    },
    ...{ arrived_by: 'ingest', received_at: new Date(), from_address: 'a@b.example', subject: '', ...more },
  })
  const clock = desk.deps.clock.now
  const faults: Record<string, [() => unknown, () => unknown]> = {
    'clock-skew': [
      () => Object.assign(desk.deps.clock, { now: () => new Date(Date.now() - 60_000) }),
      () => Object.assign(desk.deps.clock, { now: clock }),
    ],
    'inbound-overdue': [
      () => db('inbound_emails').insert(mail({ status: 'received', next_attempt_at: secondsAgo(301) })),
      () => db('inbound_emails').delete(),
    ],
    quarantined: [
      () =>
        db('inbound_emails').insert(
          mail({ status: 'quarantined', outcome: 'quarantined', reason: 'loop', finished_at: new Date() }),
        ),
      () => db('inbound_emails').delete(),
    ],
    'sending-paused': [
      () => setMailbox({ smtp_paused_reason: '535 no' }),
      () => setMailbox({ smtp_paused_reason: null }),
    ],
    unaccounted: [() => setFolder({ unaccounted: 2 }), () => setFolder({ unaccounted: 0 })],
    'mailbox-failing': [
      () => setFolder({ last_error: 'imap.unavailable', last_error_at: new Date() }),
      () => setFolder({ last_error: null, last_error_at: null, last_polled_at: new Date() }),
    ],
    'mailbox-stale': [
      () => setFolder({ last_polled_at: secondsAgo(301) }),
      () => setFolder({ last_polled_at: new Date() }),
    ],
  }
  for (const [reason, [break_, mend]] of Object.entries(faults)) {
    await break_()
    const told = await reasonsWhen((reasons) => reasons.length > 0, reason)
    expect(told.map((found) => found.reason)).toEqual([reason])
    await mend()
    await reasonsWhen((reasons) => reasons.length === 0, `${reason} to go`)
  }
})

test('the numbers are for staff and for this machine, in the form Prometheus reads', async () => {
  await setMailbox({ is_active: true })
  await setFolder({ unaccounted: 2 })
  const metrics = await desk.get('/metrics')
  expect(metrics.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  const lines = metrics.body.split('\n')
  expect(lines).toContain('maildesk_inbound_emails{status="quarantined"} 0')
  expect(lines).toContain(
    'maildesk_imap_unaccounted_messages{mailbox="support@desk.example",folder="INBOX"} 2',
  )
  expect(lines).toContain('maildesk_dependency_up{name="queue"} 1')
  expect(lines).toContain('maildesk_health_reasons{reason="unaccounted",level="look"} 1')
  expect(lines).toContain('maildesk_health_reasons{reason="clock-skew",level="red"} 0')
  expect(lines).toContain('maildesk_oldest_due_seconds{ledger="outbound"} 0')
  expect(metrics.body).toMatch(/maildesk_imap_seconds_since_good_poll\{[^}]+\} \d+\n/)
  const outside = { 'x-forwarded-for': '203.0.113.9' }
  expect((await desk.get('/metrics', { headers: outside })).statusCode).toBe(401)
  expect((await desk.get('/metrics', { as: 'customer', headers: outside })).statusCode).toBe(401)
  expect((await desk.get('/metrics', { as: 'admin', headers: outside })).statusCode).toBe(200)
})
