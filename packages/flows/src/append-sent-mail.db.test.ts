import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  deskDeps,
  fileMail,
  type RawMail,
  rawMail,
  receiveMail,
  type TestDesk,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileEmail } from './file-email.ts'

let database: TestDatabase
let desk: TestDesk

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await deskDeps(database)
})
afterAll(async () => {
  await desk.close()
  await database.drop()
})

test('answers given with another program join the ticket, public only when the customer had them, and nothing is mailed', async () => {
  const mailbox = await addMailbox(desk, 25)
  const customer = aPerson()
  const { ticket_id } = await fileMail(
    desk,
    mailbox,
    rawMail({ From: customer, To: mailbox.address, 'Message-ID': '<q@person.example>' }),
  )
  const before = await desk.db('outbound_emails').where({ ticket_id })
  const sent = async (fields: RawMail) => {
    const id = await receiveMail(
      desk,
      mailbox,
      rawMail({ From: mailbox.address, 'In-Reply-To': '<q@person.example>', ...fields }),
      '2',
    )
    await desk.db('inbound_emails').where({ id }).update({ folder: 'Sent', folder_purpose: 'sent' })
    await fileEmail(desk, id)
    const row = await desk.db('inbound_emails').where({ id }).first()
    return { row, message: await desk.db('messages').where({ inbound_email_id: id }).first() }
  }
  const aside = await sent({ To: 'colleague@desk.example', body: 'What do you think?\r\n' })
  expect(aside.row).toMatchObject({ outcome: 'note_appended', ticket_id })
  expect(aside.message).toMatchObject({ is_internal: true })
  const answer = await sent({ To: customer, 'Message-ID': '<a@desk.example>', body: 'It is mended.\r\n' })
  expect(answer.row).toMatchObject({ status: 'filed', outcome: 'appended', ticket_id })
  expect(answer.message).toMatchObject({
    ...{ is_internal: false, is_from_customer: false, sender_role: 'provider' },
    flags: [{ code: 'sent-elsewhere', detail: mailbox.address }],
  })
  expect(await desk.db('tickets').where({ id: ticket_id }).first()).toMatchObject({ status: 'in_progress' })
  expect(await desk.db('outbound_emails').where({ ticket_id })).toHaveLength(before.length)
  // The customer answers what we never sent ourselves.
  const next = await fileMail(
    desk,
    mailbox,
    rawMail({ From: customer, To: mailbox.address, 'In-Reply-To': '<a@desk.example>' }),
  )
  expect(next).toMatchObject({ outcome: 'appended', ticket_id })
  const stray = await sent({ To: customer, 'In-Reply-To': '<unknown@person.example>' })
  expect(stray.row).toMatchObject({
    status: 'filed',
    outcome: 'ignored_by_rule',
    reason: 'sent-without-ticket',
  })
})
