import type { OutboundEmailId } from '@maildesk/core'
import {
  findMailbox,
  findOutboundEmail,
  listAbandonedOutbound,
  listDeliveries,
  listDueOutbound,
  type MailboxRow,
} from '@maildesk/db'
import {
  anId,
  createTestDatabase,
  type SmtpSink,
  startSmtpSink,
  type TestDatabase,
  waitUntil,
} from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  deskDeps,
  fileMail,
  queueAgentReply,
  rawMail,
  type TestDesk,
  withSettings,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sendEmail, takeOverAbandoned } from './send-email.ts'

let database: TestDatabase
let sink: SmtpSink
let desk: TestDesk
let mailbox: MailboxRow

beforeAll(async () => {
  database = await createTestDatabase()
  sink = await startSmtpSink()
  desk = await deskDeps(database)
})
afterAll(async () => {
  await desk.close()
  await sink.stop()
  await database.drop()
})
beforeEach(async () => {
  sink.clearScript()
  mailbox = await addMailbox(desk, sink.port)
})

const row = async (id: OutboundEmailId) => {
  const found = await findOutboundEmail(desk.db, id)
  if (!found) throw new Error('no such outbound email')
  return found
}
const makeDue = (id: OutboundEmailId) =>
  desk.db('outbound_emails').where({ id }).update({ next_attempt_at: desk.db.fn.now() })
/** Proof of a mail of unknown fate was waited for long enough. */
const makeLate = (id: OutboundEmailId) =>
  desk
    .db('outbound_emails')
    .where({ id })
    .update({ next_attempt_at: desk.db.fn.now(), data_started_at: new Date(Date.now() - 3_600_000) })
const seenBy = (recipient: string) =>
  sink.transactions.filter(({ recipients }) => recipients.includes(recipient))
const eventsOf = (id: OutboundEmailId, type: string) =>
  desk.db('ticket_events').where({ outbound_email_id: id, type })
const minutesUntil = (date: Date | null) => Math.round(((date?.getTime() ?? 0) - Date.now()) / 60_000)
const headerOf = (raw: Buffer, name: string) =>
  new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im').exec(raw.toString())?.[1]?.replace(/\r\n\s+/g, ' ')

test('a reply that the server takes is sent, and carries its thread', async () => {
  const { id, customer, ticket } = await queueAgentReply(desk, mailbox, {
    'Message-ID': '<asked@person.example>',
    References: '<before@person.example>',
    Subject: 'Stuck',
  })
  await sendEmail(desk, id)
  const after = await row(id)
  expect(after).toMatchObject({
    status: 'sent',
    attempts: 1,
    last_response: '250 2.0.0 taken',
    lease_token: null,
    next_attempt_at: null,
  })
  expect(after.sent_at).toBeInstanceOf(Date)
  expect(await listDeliveries(desk.db, id)).toMatchObject([
    { address: customer, status: 'sent', code: 250, response: '250 2.0.0 taken' },
  ])
  expect(await eventsOf(id, 'reply_sent')).toHaveLength(1)

  const [mail, ...others] = seenBy(customer)
  expect(others).toEqual([])
  const raw = mail?.raw ?? Buffer.alloc(0)
  expect(headerOf(raw, 'Message-ID')).toBe(`<${after.rfc822_id}>`)
  expect(headerOf(raw, 'In-Reply-To')).toBe('<asked@person.example>')
  expect(headerOf(raw, 'References')).toBe('<before@person.example> <asked@person.example>')
  expect(headerOf(raw, 'Reply-To')).toContain(`+t1.${ticket.number}.p${after.token_nonce}.`)
  expect(headerOf(raw, 'Subject')).toBe(`Re: Stuck [#${ticket.number}]`)
  expect(headerOf(raw, 'Auto-Submitted')).toBeUndefined()
  expect(mail?.from).toBe(after.envelope_from)
  expect(raw.toString()).toContain('Turn it the other way.')
})

test('an acknowledgement goes out with the null reverse-path and marked as automatic', async () => {
  const customer = aPerson()
  const { ticket_id } = await fileMail(
    desk,
    mailbox,
    rawMail({ From: customer, To: mailbox.address, Subject: 'BUY NOW', body: 'spam spam\r\n' }),
  )
  const { id } = await desk.db('outbound_emails').where({ ticket_id }).first()
  await sendEmail(desk, id)
  const [mail] = seenBy(customer)
  expect(mail?.from).toBe('')
  expect(headerOf(mail?.raw ?? Buffer.alloc(0), 'Auto-Submitted')).toBe('auto-replied')
  expect(mail?.raw.toString()).not.toMatch(/BUY NOW|spam/)
})

test('a refusal for now is tried again, later and later, and then sent once', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  sink.script({ at: 'mail', action: { reply: '451 4.3.0 come back later' }, times: 3 })
  const waits: number[] = []
  for (let attempt = 1; attempt <= 3; attempt++) {
    await sendEmail(desk, id)
    const after = await row(id)
    expect(after).toMatchObject({
      status: 'retry',
      attempts: attempt,
      last_response: expect.stringContaining('451'),
    })
    waits.push(minutesUntil(after.next_attempt_at))
    await sendEmail(desk, id)
    expect(await row(id)).toMatchObject({ attempts: attempt })
    await makeDue(id)
  }
  expect(waits).toEqual([1, 5, 15])
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'sent', attempts: 4 })
  expect(seenBy(customer)).toHaveLength(1)
})

test('a mail refused for now is given up after the give-up time, and the ticket says so', async () => {
  const { id } = await queueAgentReply(desk, mailbox)
  sink.script({ at: 'mail', action: { reply: '451 4.3.0 come back later' } })
  await sendEmail(withSettings(desk, { sendGiveUpMs: 0 }), id)
  expect(await row(id)).toMatchObject({ status: 'failed', next_attempt_at: null })
  expect(await eventsOf(id, 'reply_failed')).toHaveLength(1)
})

test.each(['mail', 'rcpt', 'data', 'final'] as const)(
  'a refusal for good at %s fails at once, and the ticket says so',
  async (at) => {
    const { id, customer } = await queueAgentReply(desk, mailbox)
    sink.script({ at, action: { reply: '550 5.7.1 not wanted' } })
    await sendEmail(desk, id)
    expect(await row(id)).toMatchObject({
      status: 'failed',
      last_response: expect.stringContaining('550'),
      next_attempt_at: null,
    })
    expect(await listDeliveries(desk.db, id)).toMatchObject([
      { address: customer, status: 'refused', code: 550 },
    ])
    expect(await eventsOf(id, 'reply_failed')).toMatchObject([{ data: { refused: [{ address: customer }] } }])
  },
)

test('a recipient refused for now is tried again alone', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  const slow = `slow.${customer}`
  await desk.db('outbound_deliveries').insert({ id: anId(), outbound_email_id: id, address: slow })
  sink.script({ at: 'rcpt', action: { reply: '450 4.2.1 greylisted' }, recipient: /^slow/ })
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'retry' })
  expect(await listDeliveries(desk.db, id)).toMatchObject([
    { address: customer, status: 'sent' },
    { address: slow, status: 'retry', code: 450 },
  ])
  await makeDue(id)
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'sent' })
  expect(seenBy(customer)).toHaveLength(1)
  expect(seenBy(slow).map(({ recipients }) => recipients)).toEqual([[slow]])
})

test.each([
  { later: /^slow/, never: /^ada/ },
  { later: /^ada/, never: /^slow/ },
])(
  'a recipient refused for now ($later) is not given up because another is refused for good',
  async ({ later, never }) => {
    const { id, customer } = await queueAgentReply(desk, mailbox)
    const addresses = [customer, `slow.${customer}`]
    await desk.db('outbound_deliveries').insert({ id: anId(), outbound_email_id: id, address: addresses[1] })
    sink.script({ at: 'rcpt', action: { reply: '450 4.2.1 greylisted' }, recipient: later })
    sink.script({ at: 'rcpt', action: { reply: '550 5.1.1 nobody' }, recipient: never })
    await sendEmail(desk, id)
    const statuses = (await listDeliveries(desk.db, id)).map(({ status }) => status)
    expect(statuses).toEqual(addresses.map((address) => (later.test(address) ? 'retry' : 'refused')))
    expect(await row(id)).toMatchObject({ status: 'retry' })
    await makeDue(id)
    await sendEmail(desk, id)
    expect(await row(id)).toMatchObject({ status: 'sent' })
    expect(addresses.map((address) => seenBy(address).length)).toEqual(
      addresses.map((address) => (later.test(address) ? 1 : 0)),
    )
  },
)

test('a reply of unknown fate is sent again, byte for byte, at most twice (scenario 19)', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  sink.script({ at: 'final', action: { drop: true }, times: Infinity })
  for (const attempt of [1, 2, 3]) {
    await sendEmail(desk, id)
    const after = await row(id)
    expect(after).toMatchObject({ status: 'uncertain', uncertain_attempts: attempt })
    expect(minutesUntil(after.next_attempt_at)).toBe(1)
    await makeLate(id)
  }
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'uncertain', next_attempt_at: null })
  await sendEmail(desk, id)
  const copies = seenBy(customer)
  expect(copies).toHaveLength(3)
  expect(new Set(copies.map(({ raw }) => raw.toString('base64'))).size).toBe(1)
  expect(await eventsOf(id, 'reply_uncertain')).toHaveLength(3)
  expect(await eventsOf(id, 'reply_needs_decision')).toMatchObject([{ data: { reason: 'too-often' } }])
})

test('a reply that was sent again after all says that it may have come twice', async () => {
  const { id } = await queueAgentReply(desk, mailbox)
  sink.script({ at: 'final', action: { drop: true } })
  await sendEmail(desk, id)
  await makeLate(id)
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'sent' })
  expect(await eventsOf(id, 'reply_sent')).toMatchObject([{ data: { may_have_been_delivered_twice: true } }])
})

test('an acknowledgement of unknown fate is never sent again', async () => {
  const customer = aPerson()
  const { ticket_id } = await fileMail(desk, mailbox, rawMail({ From: customer, To: mailbox.address }))
  const { id } = await desk.db('outbound_emails').where({ ticket_id }).first()
  sink.script({ at: 'final', action: { drop: true } })
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'uncertain' })
  await makeLate(id)
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'failed', next_attempt_at: null })
  expect(await eventsOf(id, 'acknowledgement_failed')).toMatchObject([{ data: { reason: 'fate-unknown' } }])
  expect(seenBy(customer)).toHaveLength(1)
})

test('a reply of unknown fate that somebody answered was sent', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  sink.script({ at: 'final', action: { drop: true } })
  await sendEmail(desk, id)
  const { rfc822_id } = await row(id)
  await fileMail(
    desk,
    mailbox,
    rawMail({ From: customer, To: mailbox.address, Subject: 'Re: thanks', 'In-Reply-To': `<${rfc822_id}>` }),
  )
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'sent', next_attempt_at: null })
  expect(await eventsOf(id, 'reply_sent')).toMatchObject([{ data: { proof: 'answer' } }])
  expect((await listDeliveries(desk.db, id)).map(({ status }) => status)).toEqual(['sent'])
  expect(seenBy(customer)).toHaveLength(1)
})

test.each(['connect', 'ehlo', 'mail', 'rcpt', 'data'] as const)(
  'a connection that breaks at %s leaves no doubt: tried again, one copy',
  async (at) => {
    const { id, customer } = await queueAgentReply(desk, mailbox)
    sink.script({ at, action: { drop: true } })
    await sendEmail(desk, id)
    expect(await row(id)).toMatchObject({ status: 'retry', uncertain_attempts: 0, data_started_at: null })
    await makeDue(id)
    await sendEmail(desk, id)
    expect(await row(id)).toMatchObject({ status: 'sent' })
    expect(seenBy(customer)).toHaveLength(1)
  },
)

test('a worker that died before the body began has sent nothing: its mail is due at once', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  await desk
    .db('outbound_emails')
    .where({ id })
    .update({
      status: 'sending',
      lease_token: anId(),
      leased_until: new Date(Date.now() - 1000),
      attempts: 1,
    })
  await sendEmail(desk, id)
  expect(seenBy(customer)).toEqual([])
  for (const abandoned of await listAbandonedOutbound(desk.db, 10)) await takeOverAbandoned(desk, abandoned)
  expect(await row(id)).toMatchObject({ status: 'retry', uncertain_attempts: 0 })
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'sent' })
})

test('a database that fails between the claim and the mark is no refusal: the mail is tried again within seconds', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  sink.script({ at: 'data', action: { stallMs: 400 } })
  const sending = sendEmail(desk, id)
  await waitUntil(async () => (await row(id)).status === 'sending' || undefined, { what: 'the claim' })
  await desk.db.transaction(async (holder) => {
    await holder('outbound_emails').where({ id }).forUpdate()
    // The mark waits for the row, and its session is ended meanwhile.
    await waitUntil(
      async () => {
        const { rows } = await holder.raw(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
        return rows.length > 0 || undefined
      },
      { what: 'the mark to wait' },
    )
  })
  await sending
  const after = await row(id)
  expect(after).toMatchObject({ status: 'retry', attempts: 1, uncertain_attempts: 0 })
  expect((after.next_attempt_at?.getTime() ?? Number.NaN) - Date.now()).toBeLessThanOrEqual(2000)
  expect(seenBy(customer)).toEqual([])
  await makeDue(id)
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'sent', attempts: 2 })
  expect(seenBy(customer)).toHaveLength(1)
})

test('a worker that died after the mark leaves the fate unknown (scenario 1)', async () => {
  const { id } = await queueAgentReply(desk, mailbox)
  const past = new Date(Date.now() - 1000)
  await desk.db('outbound_emails').where({ id }).update({
    status: 'sending',
    lease_token: anId(),
    leased_until: past,
    data_started_at: past,
    attempts: 1,
  })
  const [abandoned] = await listAbandonedOutbound(desk.db, 10)
  if (!abandoned) throw new Error('nothing is abandoned')
  await Promise.all([takeOverAbandoned(desk, abandoned), takeOverAbandoned(desk, abandoned)])
  expect(await row(id)).toMatchObject({ status: 'uncertain', uncertain_attempts: 1 })
  expect(await eventsOf(id, 'reply_uncertain')).toHaveLength(1)
})

test('a worker that lost its lease sends no byte of the body', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  const robbed: TestDesk = {
    ...desk,
    mailer: {
      async send(access, envelope, raw, markData) {
        await desk.db('outbound_emails').where({ id }).update({ lease_token: anId() })
        return desk.mailer.send(access, envelope, raw, markData)
      },
    },
  }
  await sendEmail(robbed, id)
  expect(seenBy(customer)).toEqual([])
  expect(await row(id)).toMatchObject({ status: 'sending', data_started_at: null })
})

test('many workers at once send one copy', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  await Promise.all(Array.from({ length: 5 }, () => sendEmail(desk, id)))
  expect(seenBy(customer)).toHaveLength(1)
  expect(await row(id)).toMatchObject({ status: 'sent', attempts: 1 })
})

test('an answer that comes after several leases finds the row still owned', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  sink.script({ at: 'final', action: { stallMs: 1200 } })
  const sending = sendEmail(withSettings(desk, { leaseMs: 400 }), id)
  await sending
  expect(await row(id)).toMatchObject({ status: 'sent', attempts: 1 })
  expect(seenBy(customer)).toHaveLength(1)
})

test('a mailbox that cannot log in is paused, and its mails wait without failing', async () => {
  const guarded = await startSmtpSink({ auth: { user: 'desk', pass: 'right' } })
  try {
    const locked = await addMailbox(desk, guarded.port, { smtp_user: 'desk', smtp_secret: 'wrong' })
    const { id, customer } = await queueAgentReply(desk, locked)
    await sendEmail(desk, id)
    expect(await row(id)).toMatchObject({ status: 'retry', uncertain_attempts: 0 })
    expect((await findMailbox(desk.db, locked.id))?.smtp_paused_reason).toContain('535')
    await makeDue(id)
    const connections = guarded.connectionCount()
    await sendEmail(desk, id)
    expect(guarded.connectionCount()).toBe(connections)
    expect((await listDueOutbound(desk.db, 100)).map((due) => due.id)).not.toContain(id)

    await desk
      .db('mailboxes')
      .where({ id: locked.id })
      .update({ smtp_paused_reason: null, smtp_secret: 'right' })
    await sendEmail(desk, id)
    expect(await row(id)).toMatchObject({ status: 'sent' })
    expect(guarded.transactions.map(({ recipients }) => recipients)).toEqual([[customer]])
  } finally {
    await guarded.stop()
  }
})

test('a mail that can never be built fails at once instead of being tried for days', async () => {
  const { id } = await queueAgentReply(desk, mailbox)
  await desk
    .db('outbound_emails')
    .where({ id })
    .update({ raw_key: '0'.repeat(64) })
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({
    status: 'failed',
    last_response: expect.stringContaining('blob.missing'),
  })
  expect(await eventsOf(id, 'reply_failed')).toHaveLength(1)
})

test('a NUL in the server’s answer does not keep the outcome from being written', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  sink.script({ at: 'final', action: { reply: '250 2.0.0 ta\u0000ken' } })
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'sent' })
  expect(await listDeliveries(desk.db, id)).toMatchObject([{ address: customer, status: 'sent' }])
})
