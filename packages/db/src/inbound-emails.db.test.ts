import type { InboundEmailId, MailboxId } from '@maildesk/core'
import {
  anId,
  createTestDatabase,
  seedInbound,
  seedMailbox,
  seedTicket,
  type TestDatabase,
} from '@maildesk/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Database } from './connect.ts'
import {
  claimInboundEmail,
  deferInboundEmail,
  findInboundEmail,
  finishInboundEmail,
  insertInboundEmails,
  listAfterDue,
  listDueInbound,
  lockClaimedInboundEmail,
  type NewInboundEmail,
  recordAfterDone,
  recordAfterFailed,
  renewInboundLease,
  resetInboundEmail,
  wakeWaiting,
} from './inbound-emails.ts'
import { advanceCursor, listCursors } from './mailboxes.ts'
import type { InboundEmailRow } from './tables.ts'
import { inTransaction } from './transaction.ts'

const leaseMs = 60_000
let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await createTestDatabase()
  db = database.db
})
afterAll(() => database?.drop())

const found = async (id: InboundEmailId) => (await findInboundEmail(db, id)) as InboundEmailRow
const claimed = async (id: InboundEmailId) => (await claimInboundEmail(db, id, leaseMs)) as InboundEmailRow
const change = (id: InboundEmailId, sql: string) =>
  db.raw(`UPDATE inbound_emails SET ${sql} WHERE id = ?`, [id])
const ids = (rows: readonly { id: InboundEmailId }[]) => rows.map(({ id }) => id)
const filed = {
  status: 'filed',
  outcome: 'new_ticket',
  reason: null,
  decision: { decidedBy: 'test' },
  ticketId: null,
  duplicateOf: null,
  contentHash: 'c'.repeat(64),
  bodyHash: null,
} as const

function fetched(
  mailboxId: MailboxId,
  uid: number | null,
  more: Partial<NewInboundEmail> = {},
): NewInboundEmail {
  return {
    id: anId(),
    mailbox_id: mailboxId,
    folder: uid === null ? null : 'INBOX',
    folder_purpose: uid === null ? null : 'inbox',
    uid_validity: uid === null ? null : '7',
    uid,
    arrived_by: uid === null ? 'ingest' : 'imap',
    raw_key: 'a'.repeat(64) as never,
    raw_size: 1000,
    raw_complete: true,
    internal_date: null,
    rfc822_id: null,
    from_address: 'ada@customer.example',
    subject: 'Stuck',
    after_state: 'none',
    ...more,
  }
}

describe('keeping mails', () => {
  const insert = (rows: readonly NewInboundEmail[]) =>
    inTransaction(db, (tx) => insertInboundEmails(tx, rows))

  test('the same UID twice is kept once, and told apart from the new ones', async () => {
    const { id } = await seedMailbox(db)
    const first = [fetched(id, 1), fetched(id, 2)]
    expect(await insert(first)).toEqual(ids(first))
    const third = fetched(id, 3)
    expect(await insert([fetched(id, 1), third, fetched(id, 2)])).toEqual([third.id])
    expect(await db('inbound_emails').where({ mailbox_id: id })).toHaveLength(3)
    expect(await insert([])).toEqual([])
  })

  test('another folder, epoch or mailbox is another mail', async () => {
    const [one, other] = [await seedMailbox(db), await seedMailbox(db)]
    const rows = [
      fetched(one.id, 1),
      fetched(one.id, 1, { folder: 'Archive' }),
      fetched(one.id, 1, { uid_validity: '8' }),
      fetched(other.id, 1),
    ]
    expect(await insert(rows)).toHaveLength(4)
  })

  test('two pollers at once keep each mail once', async () => {
    const { id } = await seedMailbox(db)
    const batch = () => Array.from({ length: 20 }, (_, index) => fetched(id, index + 1))
    const kept = await Promise.all([insert(batch()), insert(batch()), insert(batch())])
    expect(kept.flat()).toHaveLength(20)
    expect(await db('inbound_emails').where({ mailbox_id: id })).toHaveLength(20)
  })

  test('mails that came by hand are all kept', async () => {
    const { id } = await seedMailbox(db)
    expect(await insert([fetched(id, null), fetched(id, null)])).toHaveLength(2)
  })

  test('the largest UIDVALIDITY and UID fit', async () => {
    const { id } = await seedMailbox(db)
    const [row] = await insert([fetched(id, 4_294_967_295, { uid_validity: '18446744073709551615' })])
    expect(await found(row as InboundEmailId)).toMatchObject({
      uid: '4294967295',
      uid_validity: '18446744073709551615',
    })
  })
})

describe('the cursor', () => {
  const advance = (mailboxId: MailboxId, uidValidity: string, lastUid: number) =>
    inTransaction(db, (tx) => advanceCursor(tx, { mailboxId, folder: 'INBOX', uidValidity, lastUid }))

  test('goes forward, never back', async () => {
    const { id } = await seedMailbox(db)
    const seen: (string | undefined)[] = []
    for (const uid of [5, 9, 3, 9, 10]) {
      await advance(id, '7', uid)
      seen.push((await listCursors(db, id, 'INBOX'))[0]?.last_uid)
    }
    expect(seen).toEqual(['5', '9', '9', '9', '10'])
  })

  test('of two at once keeps the larger', async () => {
    const { id } = await seedMailbox(db)
    await Promise.all([3, 8, 5, 1].map((uid) => advance(id, '7', uid)))
    expect((await listCursors(db, id, 'INBOX')).map(({ last_uid }) => last_uid)).toEqual(['8'])
  })

  test('starts anew in a new epoch, newest first, and keeps the old ones', async () => {
    const { id } = await seedMailbox(db)
    await advance(id, '7', 100)
    await advance(id, '8', 2)
    expect(
      (await listCursors(db, id, 'INBOX')).map(({ uid_validity, last_uid }) => [uid_validity, last_uid]),
    ).toEqual([
      ['8', '2'],
      ['7', '100'],
    ])
  })
})

describe('claiming', () => {
  test('counts the start and takes the lease, once', async () => {
    const { id } = await seedInbound(db)
    const row = await claimed(id)
    expect(row).toMatchObject({ id, attempts: 1, status: 'received' })
    expect(row.leased_until?.getTime()).toBeGreaterThan(Date.now() + leaseMs / 2)
    expect(await claimInboundEmail(db, id, leaseMs)).toBeUndefined()
    expect((await found(id)).attempts).toBe(1)
  })

  test('of many workers at once one gets the mail', async () => {
    const { id } = await seedInbound(db)
    const rows = await Promise.all(Array.from({ length: 8 }, () => claimInboundEmail(db, id, leaseMs)))
    expect(rows.filter((row) => row !== undefined)).toHaveLength(1)
    expect((await found(id)).attempts).toBe(1)
  })

  test('takes over from a worker whose lease ran out', async () => {
    const { id } = await seedInbound(db)
    await claimed(id)
    await change(id, `leased_until = now() - interval '1 millisecond'`)
    expect((await claimed(id)).attempts).toBe(2)
  })

  test.each([
    "next_attempt_at = now() + interval '1 hour'",
    "status = 'filed', outcome = 'appended'",
    "status = 'quarantined', outcome = 'dead_letter', reason = 'x'",
  ])('leaves a mail alone with %s', async (sql) => {
    const { id } = await seedInbound(db)
    await change(id, sql)
    expect(await claimInboundEmail(db, id, leaseMs)).toBeUndefined()
    expect((await found(id)).attempts).toBe(0)
  })

  test('a mail that is not there is nobody’s', async () => {
    expect(await claimInboundEmail(db, anId(), leaseMs)).toBeUndefined()
  })
})

describe('a start that was overtaken', () => {
  async function overtaken() {
    const { id } = await seedInbound(db)
    const stale = await claimed(id)
    await change(id, `leased_until = now() - interval '1 second'`)
    return { stale, current: await claimed(id) }
  }

  test('cannot renew its lease; the present one can', async () => {
    const { stale, current } = await overtaken()
    expect(await renewInboundLease(db, stale, leaseMs)).toBe(false)
    expect(await renewInboundLease(db, current, leaseMs)).toBe(true)
  })

  test('cannot lock the row to finish it; the present one can', async () => {
    const { stale, current } = await overtaken()
    await inTransaction(db, async (tx) => {
      expect(await lockClaimedInboundEmail(tx, stale)).toBeUndefined()
      expect(await lockClaimedInboundEmail(tx, current)).toMatchObject({ id: current.id })
    })
  })

  test('cannot put the mail off', async () => {
    const { stale, current } = await overtaken()
    await deferInboundEmail(db, stale, { inMs: 1_000_000, refund: true, error: 'stale', waitingFor: null })
    expect(await found(current.id)).toMatchObject({
      attempts: 2,
      last_error: null,
      leased_until: current.leased_until,
    })
  })
})

describe('putting off', () => {
  test.each([
    [false, 1],
    [true, 0],
  ])('with refund %s leaves %i starts counted, and the mail due later', async (refund, attempts) => {
    const { id } = await seedInbound(db)
    await deferInboundEmail(db, await claimed(id), {
      inMs: 60_000,
      refund,
      error: 'blob.unavailable',
      waitingFor: null,
    })
    expect(await found(id)).toMatchObject({
      attempts,
      leased_until: null,
      last_error: 'blob.unavailable',
      status: 'received',
    })
    expect(await claimInboundEmail(db, id, leaseMs)).toBeUndefined()
    expect(ids(await listDueInbound(db, 1000))).not.toContain(id)
  })

  test('for no time at all leaves it due', async () => {
    const { id } = await seedInbound(db)
    await deferInboundEmail(db, await claimed(id), { inMs: 0, refund: true, error: null, waitingFor: null })
    expect(await claimed(id)).toMatchObject({ id, attempts: 1 })
  })
})

describe('finishing', () => {
  test('writes the outcome, frees the row and ends it', async () => {
    const ticket = await seedTicket(db)
    const row = await claimed((await seedInbound(db)).id)
    await inTransaction(db, (tx) => finishInboundEmail(tx, row.id, { ...filed, ticketId: ticket.id }))
    expect(await found(row.id)).toMatchObject({
      status: 'filed',
      outcome: 'new_ticket',
      decision: { decidedBy: 'test' },
      ticket_id: ticket.id,
      content_hash: filed.contentHash,
      leased_until: null,
      finished_at: expect.any(Date),
    })
    expect(await claimInboundEmail(db, row.id, leaseMs)).toBeUndefined()
    expect(await renewInboundLease(db, row, leaseMs)).toBe(false)
    await inTransaction(db, async (tx) => expect(await lockClaimedInboundEmail(tx, row)).toBeUndefined())
  })

  test('a quarantine without a reason, and an end without an outcome, are refused', async () => {
    const { id } = await seedInbound(db)
    const quarantined = { ...filed, status: 'quarantined', outcome: 'quarantined', reason: null } as const
    await expect(inTransaction(db, (tx) => finishInboundEmail(tx, id, quarantined))).rejects.toMatchObject({
      code: 'db.constraint',
      fields: { constraint: 'chk_inbound_reason' },
    })
    await expect(change(id, `status = 'filed'`)).rejects.toMatchObject({
      constraint: 'chk_inbound_outcome_when_finished',
    })
    await expect(change(id, `status = 'filed', outcome = 'lost'`)).rejects.toMatchObject({
      constraint: 'chk_inbound_outcome',
    })
  })

  test('wakes those that waited for it, and only those', async () => {
    const parent = await seedInbound(db)
    const [waiting, other] = [await seedInbound(db), await seedInbound(db)]
    for (const [row, waitingFor] of [
      [waiting, parent.id],
      [other, waiting.id],
    ] as const) {
      await deferInboundEmail(db, await claimed(row.id), {
        inMs: 60_000,
        refund: true,
        error: null,
        waitingFor,
      })
    }
    expect(await inTransaction(db, (tx) => wakeWaiting(tx, parent.id))).toEqual([waiting.id])
    expect(await claimed(waiting.id)).toMatchObject({ waiting_for_id: null })
    expect(await claimInboundEmail(db, other.id, leaseMs)).toBeUndefined()
    expect(await inTransaction(db, (tx) => wakeWaiting(tx, parent.id))).toEqual([])
  })

  test('can be undone: the mail is due again and its starts count from none', async () => {
    const first = await seedInbound(db)
    const row = await claimed((await seedInbound(db)).id)
    const end = { ...filed, status: 'duplicate', outcome: 'duplicate', duplicateOf: first.id } as const
    await inTransaction(db, (tx) => finishInboundEmail(tx, row.id, end))
    await inTransaction(db, (tx) => resetInboundEmail(tx, row.id))
    expect(await found(row.id)).toMatchObject({
      status: 'received',
      outcome: null,
      duplicate_of_id: null,
      finished_at: null,
      attempts: 0,
    })
    expect((await claimed(row.id)).attempts).toBe(1)
  })

  test('undoing leaves a mail alone that is being filed', async () => {
    const row = await claimed((await seedInbound(db)).id)
    await inTransaction(db, (tx) => resetInboundEmail(tx, row.id))
    expect(await found(row.id)).toMatchObject({ attempts: 1, leased_until: row.leased_until })
  })
})

test('what stands still is listed, the longest waiting first, and nothing else', async () => {
  await db('inbound_emails').delete()
  const [late, later, abandoned, leased, future, done] = await Promise.all(
    Array.from({ length: 6 }, () => seedInbound(db)),
  )
  await change(late?.id as never, `next_attempt_at = now() - interval '1 minute'`)
  await change(later?.id as never, `next_attempt_at = now() - interval '1 hour'`)
  await change(
    abandoned?.id as never,
    `next_attempt_at = now() - interval '1 day', leased_until = now() - interval '10 seconds'`,
  )
  await change(leased?.id as never, `leased_until = now() + interval '10 seconds'`)
  await change(future?.id as never, `next_attempt_at = now() + interval '10 seconds'`)
  await change(done?.id as never, `status = 'filed', outcome = 'appended'`)
  const due = await listDueInbound(db, 10)
  expect(ids(due)).toEqual([abandoned?.id, later?.id, late?.id])
  // An abandoned mail stands still only since its lease ran out.
  expect(due.map(({ overdueMs }) => Math.round(overdueMs / 5000))).toEqual([2, 720, 12])
  expect(ids(await listDueInbound(db, 1))).toEqual([abandoned?.id])
})

test('after-processing is due per epoch, put off when it fails, and ends when it is done', async () => {
  const { id: mailboxId } = await seedMailbox(db)
  const rows = [3, 1, 2].map((uid) => fetched(mailboxId, uid, { after_state: 'pending' }))
  const none = fetched(mailboxId, 4)
  const elsewhere = fetched(mailboxId, 9, { uid_validity: '8', after_state: 'pending' })
  await inTransaction(db, (tx) => insertInboundEmails(tx, [...rows, none, elsewhere]))
  const due = async (limit = 10) =>
    (await listAfterDue(db, { mailboxId, folder: 'INBOX', uidValidity: '7' }, limit)).map(({ uid }) => uid)
  expect(await due()).toEqual(['1', '2', '3'])
  expect(await due(2)).toEqual(['1', '2'])
  await recordAfterDone(db, [rows[0]?.id as InboundEmailId])
  await recordAfterFailed(db, [rows[1]?.id as InboundEmailId], 'NO move failed')
  expect(await due()).toEqual(['2'])
  const failed = await found(rows[1]?.id as InboundEmailId)
  expect(failed).toMatchObject({ after_state: 'pending', after_attempts: 1, after_error: 'NO move failed' })
  await change(failed.id, 'after_attempts = 30')
  await recordAfterFailed(db, [failed.id], 'again')
  const waitMs = ((await found(failed.id)).after_next_at?.getTime() ?? 0) - Date.now()
  expect(waitMs).toBeGreaterThan(3_500_000)
  expect(waitMs).toBeLessThan(3_700_000)
})

test('a host whose clock is an hour ahead or behind takes no mail from another and comes to none too soon', async () => {
  const { id } = await seedInbound(db)
  const [owned, later] = [await claimed(id), (await seedInbound(db)).id]
  await deferInboundEmail(db, await claimed(later), {
    inMs: 60_000,
    refund: false,
    error: null,
    waitingFor: null,
  })
  for (const skewMs of [3_600_000, -3_600_000]) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skewMs })
    try {
      expect([await claimed(id), await claimed(later)]).toEqual([undefined, undefined])
      expect(ids(await listDueInbound(db, 1000))).not.toContain(id)
      // Its own lease is as long as any other's, and not lost because of its clock.
      const own = await claimed((await seedInbound(db)).id)
      expect(await renewInboundLease(db, own, leaseMs)).toBe(true)
      const { rows } = await db.raw(
        `SELECT leased_until BETWEEN now() AND now() + ? * interval '1 millisecond' AS "isOurs" FROM inbound_emails WHERE id = ?`,
        [leaseMs, own.id],
      )
      expect(rows).toEqual([{ isOurs: true }])
    } finally {
      vi.useRealTimers()
    }
  }
  expect(await renewInboundLease(db, owned, leaseMs)).toBe(true)
})
