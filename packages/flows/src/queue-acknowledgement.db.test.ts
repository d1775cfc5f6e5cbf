import type { MailboxRow } from '@maildesk/db'
import { createTestDatabase, type SmtpSink, startSmtpSink, type TestDatabase } from '@maildesk/testkit'
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
