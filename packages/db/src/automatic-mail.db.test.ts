import type { MailboxId, OutboundEmailId, Rfc822Id, TicketId } from '@maildesk/core'
import { anId, createTestDatabase, seedMailbox, seedTicket, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { countAutomatic, raiseAlarm } from './automatic-mail.ts'
import type { Database } from './connect.ts'
import { insertOutboundEmail, type NewOutboundEmail } from './outbound-emails.ts'
import { findSuppression } from './suppressions.ts'
import { inTransaction } from './transaction.ts'

let database: TestDatabase
let db: Database
let mailboxId: MailboxId
let ticketId: TicketId
let otherTicketId: TicketId
beforeAll(async () => {
  database = await createTestDatabase()
  db = database.db
  mailboxId = (await seedMailbox(db)).id
  ticketId = (await seedTicket(db)).id
  otherTicketId = (await seedTicket(db)).id
})
afterAll(() => database?.drop())
beforeEach(() => db('outbound_emails').delete())

async function left(address: string, age: string, fields: Partial<NewOutboundEmail> = {}): Promise<void> {
  const id = anId<OutboundEmailId>()
  const composed = {
    messageId: `${id}@desk.example` as Rfc822Id,
    date: '2026-11-22T10:00:00.000Z',
    from: { name: '', address: 'support@desk.example' },
    to: [],
    cc: [],
    replyTo: null,
    subject: 'Received [#1]',
    inReplyTo: null,
    references: [],
    headers: [],
    text: '',
    html: null,
  }
  const mail: NewOutboundEmail = {
    id,
    kind: 'acknowledgement',
    ticketId,
    messageId: null,
    mailboxId,
    causeInboundId: null,
    template: 'acknowledgement',
    tokenNonce: 'abcdefgh',
    envelopeFrom: '',
    composed,
    deliveries: [{ id: anId(), address }],
    ...fields,
  }
  await inTransaction(db, (tx) => insertOutboundEmail(tx, mail))
  await db.raw('UPDATE outbound_emails SET created_at = now() - ?::interval WHERE id = ?', [age, id])
}

const toAda = {
  kind: 'acknowledgement',
  recipient: 'ada@customer.example',
  ticketId: '' as TicketId,
  template: 'acknowledgement',
  subject: 'Received [#1]',
  perTicket: [
    { max: 1, minutes: 10 },
    { max: 1, minutes: 600 },
    { max: 1, minutes: 2880 },
  ],
} as const

test('what left by itself is counted by address, ticket, words, domain and window', async () => {
  await left('Ada@Customer.example', '9 minutes')
  await left('ada@customer.example', '11 minutes', { ticketId: otherTicketId, isUnproven: true })
  await left('ada@customer.example', '9 hours', { kind: 'rejection', template: 'late-answer' })
  await left('ada@customer.example', '23 hours')
  await left('ada@customer.example', '25 hours')
  await left('bob@customer.example', '5 minutes')
  await left('bob@customer.example', '2 hours')
  await left('eve@notcustomer.example', '5 minutes', { template: 'other' })
  await left('eve@notcustomer.example', '5 minutes', { kind: 'rule' })
  expect(await countAutomatic(db, { ...toAda, ticketId })).toEqual({
    toRecipientIn10Minutes: 1,
    toRecipientInDay: 3,
    toRecipientOnTicket: [1, 2, 4],
    sameWordsInHour: 2,
    toDomainInHour: 3,
    inHour: 5,
    unprovenInHour: 1,
    notificationsInHour: 0,
  })
  const elsewhere = { ...toAda, ticketId, recipient: 'new@elsewhere.example' }
  expect(await countAutomatic(db, { ...elsewhere, perTicket: [] })).toEqual({
    toRecipientIn10Minutes: 0,
    toRecipientInDay: 0,
    toRecipientOnTicket: [],
    sameWordsInHour: 0,
    toDomainInHour: 0,
    inHour: 5,
    unprovenInHour: 1,
    notificationsInHour: 0,
  })
})

test('an alarm is raised once in so many minutes, however many ask at once', async () => {
  const ask = () => inTransaction(db, (tx) => raiseAlarm(tx, 'flood', 60))
  expect((await Promise.all([ask(), ask(), ask()])).filter(Boolean)).toHaveLength(1)
  await db('alarms').update({ raised_at: db.raw("now() - interval '61 minutes'") })
  expect([await ask(), await ask()]).toEqual([true, false])
})

test('a suppression holds until its time is over', async () => {
  const add = (address: string, until: string | null) =>
    db('suppressions').insert({
      address,
      scope: 'automatic',
      reason: 'hard-bounce',
      until: db.raw('now() + ?::interval', [until]),
    })
  await add('gone@customer.example', null)
  await add('soon@customer.example', '1 hour')
  await add('back@customer.example', '-1 hour')
  const reasons = ['Gone', 'soon', 'back', 'new'].map(async (name) =>
    findSuppression(db, `${name}@customer.example`),
  )
  expect((await Promise.all(reasons)).map((found) => found?.reason)).toEqual([
    'hard-bounce',
    'hard-bounce',
    undefined,
    undefined,
  ])
})
