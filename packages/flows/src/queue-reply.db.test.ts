import type { OutboundEmailId, TicketId } from '@maildesk/core'
import {
  findOutboundEmail,
  inTransaction,
  listDeliveries,
  type MailboxRow,
  type TicketRow,
  type UserRow,
} from '@maildesk/db'
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
  deskDeps,
  fileMail,
  queueAgentReply,
  type RawMail,
  rawMail,
  type TestDesk,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type MessageToPost, postMessage } from './post-message.ts'
import { sendEmail } from './send-email.ts'
import { cancelOutbound } from './steer-outbound.ts'

let database: TestDatabase
let sink: SmtpSink
let desk: TestDesk
let mailbox: MailboxRow
let agent: UserRow

beforeAll(async () => {
  database = await createTestDatabase()
  sink = await startSmtpSink()
  desk = await deskDeps(database)
  agent = await seedUser(desk.db, { role: 'provider', first_name: 'Grace' })
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
const file = async (fields: RawMail, into = mailbox) => {
  const { ticket_id } = await fileMail(desk, into, rawMail({ To: into.address, ...fields }))
  return ticket_id as TicketId
}
async function post(ticketId: TicketId, draft: Partial<MessageToPost> = {}): Promise<OutboundEmailId> {
  const { rings } = await inTransaction(desk.db, (tx) =>
    postMessage(tx, desk, {
      ticketId,
      author: agent,
      text: 'Turn it the other way.',
      isInternal: false,
      attachmentIds: [],
      ...draft,
    }),
  )
  return rings[0]?.id as OutboundEmailId
}
const recipientsOf = async (id: OutboundEmailId) => {
  const { composed } = await row(id)
  return {
    to: composed.to.map(({ address }) => address),
    cc: composed.cc.map(({ address }) => address),
    envelope: (await listDeliveries(desk.db, id)).map(({ address, status }) => `${address} ${status}`),
  }
}

test('an answer is one mail to all who take part, and each of them has a fate of their own', async () => {
  const [ada, bob, eve] = [aPerson(), aPerson(), aPerson()]
  const ticket = await file({ From: ada, Cc: `${bob}, ${eve}, ${mailbox.address}` })
  await desk.db('suppressions').insert({ address: eve, scope: 'all', reason: 'hard bounces' })
  const zoe = aPerson()
  const id = await post(ticket, { cc: [bob, eve, zoe] })
  expect(await recipientsOf(id)).toMatchObject({ to: [ada], cc: [bob, zoe] })

  sink.script({ at: 'rcpt', recipient: new RegExp(bob), action: { reply: '451 4.3.0 later' } })
  sink.script({ at: 'rcpt', recipient: new RegExp(zoe), action: { reply: '550 5.1.1 nobody' } })
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'retry' })
  expect((await recipientsOf(id)).envelope.sort()).toEqual(
    [`${ada} sent`, `${bob} retry`, `${eve} suppressed`, `${zoe} refused`].sort(),
  )
  const events = desk.db('ticket_events').where({ outbound_email_id: id, type: 'reply_refused' })
  expect((await events)[0].data.refused).toMatchObject([{ address: zoe }])
  await desk.db('outbound_emails').where({ id }).update({ next_attempt_at: desk.db.fn.now() })
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'sent' })
  const [first, second] = sink.transactions.slice(-2)
  expect([first?.recipients, second?.recipients]).toEqual([[ada], [bob]])
  expect(second?.raw.equals(first?.raw ?? Buffer.alloc(0))).toBe(true)
})

test('who blind-copied us is answered alone; where the requester wants the answer, it goes', async () => {
  const [ada, bob, team] = [aPerson(), aPerson(), aPerson()]
  const blind = await file({ From: ada, To: bob })
  expect(await recipientsOf(await post(blind))).toMatchObject({ to: [ada], cc: [] })
  const asked = await file({ From: ada, 'Reply-To': team, Cc: bob })
  expect(await recipientsOf(await post(asked))).toMatchObject({ to: [team], cc: [bob] })
})

test('an answer comes from the address the customer wrote to last', async () => {
  const ada = aPerson()
  const other = await addMailbox(desk, sink.port)
  const ticket = await file({ From: ada, 'Message-ID': '<one@person.example>' })
  await file(
    {
      From: ada,
      'In-Reply-To': '<one@person.example>',
      'Thread-Index': Buffer.alloc(22, 1).toString('base64'),
    },
    other,
  )
  const { composed, mailbox_id } = await row(await post(ticket))
  expect(mailbox_id).toBe(other.id)
  expect(composed.from.address).toBe(other.address)
  expect(composed.headers).toMatchObject([{ name: 'Thread-Index' }])
})

test('what was said before goes along as far as the mailbox wants, never a note nor a stranger', async () => {
  const ada = aPerson()
  const ticket = await file({
    From: ada,
    'Content-Type': 'text/html',
    body: '<p>First <b>words</b><script>x</script><img src="cid:a"></p>',
  })
  const { id: firstAnswer } = await row(await post(ticket, { text: 'Second words' }))
  expect(firstAnswer).toBeDefined()
  await post(ticket, { text: 'A secret of ours', isInternal: true })
  await file({
    From: aPerson(),
    'In-Reply-To': `<${(await row(firstAnswer)).rfc822_id}>`,
    body: 'Words of a stranger\r\n',
  })
  const said = async (quoted_history: MailboxRow['quoted_history']) => {
    await desk.db('mailboxes').where({ id: mailbox.id }).update({ quoted_history, language: 'de' })
    const { composed } = await row(await post(ticket, { text: `Answer with ${quoted_history}` }))
    return composed
  }
  expect((await said('none')).text).not.toContain('> ')
  const last = await said('last')
  expect(last.text).toMatch(/\nAm .* schrieb Grace:\n> Answer with none\n$/)
  const full = await said('full')
  expect(full.text).toMatch(/> Answer with last\n.*> Second words\n.*schrieb ada.*> First words\n$/is)
  expect(full.html).toContain('<p>First <b>words</b><img /></p>')
  for (const { text, html } of [last, full])
    expect(`${text}${html}`).not.toMatch(/secret|stranger|script|cid:/)
})

test('a reply can be taken back while it waits; then it never leaves', async () => {
  await desk.db('mailboxes').where({ id: mailbox.id }).update({ undo_seconds: 15 })
  const { id, customer } = await queueAgentReply(desk, mailbox)
  const waitMs = ((await row(id)).next_attempt_at?.getTime() ?? 0) - (await row(id)).created_at.getTime()
  expect(waitMs).toBe(15_000)
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'queued', attempts: 0 })
  await cancelOutbound(desk, id, agent.id)
  await desk.db('outbound_emails').where({ id }).update({ next_attempt_at: desk.db.fn.now() })
  await sendEmail(desk, id)
  expect(await row(id)).toMatchObject({ status: 'cancelled', cancelled_by_id: agent.id })
  expect(sink.transactions.filter(({ recipients }) => recipients.includes(customer))).toEqual([])
})

test('of sending and taking back at the same moment, exactly one happens', async () => {
  const { id, customer, ticket } = await queueAgentReply(desk, mailbox)
  const [cancelled] = await Promise.allSettled([cancelOutbound(desk, id, null), sendEmail(desk, id)])
  const isCancelled = cancelled.status === 'fulfilled'
  expect((await row(id)).status).toBe(isCancelled ? 'cancelled' : 'sent')
  const sent = sink.transactions.filter(({ recipients }) => recipients.includes(customer))
  expect(sent).toHaveLength(isCancelled ? 0 : 1)
  const events = await desk
    .db('ticket_events')
    .where({ ticket_id: (ticket as TicketRow).id, type: 'reply_cancelled' })
  expect(events).toHaveLength(isCancelled ? 1 : 0)
})
