import type { InboundEmailId } from '@maildesk/core'
import { MaildeskError } from '@maildesk/core'
import { claimInboundEmail, findInboundEmail, type MailboxRow } from '@maildesk/db'
import {
  anEmail,
  createTestDatabase,
  type SmtpSink,
  startSmtpSink,
  type TestDatabase,
  waitUntil,
} from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  bodyWithFiles,
  deskDeps,
  rawMail,
  receiveMail,
  type TestDesk,
  withParsed,
  withSettings,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fileEmail } from './file-email.ts'

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
  mailbox = await addMailbox(desk, sink.port)
})

const row = (id: InboundEmailId) => findInboundEmail(desk.db, id)
const ticketsFrom = (address: string) =>
  desk
    .db('tickets')
    .join('users', 'users.id', 'tickets.customer_id')
    .where('users.email', address)
    .select('tickets.*')
/** Makes the row due now, whatever wait it was given. */
const makeDue = (id: InboundEmailId) =>
  desk.db('inbound_emails').where({ id }).update({ next_attempt_at: desk.db.fn.now(), leased_until: null })

test('a first mail opens a ticket, with everything that belongs to it', async () => {
  const ada = aPerson()
  const raw = rawMail({
    From: `Ada Lovelace <${ada}>`,
    To: mailbox.address,
    Cc: `Bob <bob.${ada}>`,
    'Message-ID': `<first.${ada}>`,
    ...bodyWithFiles(),
  })
  const id = await receiveMail(desk, mailbox, raw)
  expect(desk.rings).toContainEqual({ name: 'file-email', id })
  await fileEmail(desk, id)

  const [ticket] = await ticketsFrom(ada)
  expect(ticket).toMatchObject({
    source: 'email',
    status: 'open',
    mailbox_id: mailbox.id,
    category: 'general',
    priority: 'medium',
  })
  expect(await row(id)).toMatchObject({
    status: 'filed',
    outcome: 'new_ticket',
    ticket_id: ticket.id,
    attempts: 1,
    leased_until: null,
  })
  expect((await row(id))?.decision).toMatchObject({
    decidedBy: 'open-ticket',
    passedOver: expect.arrayContaining(['append-by-evidence']),
  })

  const [message, ...others] = await desk.db('messages').where({ ticket_id: ticket.id })
  expect(others).toEqual([])
  expect(message).toMatchObject({
    source: 'email',
    is_from_customer: true,
    is_internal: false,
    inbound_email_id: id,
    rfc822_id: `first.${ada}`,
  })

  const attachments = await desk.db('attachments').where({ message_id: message.id }).orderBy('part_path')
  expect(
    attachments.map(({ filename, source, disposition, restricted_reason }) => [
      filename,
      source,
      disposition,
      restricted_reason,
    ]),
  ).toEqual([
    ['dot.png', 'email', 'inline', null],
    ['plan.pdf', 'email', 'attachment', null],
    ['engine.exe', 'email', 'attachment', 'type-not-allowed'],
  ])
  expect(Buffer.from(await desk.blobs.read(attachments[1].file)).toString()).toBe('%PDF-1.4\n')

  expect(
    await desk.db('ticket_participants').where({ ticket_id: ticket.id }).orderBy('role').pluck('address'),
  ).toEqual([`bob.${ada}`, ada])
  expect(await desk.db('ticket_events').where({ ticket_id: ticket.id }).pluck('type')).toEqual(
    expect.arrayContaining(['ticket_opened', 'acknowledgement_queued']),
  )

  const [acknowledgement] = await desk.db('outbound_emails').where({ ticket_id: ticket.id })
  expect(acknowledgement).toMatchObject({
    kind: 'acknowledgement',
    status: 'queued',
    envelope_from: '',
    cause_inbound_id: id,
  })
  expect(await desk.db('outbound_deliveries').where({ outbound_email_id: acknowledgement.id })).toMatchObject(
    [{ address: ada, status: 'queued' }],
  )
  expect(await desk.db('wire_ids').where({ ticket_id: ticket.id }).pluck('rfc822_id')).toEqual(
    expect.arrayContaining([`first.${ada}`, acknowledgement.rfc822_id]),
  )
  expect(desk.rings).toContainEqual({ name: 'send-email', id: acknowledgement.id })
})

test('a mail whose filing fails at the last statement leaves nothing behind (scenario 1)', async () => {
  const ada = aPerson()
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address, ...bodyWithFiles() }))
  await database.db.raw(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'as the test wants it'; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE ON inbound_emails FOR EACH ROW WHEN (NEW.status = 'filed') EXECUTE FUNCTION refuse()`)
  try {
    await fileEmail({ ...desk, log: { ...desk.log, error: () => {} } }, id)
  } finally {
    await database.db.raw('DROP FUNCTION refuse CASCADE')
  }
  expect(await ticketsFrom(ada)).toEqual([])
  expect(await desk.db('users').where({ email: ada })).toEqual([])
  expect(await row(id)).toMatchObject({
    status: 'received',
    attempts: 1,
    last_error: expect.stringContaining('as the test wants it'),
  })
  await makeDue(id)
  await fileEmail(desk, id)
  expect(await ticketsFrom(ada)).toHaveLength(1)
})

test('the same job twice, or many times at once, is one ticket and one acknowledgement', async () => {
  const ada = aPerson()
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  await Promise.all(Array.from({ length: 4 }, () => fileEmail(desk, id)))
  await fileEmail(desk, id)
  const [ticket, ...others] = await ticketsFrom(ada)
  expect(others).toEqual([])
  expect(await desk.db('messages').where({ ticket_id: ticket.id })).toHaveLength(1)
  expect(await desk.db('outbound_emails').where({ ticket_id: ticket.id })).toHaveLength(1)
})

test('a mail whose worker died is filed by another when the lease has run out, not before (scenario 1)', async () => {
  const ada = aPerson()
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  const dead = await claimInboundEmail(desk.db, id, 600)
  expect(dead?.attempts).toBe(1)
  await fileEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'received', attempts: 1 })
  await waitUntil(
    async () => {
      await fileEmail(desk, id)
      return (await row(id))?.status === 'filed'
    },
    { what: 'the lease to run out' },
  )
  expect(await row(id)).toMatchObject({ attempts: 2 })
  expect(await ticketsFrom(ada)).toHaveLength(1)
})

test('a worker that was taken over writes nothing', async () => {
  const ada = aPerson()
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  let finished: unknown
  const slow = withParsed(desk, async () => {
    await desk.db('inbound_emails').where({ id }).update({ leased_until: null })
    await fileEmail(desk, id)
    finished = await row(id)
    return { ok: true, email: anEmail({ from: [{ name: '', address: ada }], subject: 'from the slow one' }) }
  })
  await fileEmail(slow, id)
  expect(await ticketsFrom(ada)).toMatchObject([{ title: expect.not.stringContaining('slow') }])
  // Without the fence there would be no second ticket either, but another end of the row.
  expect(await row(id)).toEqual(finished)
})

test('work that takes longer than a lease keeps it', async () => {
  const ada = aPerson()
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  const before = Date.now()
  const slow = withParsed(withSettings(desk, { leaseMs: 300 }), async () => {
    await waitUntil(() => Date.now() - before > 900, { what: 'three leases to pass' })
    expect(await claimInboundEmail(desk.db, id, 300)).toBeUndefined()
    return { ok: true, email: anEmail({ from: [{ name: '', address: ada }], messageId: `slow.${ada}` }) }
  })
  await fileEmail(slow, id)
  expect(await row(id)).toMatchObject({ status: 'filed', attempts: 1 })
})

test('a mail that kills its worker three times is quarantined at the fourth start', async () => {
  const id = await receiveMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address }))
  for (let start = 1; start <= 3; start++) {
    expect((await claimInboundEmail(desk.db, id, 1_000))?.attempts).toBe(start)
    await makeDue(id)
  }
  await fileEmail(desk, id)
  expect(await row(id)).toMatchObject({
    status: 'quarantined',
    outcome: 'dead_letter',
    reason: 'attempts-exhausted',
    ticket_id: null,
  })
})

test.each(['limit-exceeded', 'unparseable'] as const)(
  'a mail that is %s is quarantined at once',
  async (failure) => {
    const id = await receiveMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address }))
    await fileEmail(withParsed(desk, { ok: false, failure, detail: 'too deep' }), id)
    expect(await row(id)).toMatchObject({
      status: 'quarantined',
      outcome: 'dead_letter',
      reason: failure,
      decision: { detail: 'too deep' },
    })
  },
)

test.each(['crashed', 'timed-out', 'out-of-memory'] as const)(
  'a parser that %s gets three tries',
  async (failure) => {
    const id = await receiveMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address }))
    const unlucky = withParsed(desk, { ok: false, failure, detail: 'signal SIGKILL' })
    for (let start = 1; start <= 2; start++) {
      await fileEmail(unlucky, id)
      expect(await row(id)).toMatchObject({
        status: 'received',
        attempts: start,
        leased_until: null,
        last_error: `${failure}: signal SIGKILL`,
      })
      await makeDue(id)
    }
    await fileEmail(unlucky, id)
    expect(await row(id)).toMatchObject({ status: 'quarantined', outcome: 'dead_letter', reason: failure })
  },
)

test('an oversized mail, of which only the header was kept, is quarantined with its row', async () => {
  const id = await receiveMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address }))
  await desk.db('inbound_emails').where({ id }).update({ raw_complete: false })
  await fileEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'quarantined', reason: 'oversize' })
})

test.each([
  ['the disk is away', new MaildeskError('blob.unavailable', 'the disk is away')],
  ['no space left', Object.assign(new Error('no space left'), { code: 'ENOSPC' })],
  ['too many clients', Object.assign(new Error('too many clients'), { code: '53300' })],
])('a server that is away and a machine in trouble (%s) do not count as a start', async (words, error) => {
  const ada = aPerson()
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  const away = withParsed(desk, () => Promise.reject(error))
  for (let i = 0; i < 5; i++) {
    await fileEmail(away, id)
    expect(await row(id)).toMatchObject({
      status: 'received',
      attempts: 0,
      last_error: expect.stringContaining(words),
    })
    await makeDue(id)
  }
  await fileEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'filed', attempts: 1 })
})

test('a database connection that breaks in the middle of filing leaves no half ticket, and no start is counted', async () => {
  const ada = aPerson()
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  // The filing transaction ends its own connection when it writes the message.
  await database.db.raw(`CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
    CREATE TRIGGER break AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION break()`)
  try {
    await fileEmail(desk, id)
  } finally {
    await waitUntil(() => database.db.raw('DROP FUNCTION break CASCADE').then(() => true), {
      what: 'a connection',
    })
  }
  expect(await ticketsFrom(ada)).toEqual([])
  expect(await row(id)).toMatchObject({
    status: 'received',
    attempts: 0,
    last_error: expect.stringContaining('db.unavailable'),
  })
  await makeDue(id)
  await fileEmail(desk, id)
  expect(await ticketsFrom(ada)).toHaveLength(1)
})

test('raw bytes that are gone put the mail before a person at once', async () => {
  const id = await receiveMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address }))
  await desk
    .db('inbound_emails')
    .where({ id })
    .update({ raw_key: '0'.repeat(64) })
  await fileEmail({ ...desk, log: { ...desk.log, error: () => {} } }, id)
  expect(await row(id)).toMatchObject({
    status: 'quarantined',
    reason: 'filing-failed',
    decision: { detail: expect.stringContaining('blob.missing') },
  })
})
