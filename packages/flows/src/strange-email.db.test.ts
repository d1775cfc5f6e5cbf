import { findInboundEmail, type MailboxRow } from '@maildesk/db'
import {
  anEmail,
  createTestDatabase,
  type SmtpSink,
  seedUser,
  startSmtpSink,
  type TestDatabase,
} from '@maildesk/testkit'
import { aPart } from '@maildesk/testkit/an-email'
import {
  addMailbox,
  aPerson,
  deskDeps,
  fileMail,
  incompressible,
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

test.each([
  { From: null },
  { From: '' },
  { From: 'undisclosed-recipients:;' },
  { From: '<>' },
  { From: 'nobody' },
])('a mail with From %o names no sender and is quarantined', async (fields) => {
  const row = await fileMail(desk, mailbox, rawMail({ To: mailbox.address, ...fields }))
  expect(row).toMatchObject({ status: 'quarantined', outcome: 'quarantined', reason: 'no-sender' })
})

test('a mail of nothing at all is quarantined, not lost', async () => {
  expect(await fileMail(desk, mailbox, Buffer.alloc(0))).toMatchObject({ status: 'quarantined' })
})

test('NUL and lone surrogates anywhere in a mail do not keep it from being filed', async () => {
  const ada = aPerson()
  const evil = 'a\u0000b\uD800c'
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  const email = anEmail({
    from: [{ name: evil, address: ada }],
    to: [{ name: evil, address: mailbox.address }],
    cc: [{ name: evil, address: `x\uD800y@${evil}` }],
    subject: evil,
    text: evil,
    html: evil,
    messageId: `${evil}@${ada}`,
    inReplyTo: [evil],
    references: [evil, `${evil}2`],
    headers: { precedence: `bulk ${evil}`, 'x-autoreply': evil, 'list-id': evil },
    parts: [aPart({ filename: evil, contentId: evil, contentType: 'image/png' })],
    warnings: [{ code: 'odd', detail: evil }],
  })
  await fileEmail(withParsed(desk, email), id)
  expect(await findInboundEmail(desk.db, id)).toMatchObject({
    status: 'quarantined',
    reason: 'auto-reply-without-ticket',
    last_error: null,
  })

  const again = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  await fileEmail(withParsed(desk, { ...email, headers: [{ name: 'list-id', value: evil }] }), again)
  const row = await findInboundEmail(desk.db, again)
  expect(row).toMatchObject({ status: 'filed', outcome: 'new_ticket', last_error: null })
  expect(await desk.db('messages').where({ inbound_email_id: again }).first()).toMatchObject({
    message_text: 'a\uFFFDb\uFFFDc',
  })
  expect(await desk.db('attachments').where({ ticket_id: row?.ticket_id })).toMatchObject([
    { filename: 'a\uFFFDb\uFFFDc' },
  ])
})

test('raw NUL bytes and 8-bit rubbish in a real mail are filed', async () => {
  const ada = aPerson()
  const raw = Buffer.concat([
    rawMail({ From: ada, To: mailbox.address, Subject: 'odd \u0000 one' }),
    Buffer.from([0, 255, 254, 0, 128, 13, 10]),
  ])
  expect(await fileMail(desk, mailbox, raw)).toMatchObject({ status: 'filed', outcome: 'new_ticket' })
})

test('five thousand references are filed in good time, and the nearest still finds its ticket', async () => {
  const ada = aPerson()
  const first = await fileMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<root.${ada}>` }),
  )
  const many = Array.from({ length: 5000 }, (_, i) => `<ref${i}.${ada}>`).join('\r\n ')
  const reply = await fileMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, References: `${many}\r\n <root.${ada}>` }),
  )
  expect(reply).toMatchObject({ outcome: 'appended', ticket_id: first.ticket_id })
})

test('five thousand references given by a parser without bounds are filed too', async () => {
  const ada = aPerson()
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  const references = Array.from({ length: 5000 }, (_, i) => `ref${i}.${ada}`)
  await fileEmail(
    withParsed(desk, anEmail({ from: [{ name: '', address: ada }], messageId: null, references })),
    id,
  )
  expect(await findInboundEmail(desk.db, id)).toMatchObject({ status: 'filed', outcome: 'new_ticket' })
})

test('a Message-ID too long for an index does not keep a mail from being kept and filed', async () => {
  const ada = aPerson()
  const long = incompressible(960)
  const row = await fileMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<${long}@${ada}>` }),
  )
  expect(row).toMatchObject({ status: 'filed', outcome: 'new_ticket' })
})

test('a subject, name and file name of any length are cut, not refused', async () => {
  const ada = aPerson()
  const long = '😀x'.repeat(2000)
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  await fileEmail(
    withParsed(
      desk,
      anEmail({
        from: [{ name: `${long} ${long}`, address: ada }],
        messageId: null,
        subject: long,
        parts: [aPart({ filename: long })],
      }),
    ),
    id,
  )
  const row = await findInboundEmail(desk.db, id)
  expect(row).toMatchObject({ status: 'filed' })
  expect((await desk.db('tickets').where({ id: row?.ticket_id }).first()).title).toMatch(/^(😀x)+😀?$/u)
})

test('a thousand parts become a thousand attachments', async () => {
  const ada = aPerson()
  const id = await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  const parts = Array.from({ length: 1000 }, (_, i) => aPart({ path: String(i + 1), size: 0 }))
  await fileEmail(
    withParsed(desk, anEmail({ from: [{ name: '', address: ada }], messageId: null, parts })),
    id,
  )
  const row = await findInboundEmail(desk.db, id)
  expect(await desk.db('attachments').where({ ticket_id: row?.ticket_id })).toHaveLength(1000)
})

test('mail from one of our own mailboxes is quarantined as a loop', async () => {
  expect(
    await fileMail(desk, mailbox, rawMail({ From: mailbox.address, To: mailbox.address })),
  ).toMatchObject({ status: 'quarantined', reason: 'loop' })
})

test('mail of a person who was deactivated is held', async () => {
  const { email } = await seedUser(desk.db, { email: aPerson(), is_active: false })
  expect(
    await fileMail(desk, mailbox, rawMail({ From: email.toUpperCase(), To: mailbox.address })),
  ).toMatchObject({ status: 'quarantined', reason: 'sender-deactivated' })
})

test('a sender who floods is held from the limit on, and nobody else', async () => {
  const ada = aPerson()
  const strict = withSettings(desk, { floodTicketsPerHour: 2 })
  const file = (from: string) => fileMail(strict, mailbox, rawMail({ From: from, To: mailbox.address }))
  expect((await file(ada)).outcome).toBe('new_ticket')
  expect((await file(ada)).outcome).toBe('new_ticket')
  expect(await file(ada)).toMatchObject({ status: 'quarantined', reason: 'flood' })
  expect((await file(aPerson())).outcome).toBe('new_ticket')
})

test('the order in a ticket is the order of arrival, whatever Date says', async () => {
  const ada = aPerson()
  const first = await fileMail(
    desk,
    mailbox,
    rawMail({
      From: ada,
      To: mailbox.address,
      'Message-ID': `<a.${ada}>`,
      Date: 'Fri, 31 Dec 2100 23:59:59 +0000',
    }),
  )
  await fileMail(
    desk,
    mailbox,
    rawMail({
      From: ada,
      To: mailbox.address,
      'In-Reply-To': `<a.${ada}>`,
      Date: 'Thu, 01 Jan 1970 00:00:00 +0000',
      body: 'second\r\n',
    }),
  )
  const texts = await desk
    .db('messages')
    .where({ ticket_id: first.ticket_id })
    .orderBy(['created_at', 'id'])
    .pluck('message_text')
  expect(texts[1]).toContain('second')
})

test('mails that came within one millisecond stand in the order of arrival, whichever is filed first', async () => {
  const ada = aPerson()
  const question = { From: ada, To: mailbox.address, 'Message-ID': `<a.${ada}>` }
  const { ticket_id } = await fileMail(desk, mailbox, rawMail(question))
  const answer = (body: string) =>
    receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address, 'In-Reply-To': `<a.${ada}>`, body }))
  const [second, third] = [await answer('second\r\n'), await answer('third\r\n')]
  for (const [id, microseconds] of [
    [second, 100],
    [third, 200],
  ] as const)
    await desk
      .db('inbound_emails')
      .where({ id })
      .update({
        received_at: desk.db.raw(
          "date_trunc('second', now()) + interval '1 hour' + ? * interval '1 microsecond'",
          [microseconds],
        ),
      })
  await fileEmail(desk, third)
  await fileEmail(desk, second)
  const texts = await desk
    .db('messages')
    .where({ ticket_id })
    .orderBy(['created_at', 'id'])
    .pluck('message_text')
  expect(texts.slice(1)).toEqual([expect.stringContaining('second'), expect.stringContaining('third')])
})
