import {
  type InboundEmailRow,
  inTransaction,
  lockWord,
  type MailboxRow,
  recordEvent,
  shareWord,
  type TicketRow,
} from '@maildesk/db'
import {
  anId,
  createTestDatabase,
  type SmtpSink,
  seedUser,
  startSmtpSink,
  type TestDatabase,
} from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  deskDeps,
  fileMail,
  type RawMail,
  rawMail,
  receiveMail,
  type TestDesk,
  testSettings,
  withSettings,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fileEmail } from './file-email.ts'
import { queueAutomatic } from './queue-automatic.ts'

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

/** Files a first mail and returns why it was not acknowledged; undefined when it was. */
async function whyWithheld(fields: RawMail, with_ = desk): Promise<string | undefined> {
  const { ticket_id, outcome } = await fileMail(
    with_,
    mailbox,
    rawMail({ From: aPerson(), To: mailbox.address, ...fields }),
  )
  expect(outcome).toBe('new_ticket')
  const queued = await desk.db('outbound_emails').where({ ticket_id })
  const [withheld, ...more] = await desk
    .db('ticket_events')
    .where({ ticket_id, type: 'acknowledgement_withheld' })
  expect(more).toEqual([])
  expect(queued).toHaveLength(withheld ? 0 : 1)
  return withheld?.data.reason
}
const capped = (caps: Partial<typeof testSettings.automaticCaps>) =>
  withSettings(desk, { automaticCaps: { ...testSettings.automaticCaps, ...caps } })

test('a plain first mail is acknowledged', async () => {
  expect(await whyWithheld({})).toBeUndefined()
})

test.each<[string, RawMail, string]>([
  ['from a mailing list', { 'List-Id': '<talk.example>' }, 'automatic-or-list'],
  ['marked as bulk', { Precedence: 'bulk' }, 'automatic-or-list'],
  ['made by a machine', { 'Auto-Submitted': 'auto-generated' }, 'automatic-or-list'],
  ['that asks for no answer', { 'X-Auto-Response-Suppress': 'All' }, 'automatic-or-list'],
  ['from no-reply', { From: 'no-reply@shop.example' }, 'machine-address'],
  ['that we got as a blind copy', { To: 'somebody@else.example' }, 'blind-copy'],
  ['that was written long ago', { Date: 'Sun, 01 Nov 2026 09:00:00 +0000' }, 'too-old'],
])('a mail %s is not acknowledged, and the ticket says why', async (_, fields, reason) => {
  expect(await whyWithheld(fields)).toBe(reason)
})

test('a mailbox that does not acknowledge, or cannot send, says so', async () => {
  await desk.db('mailboxes').where({ id: mailbox.id }).update({ acknowledge: false })
  expect(await whyWithheld({})).toBe('mailbox-setting')
  await desk.db('mailboxes').where({ id: mailbox.id }).update({ acknowledge: true, smtp_host: null })
  expect(await whyWithheld({})).toBe('no-sending-mailbox')
})

test('one person gets one acknowledgement in ten minutes and so many in a day', async () => {
  const ada = aPerson()
  expect(await whyWithheld({ From: ada })).toBeUndefined()
  expect(await whyWithheld({ From: ada })).toBe('cap')
  const daily = capped({ perRecipientPerDay: 2 })
  const age = () => desk.db.raw("UPDATE outbound_emails SET created_at = created_at - interval '11 minutes'")
  await age()
  expect(await whyWithheld({ From: ada }, daily)).toBeUndefined()
  await age()
  expect(await whyWithheld({ From: ada }, daily)).toBe('cap')
})

test('one domain gets so many in an hour', async () => {
  const [left, domain] = aPerson().split('@')
  const few = capped({ perDomainPerHour: 2 })
  const reasons: unknown[] = []
  for (const n of [1, 2, 3]) reasons.push(await whyWithheld({ From: `${left}${n}@${domain}` }, few))
  expect(reasons).toEqual([undefined, undefined, 'cap'])
})

test('the cap of the whole desk holds when many mails are filed at once', async () => {
  await desk.db('outbound_emails').update({ created_at: desk.db.raw("now() - interval '2 days'") })
  const few = capped({ perHour: 3 })
  const ids = await Promise.all(
    Array.from({ length: 8 }, () =>
      receiveMail(few, mailbox, rawMail({ From: aPerson(), To: mailbox.address })),
    ),
  )
  await Promise.all(ids.map((id) => fileEmail(few, id)))
  expect(await desk.db('outbound_emails').whereIn('cause_inbound_id', ids)).toHaveLength(3)
  expect(
    await desk
      .db('ticket_events')
      .whereIn('inbound_email_id', ids)
      .where({ type: 'acknowledgement_withheld' }),
  ).toHaveLength(5)
})

test('far from the limits a mail to one domain does not wait for one to another', async () => {
  await desk.db('outbound_emails').delete()
  const ids = await Promise.all(
    Array.from({ length: 2 }, () =>
      receiveMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address })),
    ),
  )
  await inTransaction(desk.db, async (tx) => {
    // As another worker holds them until it commits.
    await shareWord(tx, 'automatic mail')
    await lockWord(tx, 'automatic mail to another.example')
    await Promise.all(ids.map((id) => fileEmail(desk, id)))
  })
  expect(await desk.db('outbound_emails').whereIn('cause_inbound_id', ids)).toHaveLength(2)
})

test('nothing that the sender wrote stands in the acknowledgement', async () => {
  const ada = aPerson()
  const { ticket_id } = await fileMail(
    desk,
    mailbox,
    rawMail({
      From: `"Visit evil.example" <${ada}>`,
      To: mailbox.address,
      Subject: 'Visit evil.example',
      body: 'Visit evil.example\r\n',
    }),
  )
  const { composed } = await desk.db('outbound_emails').where({ ticket_id }).first()
  expect(JSON.stringify(composed)).not.toContain('evil.example')
})

const outboundOf = (row: InboundEmailRow) => desk.db('outbound_emails').where({ cause_inbound_id: row.id })
const ticketOf = (row: InboundEmailRow): Promise<TicketRow> =>
  desk.db('tickets').where({ id: row.ticket_id }).first()

test('an address that turned mail away gets none', async () => {
  const ada = aPerson()
  await desk.db('suppressions').insert({ address: ada, scope: 'automatic', reason: 'hard-bounce' })
  expect(await whyWithheld({ From: ada })).toBe('suppressed')
})

test('what leaves by itself carries the marks, and bounces of it go nowhere', async () => {
  const row = await fileMail(desk, mailbox, rawMail({ From: aPerson(), To: mailbox.address }))
  const [queued] = await outboundOf(row)
  expect(queued).toMatchObject({ envelope_from: '', template: 'acknowledgement', is_unproven: true })
  expect(queued.composed.headers.map(({ name }: { name: string }) => name)).toEqual([
    'Auto-Submitted',
    'X-Auto-Response-Suppress',
    'Precedence',
    'X-Maildesk-Loop',
  ])
})

test('an answer that comes too late is told so, once, in words of ours', async () => {
  await desk.db('mailboxes').where({ id: mailbox.id }).update({ late_answers: 'reject', language: 'de' })
  const ada = aPerson()
  const first = await fileMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<first.${ada}>`, Subject: 'Re: canary' }),
  )
  await desk
    .db('tickets')
    .where({ id: first.ticket_id })
    .update({ status: 'closed', closed_at: desk.db.raw("now() - interval '20 days'") })
  const answer = () =>
    fileMail(
      desk,
      mailbox,
      rawMail({ From: ada, To: mailbox.address, 'In-Reply-To': `<first.${ada}>`, Subject: 'Re: canary' }),
    )
  const late = await answer()
  expect(late).toMatchObject({ status: 'quarantined', reason: 'ticket-closed' })
  const [rejection, ...more] = await outboundOf(late)
  expect(more).toEqual([])
  expect(rejection).toMatchObject({ kind: 'rejection', ticket_id: first.ticket_id, envelope_from: '' })
  expect(rejection.composed.subject).toBe(
    `Ihre Antwort zu #${(await ticketOf(first)).number} kam nach dem Abschluss`,
  )
  expect(JSON.stringify(rejection.composed)).not.toContain('canary')
  const again = await answer()
  expect(await outboundOf(again)).toEqual([])
  expect(
    await desk.db('ticket_events').where({ inbound_email_id: again.id, type: 'rejection_withheld' }),
  ).toMatchObject([{ data: { reason: 'cap' } }])
})

test('a machine that does not say so is found out by its third mail of the same words', async () => {
  const machine = aPerson()
  const unlimited = capped({ perRecipientPer10Minutes: 99, perRecipientPerDay: 99 })
  const mail = (n: number) =>
    whyWithheld(
      { From: machine, Subject: `Alert ${n}`, body: `Sensor ${n} of the boiler room is hot.\r\n` },
      unlimited,
    )
  expect([await mail(1), await mail(2), await mail(3), await mail(4)]).toEqual([
    undefined,
    undefined,
    'automatic-or-list',
    'automatic-or-list',
  ])
})

test('a limit of the whole desk is told of once in an hour, and leaves the notifications alone', async () => {
  await desk.db('outbound_emails').delete()
  await desk.db('alarms').delete()
  const none = capped({ perHour: 0 })
  const rows = []
  for (const _ of [1, 2, 3])
    rows.push(await fileMail(none, mailbox, rawMail({ From: aPerson(), To: mailbox.address })))
  const ids = rows.map(({ id }) => id)
  const events = (type: string) => desk.db('ticket_events').whereIn('inbound_email_id', ids).where({ type })
  expect(await events('acknowledgement_withheld')).toHaveLength(3)
  expect(await events('automatic_mail_alarm')).toMatchObject([{ data: { limit: 'per-hour' } }])

  const agent = await seedUser(desk.db, { role: 'provider' })
  const ticket = await ticketOf(rows[0] as InboundEmailRow)
  const eventId = anId<string>()
  const tell = () =>
    inTransaction(desk.db, (tx) =>
      queueAutomatic(tx, none, {
        kind: 'notification',
        ticket,
        mailbox,
        recipient: agent.email,
        recipientUser: agent,
        cause: null,
        eventId,
        template: 'agent-new_ticket',
        tokenRole: 'internal',
        compose: () => ({
          messageId: `${eventId}@desk.example` as never,
          date: new Date().toISOString(),
          from: { name: '', address: mailbox.address },
          to: [{ name: '', address: agent.email }],
          cc: [],
          replyTo: null,
          subject: 'A ticket',
          inReplyTo: null,
          references: [],
          headers: [],
          text: '',
          html: null,
        }),
      }),
    )
  await inTransaction(desk.db, (tx) =>
    recordEvent(tx, { id: eventId, ticketId: ticket.id, type: 'ticket_opened' }),
  )
  const id = await tell()
  expect(await desk.db('outbound_emails').where({ id }).first()).toMatchObject({
    kind: 'notification',
    envelope_from: expect.stringMatching(/^support\+t1\..*@/),
  })
  // The same event again is neither a second mail nor a second line of the trail.
  expect(await tell()).toBeUndefined()
  expect(
    await desk.db('ticket_events').where({ ticket_id: ticket.id, type: 'notification_withheld' }),
  ).toEqual([])
})
