import type { MessageId, TicketId, UserId } from '@maildesk/core'
import { findTicket, inTransaction, type MailboxRow, type UserRow } from '@maildesk/db'
import {
  createTestDatabase,
  type SmtpSink,
  seedUser,
  startSmtpSink,
  type TestDatabase,
} from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  bodyWithFiles,
  deskDeps,
  fileMail,
  queueAgentReply,
  type RawMail,
  rawMail,
  type TestDesk,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mergeTickets, splitTicket, unmergeTicket } from './relate-tickets.ts'

let database: TestDatabase
let sink: SmtpSink
let desk: TestDesk
let mailbox: MailboxRow
let agent: UserRow

beforeAll(async () => {
  database = await createTestDatabase()
  sink = await startSmtpSink()
  desk = await deskDeps(database)
  mailbox = await addMailbox(desk, sink.port)
  agent = await seedUser(desk.db, { role: 'provider' })
})
afterAll(async () => {
  await desk.close()
  await sink.stop()
  await database.drop()
})

const file = (from: string, fields: RawMail = {}) =>
  fileMail(desk, mailbox, rawMail({ From: from, To: mailbox.address, ...fields }))
const merge = (fromId: string | null, intoId: string | null) =>
  inTransaction(desk.db, (tx) =>
    mergeTickets(tx, desk, { fromId: fromId as TicketId, intoId: intoId as TicketId, actorId: agent.id }),
  )
const unmerge = (id: string | null) =>
  inTransaction(desk.db, (tx) => unmergeTicket(tx, desk, { id: id as TicketId, actorId: agent.id }))
const split = (ticketId: string | null, messageIds: readonly string[], title?: string) =>
  inTransaction(desk.db, (tx) =>
    splitTicket(tx, desk, {
      ticketId: ticketId as TicketId,
      messageIds: messageIds as MessageId[],
      title,
      actorId: agent.id as UserId,
    }),
  )
const messageOf = (row: { id: string }) => desk.db('messages').where({ inbound_email_id: row.id }).first()
const home = async (row: { id: string }) => (await messageOf(row)).ticket_id

/** Two tickets of two people, and the Message-IDs of their first mails. */
async function twoTickets() {
  const [ada, bob] = [aPerson(), aPerson()]
  const [adasId, bobsId] = [`<first.${ada}>`, `<first.${bob}>`]
  const adas = await file(ada, { 'Message-ID': adasId, ...bodyWithFiles() })
  const bobs = await file(bob, { 'Message-ID': bobsId })
  return { ada, bob, adas, bobs, adasId, bobsId }
}

test('merging moves messages and files, closes the one and brings its people into the other', async () => {
  const { ada, adas, bobs } = await twoTickets()
  await merge(adas.ticket_id, bobs.ticket_id)
  expect(await home(adas)).toBe(bobs.ticket_id)
  const files = await desk.db('attachments').where({ message_id: (await messageOf(adas)).id })
  expect(new Set(files.map(({ ticket_id }) => ticket_id))).toEqual(new Set([bobs.ticket_id]))
  expect(files.length).toBeGreaterThan(2)
  expect(await findTicket(desk.db, adas.ticket_id as TicketId)).toMatchObject({
    status: 'closed',
    merged_into_id: bobs.ticket_id,
  })
  const role = await desk.db('ticket_participants').where({ ticket_id: bobs.ticket_id, address: ada }).first()
  expect(role).toMatchObject({ role: 'collaborator', is_active: true })
})

test('an answer to a ticket merged three times over lands in the last, and says so (scenario 21)', async () => {
  const { ada, adas, bobs, adasId } = await twoTickets()
  const { adas: third, bobs: last } = await twoTickets()
  await merge(adas.ticket_id, bobs.ticket_id)
  await merge(bobs.ticket_id, third.ticket_id)
  await merge(third.ticket_id, last.ticket_id)
  const number = (await findTicket(desk.db, adas.ticket_id as TicketId))?.number
  for (const fields of [{ 'In-Reply-To': adasId }, { Subject: `Re: engine [#${number}]` }]) {
    const reply = await file(ada, fields)
    expect(reply).toMatchObject({ outcome: 'appended', ticket_id: last.ticket_id })
  }
  const byNumber = await file(ada, { Subject: `Re: engine [#${number}]` })
  expect((await messageOf(byNumber)).flags).toContainEqual({
    code: 'answered-to-an-old-ticket',
    detail: expect.stringContaining(`#${number}`),
  })
})

test('our acknowledgement of a merged ticket leads to the surviving one', async () => {
  const { ada, adas, bobs } = await twoTickets()
  const { rfc822_id, composed } = await desk
    .db('outbound_emails')
    .where({ ticket_id: adas.ticket_id, kind: 'acknowledgement' })
    .first()
  await merge(adas.ticket_id, bobs.ticket_id)
  const replies = [
    await file(ada, { 'In-Reply-To': `<${rfc822_id}>` }),
    await file(ada, { To: composed.replyTo.address }),
  ]
  expect(replies.map(({ ticket_id }) => ticket_id)).toEqual([bobs.ticket_id, bobs.ticket_id])
})

test('a merge is taken back: what it moved returns, what came since stays', async () => {
  const { ada, adas, bobs, adasId } = await twoTickets()
  await merge(adas.ticket_id, bobs.ticket_id)
  const since = await file(ada, { 'In-Reply-To': adasId })
  const after = await unmerge(adas.ticket_id)
  expect(after).toMatchObject({ status: 'open', merged_into_id: null, closed_at: null })
  expect([await home(adas), await home(since)]).toEqual([adas.ticket_id, bobs.ticket_id])
  expect(await file(ada, { 'In-Reply-To': adasId })).toMatchObject({ ticket_id: adas.ticket_id })
})

test('a ticket that took another in and was merged itself is taken back with what it had', async () => {
  const { adas, bobs } = await twoTickets()
  const { adas: last } = await twoTickets()
  await merge(adas.ticket_id, bobs.ticket_id)
  await merge(bobs.ticket_id, last.ticket_id)
  await unmerge(bobs.ticket_id)
  expect([await home(adas), await home(bobs)]).toEqual([bobs.ticket_id, bobs.ticket_id])
  await merge(bobs.ticket_id, last.ticket_id)
  await unmerge(adas.ticket_id)
  expect([await home(adas), await home(bobs)]).toEqual([adas.ticket_id, last.ticket_id])
})

test('a message split off stays there when the merge is taken back', async () => {
  const { ada, adas, bobs, adasId } = await twoTickets()
  const second = await file(ada, { 'In-Reply-To': adasId })
  await merge(adas.ticket_id, bobs.ticket_id)
  const opened = await split(bobs.ticket_id, [(await messageOf(second)).id])
  await unmerge(adas.ticket_id)
  expect([await home(adas), await home(second)]).toEqual([adas.ticket_id, opened.id])
})

test.each([
  [
    'into itself',
    async () => {
      const { adas } = await twoTickets()
      return merge(adas.ticket_id, adas.ticket_id)
    },
  ],
  [
    'twice',
    async () => {
      const { adas, bobs } = await twoTickets()
      await merge(adas.ticket_id, bobs.ticket_id)
      return merge(adas.ticket_id, bobs.ticket_id)
    },
  ],
  [
    'into one that is merged itself',
    async () => {
      const { adas, bobs } = await twoTickets()
      const { adas: third } = await twoTickets()
      await merge(adas.ticket_id, bobs.ticket_id)
      return merge(third.ticket_id, adas.ticket_id)
    },
  ],
  ['and back when it was not merged', async () => unmerge((await twoTickets()).adas.ticket_id)],
])('a ticket is not merged %s', async (_name, attempt) => {
  await expect(attempt()).rejects.toMatchObject({ code: 'request.conflict' })
})

test('a message is split off into a ticket of who wrote it, and answers to it follow', async () => {
  const { bob, adas, bobs, adasId } = await twoTickets()
  await merge(bobs.ticket_id, adas.ticket_id)
  const bobsMessage = await messageOf(bobs)
  const opened = await split(adas.ticket_id, [bobsMessage.id], 'What Bob wants')
  expect(opened).toMatchObject({ title: 'What Bob wants', mailbox_id: mailbox.id, status: 'open' })
  expect(opened.customer_id).toBe(bobsMessage.sender_id)
  expect(await file(bob, { 'In-Reply-To': `<first.${bob}>` })).toMatchObject({ ticket_id: opened.id })
  expect(await desk.db('ticket_links').where({ from_ticket_id: opened.id })).toMatchObject([
    { to_ticket_id: adas.ticket_id, relation: 'split_from' },
  ])
  expect(adasId).not.toBe('')
})

test('an answer to our own mail whose message was split off follows it, by id and by token (scenario 22)', async () => {
  const { id, ticket, customer } = await queueAgentReply(desk, mailbox)
  const { rfc822_id, composed, message_id } = await desk.db('outbound_emails').where({ id }).first()
  const opened = await split(ticket.id, [message_id])
  const replies = [
    await file(customer, { 'In-Reply-To': `<${rfc822_id}>` }),
    await file(customer, { To: composed.replyTo.address }),
  ]
  expect(replies.map(({ ticket_id }) => ticket_id)).toEqual([opened.id, opened.id])
})

test('a split names each message that is not of the ticket, and leaves no ticket empty', async () => {
  const { adas, bobs } = await twoTickets()
  const [own, foreign] = [(await messageOf(adas)).id, (await messageOf(bobs)).id]
  await expect(split(adas.ticket_id, [own, foreign])).rejects.toMatchObject({
    code: 'request.invalid',
    fields: { errors: [{ field: 'message_ids.1' }] },
  })
  await expect(split(adas.ticket_id, [own])).rejects.toMatchObject({ code: 'request.conflict' })
})

test('a mail that is decided on while its ticket is merged goes where the ticket went', async () => {
  const { ada, adas, bobs, adasId } = await twoTickets()
  const [, reply] = await Promise.all([
    merge(adas.ticket_id, bobs.ticket_id),
    file(ada, { 'In-Reply-To': adasId }),
  ])
  const settled =
    reply.status === 'received'
      ? await (async () => {
          await desk
            .db('inbound_emails')
            .where({ id: reply.id })
            .update({ next_attempt_at: desk.db.fn.now() })
          const { fileEmail } = await import('./file-email.ts')
          await fileEmail(desk, reply.id)
          return desk.db('inbound_emails').where({ id: reply.id }).first()
        })()
      : reply
  expect(settled.status).toBe('filed')
  expect(await home(reply)).toBe(bobs.ticket_id)
})
