import type { AfterAttempt, BlobKey, ComposedEmail, OutboundEmailId, Rfc822Id } from '@maildesk/core'
import {
  anId,
  createTestDatabase,
  seedInbound,
  seedMailbox,
  seedMessage,
  seedTicket,
  seedUser,
  type TestDatabase,
} from '@maildesk/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Database } from './connect.ts'
import {
  claimOutboundEmail,
  findOutboundEmail,
  finishAttempt,
  insertOutboundEmail,
  keepBuiltMail,
  listAbandonedOutbound,
  listDeliveries,
  listDueOutbound,
  markDataStarted,
  type NewOutboundEmail,
  renewOutboundLease,
  requeueOutbound,
} from './outbound-emails.ts'
import type { OutboundEmailRow } from './tables.ts'
import { inTransaction } from './transaction.ts'

const leaseMs = 60_000
let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await createTestDatabase()
  db = database.db
})
afterAll(() => database?.drop())

function composed(messageId: string): ComposedEmail {
  return {
    messageId: messageId as Rfc822Id,
    date: '2026-11-22T10:00:00.000Z',
    from: { name: 'Desk', address: 'support@desk.example' },
    to: [{ name: '', address: 'ada@customer.example' }],
    cc: [],
    replyTo: null,
    subject: 'Re: Zoë 😀',
    inReplyTo: null,
    references: [],
    headers: [],
    text: 'text',
    html: null,
  }
}

async function aDraft(
  addresses: readonly string[] = ['ada@customer.example'],
  kind: NewOutboundEmail['kind'] = 'acknowledgement',
): Promise<NewOutboundEmail> {
  const [ticket, mailbox] = [await seedTicket(db), await seedMailbox(db)]
  const agent = await seedUser(db, { role: 'provider' })
  const message =
    kind === 'reply' ? await seedMessage(db, ticket, { sender_id: agent.id, is_from_customer: false }) : null
  const id = anId<OutboundEmailId>()
  return {
    id,
    kind,
    ticketId: ticket.id,
    messageId: message?.id ?? null,
    mailboxId: mailbox.id,
    causeInboundId: null,
    tokenNonce: 'abcdefgh',
    envelopeFrom: 'support@desk.example',
    composed: composed(`${id}@desk.example`),
    deliveries: addresses.map((address) => ({ id: anId(), address })),
  }
}

const insert = (draft: NewOutboundEmail) => inTransaction(db, (tx) => insertOutboundEmail(tx, draft))
async function queued(addresses?: readonly string[]): Promise<OutboundEmailId> {
  const draft = await aDraft(addresses)
  await insert(draft)
  return draft.id
}
const found = async (id: OutboundEmailId) => (await findOutboundEmail(db, id)) as OutboundEmailRow
const change = (id: OutboundEmailId, sql: string) =>
  db.raw(`UPDATE outbound_emails SET ${sql} WHERE id = ?`, [id])
const statuses = async (id: OutboundEmailId) =>
  (await listDeliveries(db, id)).map(({ address, status }) => [address, status])
const sent: AfterAttempt = {
  status: 'sent',
  nextInMs: null,
  uncertainAttempts: 0,
  deliveries: [{ address: 'ada@customer.example', status: 'sent', code: 250, response: '2.0.0 Ok' }],
  pauseMailbox: false,
}
const retry: AfterAttempt = { ...sent, status: 'retry', nextInMs: 60_000, deliveries: [] }

describe('queueing', () => {
  test('writes the mail, its recipients and its Message-ID, and it is due', async () => {
    const draft = await aDraft(['bob@customer.example', 'ada@customer.example'])
    await insert(draft)
    expect(await found(draft.id)).toMatchObject({
      status: 'queued',
      attempts: 0,
      composed: draft.composed,
      rfc822_id: draft.composed.messageId,
    })
    expect(await statuses(draft.id)).toEqual([
      ['ada@customer.example', 'queued'],
      ['bob@customer.example', 'queued'],
    ])
    expect(await db('wire_ids').where({ rfc822_id: draft.composed.messageId })).toMatchObject([
      { ticket_id: draft.ticketId, outbound_email_id: draft.id },
    ])
    expect((await listDueOutbound(db, 1000)).map(({ id }) => id)).toContain(draft.id)
  })

  const constraint = (name: string) => ({ code: 'db.constraint', fields: { constraint: name } })

  test('one mail is acknowledged once', async () => {
    const { id: causeInboundId } = await seedInbound(db)
    await insert({ ...(await aDraft()), causeInboundId })
    await expect(insert({ ...(await aDraft()), causeInboundId })).rejects.toMatchObject(
      constraint('uq_outbound_cause'),
    )
  })

  test('one message leaves once', async () => {
    const draft = await aDraft(undefined, 'reply')
    await insert(draft)
    const again = {
      ...draft,
      id: anId<OutboundEmailId>(),
      composed: composed('again@desk.example'),
      deliveries: [],
    }
    await expect(
      insert({ ...again, deliveries: [{ id: anId(), address: 'x@y.example' }] }),
    ).rejects.toMatchObject(constraint('uq_outbound_message'))
  })

  test('no Message-ID is used twice, and no reply is without its message', async () => {
    const draft = await aDraft()
    await insert(draft)
    const other = await aDraft()
    await expect(insert({ ...other, composed: draft.composed })).rejects.toMatchObject(
      constraint('uq_outbound_rfc822_id'),
    )
    await expect(insert({ ...other, kind: 'reply' })).rejects.toMatchObject(
      constraint('chk_outbound_reply_has_message'),
    )
  })

  test('nothing of it stays when the transaction fails', async () => {
    const draft = await aDraft()
    const failing = inTransaction(db, async (tx) => {
      await insertOutboundEmail(tx, draft)
      throw new Error('later step')
    })
    await expect(failing).rejects.toThrow('later step')
    expect(await findOutboundEmail(db, draft.id)).toBeUndefined()
    expect(await db('wire_ids').where({ rfc822_id: draft.composed.messageId })).toEqual([])
  })
})

describe('claiming', () => {
  test('takes the mail and counts the attempt; of many at once one wins', async () => {
    const id = await queued()
    const rows = await Promise.all(
      Array.from({ length: 8 }, () => claimOutboundEmail(db, id, anId(), leaseMs)),
    )
    const won = rows.filter((row) => row !== undefined)
    expect(won).toHaveLength(1)
    expect(await found(id)).toMatchObject({
      status: 'sending',
      attempts: 1,
      lease_token: won[0]?.lease_token,
      data_started_at: null,
    })
  })

  test.each([
    `status = 'sent'`,
    `status = 'failed'`,
    `status = 'cancelled'`,
    `status = 'uncertain', next_attempt_at = NULL`,
    `next_attempt_at = now() + interval '1 hour'`,
  ])('leaves a mail alone with %s', async (sql) => {
    const id = await queued()
    await change(id, sql)
    expect(await claimOutboundEmail(db, id, anId(), leaseMs)).toBeUndefined()
    expect((await listDueOutbound(db, 1000)).map((due) => due.id)).not.toContain(id)
  })

  test.each([`status = 'retry'`, `status = 'uncertain'`])('takes a due mail with %s', async (sql) => {
    const id = await queued()
    await change(id, sql)
    expect(await claimOutboundEmail(db, id, anId(), leaseMs)).toMatchObject({ status: 'sending' })
  })

  test('does not take a mail from a worker, even when its lease ran out: that is the sweeper’s to judge', async () => {
    const id = await queued()
    await claimOutboundEmail(db, id, anId(), leaseMs)
    await change(id, `leased_until = now() - interval '1 second', data_started_at = now()`)
    expect(await claimOutboundEmail(db, id, anId(), leaseMs)).toBeUndefined()
  })

  test('a second attempt starts without the phase mark of the first', async () => {
    const id = await queued()
    await change(id, `status = 'retry', data_started_at = now()`)
    expect(await claimOutboundEmail(db, id, anId(), leaseMs)).toMatchObject({ data_started_at: null })
  })
})

describe('the lease', () => {
  test('can be renewed and marked by its holder only', async () => {
    const id = await queued()
    const token = anId()
    await claimOutboundEmail(db, id, token, leaseMs)
    expect(await renewOutboundLease(db, id, anId(), leaseMs)).toBe(false)
    expect(await markDataStarted(db, id, anId(), leaseMs)).toBe(false)
    expect((await found(id)).data_started_at).toBeNull()
    expect(await renewOutboundLease(db, id, token, leaseMs)).toBe(true)
    expect(await markDataStarted(db, id, token, leaseMs)).toBe(true)
    expect((await found(id)).data_started_at).toBeInstanceOf(Date)
  })

  test('once run out lets no body leave', async () => {
    const id = await queued()
    const token = anId()
    await claimOutboundEmail(db, id, token, leaseMs)
    await change(id, `leased_until = now() - interval '1 millisecond'`)
    expect(await renewOutboundLease(db, id, token, leaseMs)).toBe(false)
    expect(await markDataStarted(db, id, token, leaseMs)).toBe(false)
  })

  test('lost means that the result is not written', async () => {
    const id = await queued()
    await claimOutboundEmail(db, id, anId(), leaseMs)
    expect(await inTransaction(db, (tx) => finishAttempt(tx, { id, attempts: 1 }, anId(), sent, 'Ok'))).toBe(
      false,
    )
    expect(await found(id)).toMatchObject({ status: 'sending' })
    expect(await statuses(id)).toEqual([['ada@customer.example', 'queued']])
  })
})

test('a worker that lost its lease after the server took the mail still tells that it is sent', async () => {
  const id = await queued()
  const token = anId()
  await claimOutboundEmail(db, id, token, leaseMs)
  const unknown: AfterAttempt = { ...sent, status: 'uncertain', nextInMs: 60_000, deliveries: [] }
  expect(
    await inTransaction(db, (tx) => finishAttempt(tx, { id, attempts: 1 }, token, unknown, 'died')),
  ).toBe(true)
  expect(await inTransaction(db, (tx) => finishAttempt(tx, { id, attempts: 2 }, token, sent, 'Ok'))).toBe(
    false,
  )
  expect(await inTransaction(db, (tx) => finishAttempt(tx, { id, attempts: 1 }, token, sent, 'Ok'))).toBe(
    true,
  )
  expect(await found(id)).toMatchObject({ status: 'sent', next_attempt_at: null })
})

describe('the result of an attempt', () => {
  async function attempted(after: AfterAttempt, addresses?: readonly string[]): Promise<OutboundEmailRow> {
    const id = await queued(addresses)
    const token = anId()
    await claimOutboundEmail(db, id, token, leaseMs)
    expect(
      await inTransaction(db, (tx) => finishAttempt(tx, { id, attempts: 1 }, token, after, 'the answer')),
    ).toBe(true)
    expect(
      await inTransaction(db, (tx) => finishAttempt(tx, { id, attempts: 1 }, token, after, 'twice')),
    ).toBe(false)
    return found(id)
  }

  test('sent ends it', async () => {
    const row = await attempted(sent)
    expect(row).toMatchObject({
      status: 'sent',
      next_attempt_at: null,
      lease_token: null,
      leased_until: null,
      last_response: 'the answer',
      sent_at: expect.any(Date),
    })
    expect(await listDeliveries(db, row.id)).toMatchObject([
      { status: 'sent', code: 250, response: '2.0.0 Ok' },
    ])
  })

  test('retry makes it due later', async () => {
    const row = await attempted(retry)
    expect(row).toMatchObject({ status: 'retry', sent_at: null })
    const waitMs = (row.next_attempt_at?.getTime() ?? 0) - Date.now()
    expect(waitMs).toBeGreaterThan(50_000)
    expect(waitMs).toBeLessThan(70_000)
  })

  test('uncertain for good is never due again', async () => {
    const row = await attempted({ ...retry, status: 'uncertain', nextInMs: null, uncertainAttempts: 1 })
    expect(row).toMatchObject({ status: 'uncertain', next_attempt_at: null, uncertain_attempts: 1 })
    expect(await claimOutboundEmail(db, row.id, anId(), leaseMs)).toBeUndefined()
  })

  test('says of each recipient what the server said, and nothing of the others', async () => {
    const refused = {
      address: 'gone@customer.example',
      status: 'refused',
      code: 550,
      response: '5.1.1 unknown',
    } as const
    const row = await attempted({ ...sent, deliveries: [...sent.deliveries, refused] }, [
      'ada@customer.example',
      'gone@customer.example',
      'left@customer.example',
    ])
    expect(await statuses(row.id)).toEqual([
      ['ada@customer.example', 'sent'],
      ['gone@customer.example', 'refused'],
      ['left@customer.example', 'queued'],
    ])
  })
})

test('the first build of a mail wins, so that every attempt sends the same bytes', async () => {
  const id = await queued()
  const [one, two] = ['1'.repeat(64), '2'.repeat(64)] as BlobKey[]
  expect(await keepBuiltMail(db, id, one as BlobKey)).toBe(one)
  expect(await keepBuiltMail(db, id, two as BlobKey)).toBe(one)
})

test('mails of a paused mailbox wait, and go when it is no longer paused', async () => {
  const draft = await aDraft()
  await insert(draft)
  const due = async () => (await listDueOutbound(db, 1000)).map(({ id }) => id)
  await db('mailboxes').where({ id: draft.mailboxId }).update({ smtp_paused_reason: '535' })
  expect(await due()).not.toContain(draft.id)
  await db('mailboxes').where({ id: draft.mailboxId }).update({ smtp_paused_reason: null })
  expect(await due()).toContain(draft.id)
})

test('due mails are listed with how long they are due, the longest first', async () => {
  await db('outbound_emails').delete()
  const [late, later] = [await queued(), await queued()]
  await change(late, `next_attempt_at = now() - interval '1 minute'`)
  await change(later, `next_attempt_at = now() - interval '1 hour'`)
  const due = await listDueOutbound(db, 10)
  expect(due.map(({ id }) => id)).toEqual([later, late])
  expect(due.map(({ overdueMs }) => Math.round(overdueMs / 10_000))).toEqual([360, 6])
  expect(await listDueOutbound(db, 1)).toHaveLength(1)
})

test('attempts whose worker died are found by their lease', async () => {
  await db('outbound_emails').delete()
  const [dead, alive, waiting] = [await queued(), await queued(), await queued()]
  for (const id of [dead, alive]) await claimOutboundEmail(db, id, anId(), leaseMs)
  await change(dead, `leased_until = now() - interval '1 second'`)
  expect((await listAbandonedOutbound(db, 10)).map(({ id }) => id)).toEqual([dead])
  expect(await found(waiting)).toMatchObject({ status: 'queued' })
})

test('another try by a person starts anew for those not reached, and never for those who have it', async () => {
  const id = await queued(['ada@customer.example', 'gone@customer.example'])
  await db('outbound_deliveries')
    .where({ outbound_email_id: id, address: 'ada@customer.example' })
    .update({ status: 'sent' })
  await db('outbound_deliveries')
    .where({ outbound_email_id: id, address: 'gone@customer.example' })
    .update({ status: 'refused' })
  await change(
    id,
    `status = 'failed', attempts = 9, next_attempt_at = NULL, queued_at = now() - interval '80 hours'`,
  )
  await inTransaction(db, (tx) => requeueOutbound(tx, id))
  const row = await found(id)
  expect(row).toMatchObject({ status: 'queued', attempts: 0 })
  expect(Date.now() - row.queued_at.getTime()).toBeLessThan(60_000)
  expect(await statuses(id)).toEqual([
    ['ada@customer.example', 'sent'],
    ['gone@customer.example', 'queued'],
  ])
  expect(await claimOutboundEmail(db, id, anId(), leaseMs)).toBeDefined()
})

test('a host whose clock is an hour ahead or behind takes no mail from another and sends none too soon', async () => {
  const [owned, later] = [await queued(), await queued()]
  const [first, other] = [anId(), anId()]
  await claimOutboundEmail(db, owned, first, leaseMs)
  await change(later, "next_attempt_at = now() + interval '1 minute'")
  for (const skewMs of [3_600_000, -3_600_000]) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skewMs })
    try {
      for (const id of [owned, later])
        expect(await claimOutboundEmail(db, id, other, leaseMs)).toBeUndefined()
      expect((await listAbandonedOutbound(db, 1000)).map(({ id }) => id)).not.toContain(owned)
      expect((await listDueOutbound(db, 1000)).map(({ id }) => id)).not.toContain(later)
      const own = await queued()
      await claimOutboundEmail(db, own, other, leaseMs)
      expect(await renewOutboundLease(db, own, other, leaseMs)).toBe(true)
      expect(await markDataStarted(db, own, other, leaseMs)).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  }
  expect(await renewOutboundLease(db, owned, first, leaseMs)).toBe(true)
})
