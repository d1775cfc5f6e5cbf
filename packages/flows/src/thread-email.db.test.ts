import { replyTextOf, signReplyToken, tokenAddress } from '@maildesk/core'
import { findInboundEmail, type InboundEmailRow, type MailboxRow } from '@maildesk/db'
import {
  createTestDatabase,
  type SmtpSink,
  seedUser,
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
  type RawMail,
  rawMail,
  receiveMail,
  type TestDesk,
  testSettings,
  withSettings,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fileEmail } from './file-email.ts'

let database: TestDatabase
let sink: SmtpSink
let desk: TestDesk
let mailbox: MailboxRow
let ada: string
let first: InboundEmailRow
const firstId = () => `<first.${ada}>`

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
  ada = aPerson()
  first = await fileMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address, 'Message-ID': firstId() }))
})

const file = (fields: RawMail, epoch?: string) =>
  fileMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address, ...fields }), epoch)
const messageOf = (row: InboundEmailRow) => desk.db('messages').where({ inbound_email_id: row.id }).first()
const ticketOf = (row: InboundEmailRow) => desk.db('tickets').where({ id: row.ticket_id }).first()
const participant = (address: string) =>
  desk.db('ticket_participants').where({ ticket_id: first.ticket_id, address }).first()
const roleOf = async (address: string) => (await participant(address))?.role
const setPolicy = (fields: Partial<MailboxRow>) =>
  desk.db('mailboxes').where({ id: mailbox.id }).update(fields)
const closeTicket = (daysAgo: number) =>
  desk
    .db('tickets')
    .where({ id: first.ticket_id })
    .update({ status: 'closed', closed_at: desk.db.raw(`now() - ? * interval '1 day'`, [daysAgo]) })
const linksOf = (row: InboundEmailRow) => desk.db('ticket_links').where({ from_ticket_id: row.ticket_id })
const eventsOf = (row: InboundEmailRow) => desk.db('ticket_events').where({ inbound_email_id: row.id })

test.each([
  {
    by: 'the token in its address',
    fields: async () => ({ To: tokenAddress(mailbox.address, await tokenOfFirst()) ?? '' }),
  },
  {
    by: 'the token in our Message-ID',
    fields: async () => ({ 'In-Reply-To': `<${await tokenOfFirst()}@elsewhere.example>` }),
  },
  { by: 'In-Reply-To', fields: async () => ({ 'In-Reply-To': firstId() }) },
  {
    by: 'References',
    fields: async () => ({
      References: `<unknown@elsewhere.example> ${firstId()} <other@elsewhere.example>`,
    }),
  },
  {
    by: 'the number, from a participant,',
    fields: async () => ({ Subject: `Re: Stuck [#${(await ticketOf(first)).number}]` }),
  },
])('a reply joins its ticket by $by', async ({ fields }) => {
  const reply = await file(await fields())
  expect(reply).toMatchObject({ status: 'filed', outcome: 'appended', ticket_id: first.ticket_id })
  expect(await messageOf(reply)).toMatchObject({
    is_unverified: false,
    is_internal: false,
    is_from_customer: true,
  })
})

async function tokenOfFirst(): Promise<string> {
  const { number } = await ticketOf(first)
  return signReplyToken({ ticketNumber: number, role: 'public', nonce: 'aaaaaaaa' }, testSettings.tokenKeys)
}

test('a token that no key of ours signed is no evidence', async () => {
  const { number } = await ticketOf(first)
  const forged = signReplyToken({ ticketNumber: number, role: 'public', nonce: 'aaaaaaaa' }, ['another key'])
  const reply = await file({ From: aPerson(), To: tokenAddress(mailbox.address, forged) ?? '' })
  expect(reply).toMatchObject({ outcome: 'new_ticket' })
})

test('a stranger who names a Message-ID is shown to staff and gets no rights', async () => {
  const eve = aPerson()
  const reply = await file({ From: eve, Cc: `mallory.${eve}`, 'In-Reply-To': firstId() })
  expect(reply).toMatchObject({ outcome: 'appended', ticket_id: first.ticket_id })
  expect(await messageOf(reply)).toMatchObject({ is_unverified: true })
  expect(await roleOf(eve)).toBe('unverified')
  expect(await roleOf(`mallory.${eve}`)).toBeUndefined()
  const again = await file({ From: eve, 'In-Reply-To': firstId() })
  expect(await messageOf(again)).toMatchObject({ is_unverified: true })
})

test('a stranger does not reopen a resolved ticket', async () => {
  await desk.db('tickets').where({ id: first.ticket_id }).update({ status: 'resolved' })
  await file({ From: aPerson(), 'In-Reply-To': firstId() })
  expect(await ticketOf(first)).toMatchObject({ status: 'resolved' })
})

test('a stranger who only knows the number opens a ticket of their own (scenario 6)', async () => {
  const reply = await file({ From: aPerson(), Subject: `[#${(await ticketOf(first)).number}]` })
  expect(reply).toMatchObject({ outcome: 'new_ticket' })
  expect(reply.ticket_id).not.toBe(first.ticket_id)
})

test('a collaborator may write, and whom they name may answer but gets nothing until staff say so', async () => {
  const bob = aPerson()
  const third = aPerson()
  await file({ Cc: bob, 'In-Reply-To': firstId() })
  expect(await roleOf(bob)).toBe('collaborator')
  const reply = await file({ From: bob, Cc: third, 'In-Reply-To': firstId() })
  expect(await messageOf(reply)).toMatchObject({ is_unverified: false })
  expect(await participant(bob)).toMatchObject({ is_active: true, added_by: ada })
  expect(await participant(third)).toMatchObject({ role: 'collaborator', is_active: false, added_by: bob })
})

test('a stranger who was shown to staff becomes no collaborator by writing again', async () => {
  const eve = aPerson()
  await file({ From: eve, 'In-Reply-To': firstId() })
  await file({ From: eve, 'In-Reply-To': firstId() })
  expect(await participant(eve)).toMatchObject({ role: 'unverified' })
})

test('a further address of a person is that person', async () => {
  const other = aPerson()
  const { id } = await desk.db('users').where({ email: ada }).first()
  await desk.db('user_addresses').insert({ address: other, user_id: id })
  const reply = await file({ From: other, 'In-Reply-To': firstId() })
  expect(await messageOf(reply)).toMatchObject({ is_unverified: false, sender_id: id })
})

test('answers to a mail we never saw come together in one ticket', async () => {
  const unseen = `<unseen.${ada}>`
  const bob = aPerson()
  const one = await file({ 'In-Reply-To': unseen, Cc: bob })
  const other = await file({ From: bob, 'In-Reply-To': unseen })
  expect(other).toMatchObject({ outcome: 'appended', ticket_id: one.ticket_id })
  const strange = await file({ From: aPerson(), 'In-Reply-To': unseen })
  expect(strange).toMatchObject({ outcome: 'new_ticket' })
  expect(await linksOf(strange)).toMatchObject([
    { to_ticket_id: one.ticket_id, relation: 'possibly_related' },
  ])
})

test('the same subject is the same ticket only where the mailbox wants it, for so many days, for a person', async () => {
  const subject = `Stuck again ${ada}`
  await file({ Subject: subject })
  expect(await file({ Subject: `Re: ${subject}` })).toMatchObject({ outcome: 'new_ticket' })
  await setPolicy({ subject_threading_days: 2 })
  expect(await file({ Subject: `AW: ${subject.toUpperCase()}` })).toMatchObject({ outcome: 'appended' })
  expect(await file({ Subject: subject, 'Auto-Submitted': 'auto-generated' })).toMatchObject({
    outcome: 'new_ticket',
  })
  expect(await file({ From: aPerson(), Subject: subject })).toMatchObject({ outcome: 'new_ticket' })
  await desk
    .db('tickets')
    .whereILike('title', `%${ada}`)
    .update({ updated_at: desk.db.raw(`now() - interval '3 days'`) })
  expect(await file({ Subject: subject })).toMatchObject({ outcome: 'new_ticket' })
})

test('the other topic of an old mail opens a linked ticket when the old one is closed, and is flagged else', async () => {
  const open = await file({ 'In-Reply-To': firstId(), Subject: 'My invoice of March' })
  expect(open).toMatchObject({ outcome: 'appended', ticket_id: first.ticket_id })
  expect((await messageOf(open)).flags).toMatchObject([{ code: 'topic-changed' }])
  await closeTicket(1)
  const closed = await file({ 'In-Reply-To': firstId(), Subject: 'My invoice of March' })
  expect(closed).toMatchObject({ outcome: 'new_ticket' })
  expect(await linksOf(closed)).toMatchObject([
    { to_ticket_id: first.ticket_id, relation: 'topic_changed_from' },
  ])
})

test('an old mail with our words quoted below stays with its ticket, whatever its subject', async () => {
  const { ticket, customer } = await queueAgentReply(desk, mailbox)
  const { message_text } = await desk
    .db('messages')
    .where({ ticket_id: ticket.id, is_from_customer: false })
    .first()
  await desk
    .db('messages')
    .where({ ticket_id: ticket.id, is_from_customer: false })
    .update({ message_text: `${message_text}\nPlease turn the big wheel to the left.` })
  await desk.db('tickets').where({ id: ticket.id }).update({ status: 'closed', closed_at: desk.db.fn.now() })
  const { rfc822_id } = await desk
    .db('outbound_emails')
    .where({ ticket_id: ticket.id, kind: 'reply' })
    .first()
  const reply = await file({
    From: customer,
    'In-Reply-To': `<${rfc822_id}>`,
    Subject: 'Wheels',
    body: 'It did!\r\n\r\n> Please turn the big\r\n> Please turn the big wheel to the left.\r\n',
  })
  expect(reply).toMatchObject({ outcome: 'appended', ticket_id: ticket.id })
})

test('a follow-up of a ticket closed long ago keeps its people', async () => {
  const bob = aPerson()
  await file({ Cc: bob, 'In-Reply-To': firstId() })
  await closeTicket(15)
  const late = await file({ 'In-Reply-To': firstId() })
  expect(await linksOf(late)).toMatchObject([{ to_ticket_id: first.ticket_id, relation: 'follow_up_of' }])
  const people = await desk.db('ticket_participants').where({ ticket_id: late.ticket_id }).orderBy('address')
  expect(people.map(({ address, role }) => [address, role])).toEqual(
    [
      [ada, 'requester'],
      [bob, 'collaborator'],
    ].sort(),
  )
})

test('a mailbox may reopen for ever, or refuse late answers, which are then held', async () => {
  await closeTicket(15)
  await setPolicy({ late_answers: 'reject' })
  const refused = await file({ 'In-Reply-To': firstId() })
  expect(refused).toMatchObject({ status: 'quarantined', reason: 'ticket-closed' })
  expect((await eventsOf(refused)).map(({ type, ticket_id }) => [type, ticket_id])).toEqual([
    ['answer_refused', first.ticket_id],
    ['rejection_queued', first.ticket_id],
  ])
  await setPolicy({ late_answers: 'reopen' })
  expect(await file({ 'In-Reply-To': firstId() })).toMatchObject({ outcome: 'appended' })
  expect(await ticketOf(first)).toMatchObject({ status: 'open', closed_at: null })
})

test('a mail to a token of a ticket that was deleted does not come in by the back door', async () => {
  const gone = signReplyToken(
    { ticketNumber: '999999999', role: 'public', nonce: 'aaaaaaaa' },
    testSettings.tokenKeys,
  )
  expect(await file({ To: tokenAddress(mailbox.address, gone) ?? '' })).toMatchObject({
    status: 'quarantined',
    reason: 'ticket-deleted',
  })
})

test('a mail of one mailbox that is forwarded to another opens a ticket there, linked (scenario 7)', async () => {
  const other = await addMailbox(desk, sink.port)
  const forward = await fileMail(
    desk,
    other,
    rawMail({ From: ada, To: other.address, Subject: 'Fwd: The engine', References: firstId() }),
  )
  expect(forward).toMatchObject({ outcome: 'new_ticket' })
  expect(await linksOf(forward)).toMatchObject([
    { to_ticket_id: first.ticket_id, relation: 'forwarded_from' },
  ])
})

test('a Message-ID used again for another mail makes another message, flagged (scenario 4)', async () => {
  const again = await file({ 'Message-ID': firstId(), body: 'Something else altogether.\r\n' })
  expect(again).toMatchObject({ outcome: 'new_ticket' })
  expect((await messageOf(again)).flags).toMatchObject([{ code: 'message-id-reused' }])
})

test('a message keeps why it is where it is', async () => {
  const reply = await file({ 'In-Reply-To': firstId() })
  expect((await messageOf(reply)).decision).toMatchObject({
    decided_by: 'append-by-evidence',
    authentication: 'unknown',
    evidence: [{ rank: 'E4', matched: firstId().slice(1, -1), ticketId: first.ticket_id }],
  })
})

test('a reply keeps its whole text and knows what of it was written now; a first mail is all new', async () => {
  const body =
    'It turns!\r\n\r\nOn Tue, 3 Mar 2026 at 10:00, The Desk <desk@desk.example> wrote:\r\n> Does it turn?\r\n'
  const reply = await messageOf(await file({ 'In-Reply-To': firstId(), body }))
  expect(reply.message_text).toContain('> Does it turn?')
  expect(replyTextOf(reply.message_text, reply.text_ranges)).toBe('It turns!')
  const own = await messageOf(await file({ 'In-Reply-To': '<unknown@elsewhere.example>', body }))
  expect(own).toMatchObject({ message_text: reply.message_text, text_ranges: null })
})

test('a reply to our own reply joins by the id that left, and our token', async () => {
  const { id, ticket, customer } = await queueAgentReply(desk, mailbox)
  const { rfc822_id, composed } = await desk.db('outbound_emails').where({ id }).first()
  const byId = await file({ From: customer, 'In-Reply-To': `<${rfc822_id}>` })
  const byAddress = await file({ From: customer, To: composed.replyTo.address })
  expect([byId, byAddress].map(({ ticket_id, outcome }) => [ticket_id, outcome])).toEqual(
    Array(2).fill([ticket.id, 'appended']),
  )
})

test('a reply waits for the mail it answers, and follows it into its ticket', async () => {
  const parent = await receiveMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<parent.${ada}>` }),
  )
  const reply = await file({ 'In-Reply-To': `<parent.${ada}>` })
  expect(reply).toMatchObject({ status: 'received', waiting_for_id: parent, attempts: 0, leased_until: null })
  expect(reply.next_attempt_at.getTime()).toBeGreaterThan(Date.now())
  await fileEmail(desk, parent)
  expect(desk.rings.at(-1)).toEqual({ name: 'file-email', id: reply.id })
  await fileEmail(desk, reply.id)
  const parentRow = await findInboundEmail(desk.db, parent)
  expect(await findInboundEmail(desk.db, reply.id)).toMatchObject({
    status: 'filed',
    outcome: 'appended',
    ticket_id: parentRow?.ticket_id,
  })
})

test('a reply whose parent is quarantined is woken too', async () => {
  const parent = await receiveMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<bad.${ada}>` }),
  )
  const reply = await file({ 'In-Reply-To': `<bad.${ada}>` })
  await desk.db('inbound_emails').where({ id: parent }).update({ raw_complete: false })
  await fileEmail(desk, parent)
  await fileEmail(desk, reply.id)
  expect(await findInboundEmail(desk.db, reply.id)).toMatchObject({ status: 'filed', outcome: 'new_ticket' })
})

test('a reply waits for its parent on a host whose clock is hours ahead, too', async () => {
  await receiveMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<ahead.${ada}>` }),
  )
  const ahead = { ...desk, clock: { now: () => new Date(Date.now() + 5 * 3_600_000) } }
  const reply = rawMail({ From: ada, To: mailbox.address, 'In-Reply-To': `<ahead.${ada}>` })
  expect(await fileMail(ahead, mailbox, reply)).toMatchObject({ status: 'received' })
})

test('a reply does not wait for its parent longer than parentWaitMs', async () => {
  await receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<late.${ada}>` }))
  const impatient = withSettings(desk, { parentWaitMs: 0 })
  expect(
    await fileMail(
      impatient,
      mailbox,
      rawMail({ From: ada, To: mailbox.address, 'In-Reply-To': `<late.${ada}>` }),
    ),
  ).toMatchObject({
    status: 'filed',
    outcome: 'new_ticket',
  })
})

test('time behind a backlog is no waiting: a reply that came long ago still waits for what it answers', async () => {
  await receiveMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<backlog.${ada}>` }),
  )
  const id = await receiveMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, 'In-Reply-To': `<backlog.${ada}>` }),
  )
  const ago = (column: string) =>
    desk
      .db('inbound_emails')
      .where({ id })
      .update({ [column]: desk.db.raw(`now() - interval '1 hour'`), next_attempt_at: desk.db.fn.now() })
  await ago('received_at')
  await fileEmail(desk, id)
  expect(await findInboundEmail(desk.db, id)).toMatchObject({ status: 'received' })
  await ago('waiting_since')
  await fileEmail(desk, id)
  expect(await findInboundEmail(desk.db, id)).toMatchObject({ status: 'filed', outcome: 'new_ticket' })
})

describe('a mail that comes after its answers', () => {
  const late = (fields: RawMail = {}) => file({ 'Message-ID': `<question.${ada}>`, ...fields })
  let answer: InboundEmailRow
  beforeEach(async () => {
    answer = await file({ 'Message-ID': `<answer.${ada}>`, 'In-Reply-To': `<question.${ada}>` })
    expect(answer.outcome).toBe('new_ticket')
  })

  test('joins their ticket', async () => {
    const question = await late()
    expect(question).toMatchObject({ outcome: 'appended', ticket_id: answer.ticket_id })
    expect((await messageOf(question)).decision).toMatchObject({
      evidence: [{ rank: 'E6', matched: `question.${ada}` }],
    })
  })

  test('joins none of several', async () => {
    const other = await file({
      To: tokenAddress(mailbox.address, await tokenOfFirst()) ?? '',
      'In-Reply-To': `<question.${ada}>`,
    })
    expect(other.ticket_id).toBe(first.ticket_id)
    expect(await late()).toMatchObject({ outcome: 'new_ticket' })
  })

  test('joins no ticket of somebody else, who only said that they answered it', async () => {
    const question = await late({ From: `not-${ada}` })
    expect(question).toMatchObject({ outcome: 'new_ticket' })
    expect(question.ticket_id).not.toBe(answer.ticket_id)
  })

  test('is not meant when its Message-ID was another mail’s', async () => {
    await late()
    const again = await late({ body: 'Something else altogether.\r\n' })
    expect(again).toMatchObject({ outcome: 'new_ticket' })
  })
})

test('two mails that answer each other do not wait for ever', async () => {
  const one = await receiveMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<one.${ada}>`, 'In-Reply-To': `<two.${ada}>` }),
  )
  const two = await receiveMail(
    desk,
    mailbox,
    rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<two.${ada}>`, 'In-Reply-To': `<one.${ada}>` }),
  )
  for (const id of [one, two]) {
    await fileEmail(desk, id)
    await desk.db('inbound_emails').where({ id }).update({ next_attempt_at: desk.db.fn.now() })
  }
  for (const id of [one, two]) await fileEmail(withSettings(desk, { parentWaitMs: 0 }), id)
  const rows = await desk.db('inbound_emails').whereIn('id', [one, two]).orderBy('received_at')
  expect(rows.map(({ outcome }) => outcome)).toEqual(['new_ticket', 'appended'])
})

test('a conversation that is filed by many workers in any order is one ticket', async () => {
  const ids: string[] = []
  for (let i = 0; i < 8; i++) {
    const references = Array.from({ length: i }, (_, k) => `<t${k}.${ada}>`).join(' ')
    const answers = i === 0 ? {} : { 'In-Reply-To': `<t${i - 1}.${ada}>`, References: references }
    ids.push(
      await receiveMail(
        desk,
        mailbox,
        rawMail({ From: ada, To: mailbox.address, 'Message-ID': `<t${i}.${ada}>`, ...answers }),
      ),
    )
  }
  const rows = () => desk.db('inbound_emails').whereIn('id', ids)
  await waitUntil(
    async () => {
      const due = (
        await rows().where({ status: 'received' }).where('next_attempt_at', '<=', desk.db.fn.now())
      ).reverse()
      await Promise.all(due.map(({ id }) => fileEmail(desk, id)))
      return (await rows()).every(({ status }) => status === 'filed')
    },
    { what: 'all to be filed', timeoutMs: 15_000 },
  )
  expect(new Set((await rows()).map(({ ticket_id }) => ticket_id)).size).toBe(1)
})

test('the same mail in a new UIDVALIDITY epoch is a duplicate, not a second ticket', async () => {
  const raw = rawMail({ From: ada, To: mailbox.address })
  const before = await fileMail(desk, mailbox, raw)
  const after = await fileMail(desk, mailbox, raw, '2')
  expect(after).toMatchObject({
    status: 'duplicate',
    outcome: 'duplicate',
    duplicate_of_id: before.id,
    reason: 'same-content',
  })
  expect(await messageOf(after)).toBeUndefined()
})

test.each(['<twin@person.example>', null])(
  'twins with Message-ID %s that travelled differently and are filed at once are one ticket (scenario 5)',
  async (messageId) => {
    const fields = { From: ada, To: mailbox.address, 'Message-ID': messageId, Subject: `twin of ${ada}` }
    const mails = [1, 2, 3, 4].map((hop) =>
      rawMail({
        ...fields,
        Date: 'Sun, 22 Nov 2026 09:00:00 +0000',
        Received: `from hop${hop}.example; Sun, 22 Nov 2026 09:00:00 +0000`,
        body: 'The same words.\r\n',
      }),
    )
    const ids = await Promise.all(
      mails.map((raw, epoch) => receiveMail(desk, mailbox, raw, String(10 + epoch))),
    )
    await Promise.all(ids.map((id) => fileEmail(desk, id)))
    const rows = await desk.db('inbound_emails').whereIn('id', ids)
    expect(rows.map(({ outcome }) => outcome).sort()).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
      'new_ticket',
    ])
  },
)

test('another mail under a used Message-ID is kept, not dropped (scenario 4)', async () => {
  const other = await file({ 'Message-ID': firstId(), body: 'Something else.\r\n' })
  expect(other).toMatchObject({ status: 'filed', outcome: 'new_ticket' })
  expect(await messageOf(other)).toMatchObject({ rfc822_id: `first.${ada}` })
})

test('an answer within the grace period reopens a closed ticket', async () => {
  await closeTicket(13)
  const reply = await file({ 'In-Reply-To': firstId() })
  expect(await ticketOf(first)).toMatchObject({ status: 'open', closed_at: null })
  expect((await eventsOf(reply)).map(({ type }) => type).sort()).toEqual([
    'message_received',
    'ticket_reopened',
  ])
})

test('two answers at once reopen a ticket once', async () => {
  await closeTicket(1)
  const ids = await Promise.all(
    [1, 2].map(() =>
      receiveMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address, 'In-Reply-To': firstId() })),
    ),
  )
  await Promise.all(ids.map((id) => fileEmail(desk, id)))
  expect(
    await desk.db('ticket_events').where({ ticket_id: first.ticket_id, type: 'ticket_reopened' }),
  ).toHaveLength(1)
})

test('an answer after the grace period opens a new ticket, linked to the old one', async () => {
  await closeTicket(15)
  const reply = await file({ 'In-Reply-To': firstId() })
  expect(reply).toMatchObject({ outcome: 'new_ticket' })
  expect(await ticketOf(first)).toMatchObject({ status: 'closed' })
  const opened = (await eventsOf(reply)).find(({ type }) => type === 'ticket_opened')
  expect(opened.data.link).toEqual({ ticketId: first.ticket_id, relation: 'follow_up_of' })
})

test('what an agent writes by mail is an internal note', async () => {
  const agent = await seedUser(desk.db, { role: 'provider' })
  await desk.db('tickets').where({ id: first.ticket_id }).update({ status: 'resolved' })
  const note = await file({ From: agent.email, 'In-Reply-To': firstId() })
  expect(note).toMatchObject({ outcome: 'note_appended', ticket_id: first.ticket_id })
  expect(await messageOf(note)).toMatchObject({ is_internal: true, is_from_customer: false })
  expect(await ticketOf(first)).toMatchObject({ status: 'resolved' })
})

test('an out-of-office answer is added without reopening, and is never acknowledged', async () => {
  await closeTicket(20)
  const outOfOffice = await file({
    'In-Reply-To': firstId(),
    'Auto-Submitted': 'auto-replied',
    Subject: 'Out of office',
  })
  expect(outOfOffice).toMatchObject({ outcome: 'appended', ticket_id: first.ticket_id })
  expect(await messageOf(outOfOffice)).toMatchObject({ is_automatic: true })
  expect(await ticketOf(first)).toMatchObject({ status: 'closed' })
})

test('an out-of-office answer to nothing of ours is quarantined', async () => {
  const stray = await file({ 'Auto-Submitted': 'auto-replied' })
  expect(stray).toMatchObject({
    status: 'quarantined',
    outcome: 'quarantined',
    reason: 'auto-reply-without-ticket',
  })
})

const bounce = {
  From: 'MAILER-DAEMON@mx.example',
  'Return-Path': '<>',
  'Auto-Submitted': 'auto-replied',
  'MIME-Version': '1.0',
  'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
}
const bounceBody =
  '--b\r\nContent-Type: text/plain\r\n\r\nNobody there.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--\r\n'

test('a bounce to the token address is an event of the ticket, not a message', async () => {
  const acknowledgement = await desk.db('outbound_emails').where({ ticket_id: first.ticket_id }).first()
  const report = await file({
    ...bounce,
    To: acknowledgement.composed.replyTo.address,
    body: bounceBody,
  })
  expect(report).toMatchObject({ status: 'filed', outcome: 'bounce_recorded', ticket_id: first.ticket_id })
  expect(await messageOf(report)).toBeUndefined()
  expect((await eventsOf(report)).map(({ type }) => type)).toEqual(['bounce_received'])
})

test('a bounce of something that we never sent is quarantined', async () => {
  expect(await file({ ...bounce, body: bounceBody })).toMatchObject({
    status: 'quarantined',
    reason: 'backscatter',
  })
})
