import { randomUUID } from 'node:crypto'
import type { OutboundEmailId, TicketId } from '@maildesk/core'
import {
  findAgentSettings,
  findOutboundEmail,
  findSuppression,
  findTicket,
  inTransaction,
  listDeliveries,
  type MailboxRow,
  recordEvent,
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
  rawMail,
  type TestDesk,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { notifyAgents } from './notify-agents.ts'
import { postMessage } from './post-message.ts'

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
  mailbox = await addMailbox(desk, sink.port, {
    // Said as text: the column is jsonb, which a driver would take for a list of PostgreSQL.
    trusted_authserv_ids: JSON.stringify(['mx.desk.example']) as unknown as string[],
  })
})

interface Said {
  readonly address: string
  readonly action?: string
  readonly status?: string
  readonly diagnostic?: string
}

/** A delivery report (RFC 3464) that returns the header of a mail of ours. */
function dsn(messageId: string, ...recipients: readonly Said[]): Buffer {
  const blocks = recipients.map(
    ({ address, action = 'failed', status = '5.1.1', diagnostic = '550 5.1.1 User unknown' }) =>
      `Final-Recipient: rfc822; ${address}\r\nAction: ${action}\r\nStatus: ${status}\r\nDiagnostic-Code: smtp; ${diagnostic}\r\n`,
  )
  return report(
    'delivery-status',
    'message/delivery-status',
    `Reporting-MTA: dns; mx.example\r\n\r\n${blocks.join('\r\n')}`,
    messageId,
  )
}

function report(type: string, contentType: string, told: string, messageId: string): Buffer {
  const part = (kind: string, text: string) => `--b\r\nContent-Type: ${kind}\r\n\r\n${text}\r\n`
  return rawMail({
    From: 'reports@mx.example',
    To: mailbox.address,
    Subject: 'About your mail',
    'Return-Path': '<>',
    'MIME-Version': '1.0',
    'Content-Type': `multipart/report; report-type=${type}; boundary=b`,
    body: `${part('text/plain', 'It did not work.')}${part(contentType, told)}${part('text/rfc822-headers', `From: ${mailbox.address}\r\nMessage-ID: <${messageId}>\r\n`)}--b--\r\n`,
  })
}

async function idOf(outbound: OutboundEmailId): Promise<string> {
  return (await findOutboundEmail(desk.db, outbound))?.rfc822_id ?? ''
}

const eventsOf = async (ticketId: TicketId, type: string) =>
  desk.db('ticket_events').where({ ticket_id: ticketId, type })

/** Files a mail of which the mailbox's own server says that its sender is proven. */
const fileProven = (from: string) =>
  fileMail(
    desk,
    mailbox,
    rawMail({
      'Authentication-Results': `mx.desk.example; dmarc=pass header.from=${from.split('@')[1]}`,
      Received: 'from sender.example by mx.desk.example with ESMTPS; Mon, 23 Nov 2026 09:00:00 +0000',
      From: from,
      To: mailbox.address,
      body: `Number ${randomUUID()}.\r\n`,
    }),
  )

test('a bounced acknowledgement opens no ticket and sends no mail: the address gets nothing automatic until it proves to live (scenario 9)', async () => {
  const ada = aPerson()
  const first = await fileMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  const ack = await desk.db('outbound_emails').where({ ticket_id: first.ticket_id }).first()
  const count = async (table: string) => Number((await desk.db(table).count())[0]?.count)
  const before = [await count('tickets'), await count('messages'), await count('outbound_emails')]

  const row = await fileMail(desk, mailbox, dsn(ack.rfc822_id, { address: ada }))
  expect(row).toMatchObject({ status: 'filed', outcome: 'bounce_recorded', ticket_id: first.ticket_id })
  expect([await count('tickets'), await count('messages'), await count('outbound_emails')]).toEqual(before)
  expect(await findSuppression(desk.db, ada.toUpperCase())).toMatchObject({
    scope: 'automatic',
    reason: 'dead-address',
  })
  expect(await listDeliveries(desk.db, ack.id)).toMatchObject([
    { status: 'bounced_hard', diagnostic: expect.stringContaining('User unknown') },
  ])
  expect(await desk.db('messages').where({ ticket_id: first.ticket_id }).first()).toMatchObject({
    flags: [{ code: 'unverified-sender' }],
  })
  expect(await findTicket(desk.db, first.ticket_id as TicketId)).toMatchObject({ attention: null })

  const forged = await fileMail(desk, mailbox, rawMail({ From: ada, To: mailbox.address }))
  expect(forged.outcome).toBe('new_ticket')
  expect(await findSuppression(desk.db, ada)).toBeDefined()
  const alive = await fileProven(ada)
  expect(await findSuppression(desk.db, ada)).toBeUndefined()
  expect(await eventsOf(alive.ticket_id as TicketId, 'suppression_lifted')).toHaveLength(1)
  expect(await desk.db('bounce_records').where({ address: ada }).first()).toMatchObject({
    kind: 'hard',
    is_dead: true,
    lifted_at: expect.any(Date),
  })
})

test('a report about one of two recipients changes that one; the agent is told, the ticket neither reopened nor moved up', async () => {
  const { id, ticket, customer } = await queueAgentReply(desk, mailbox)
  const bob = aPerson()
  await desk.db('outbound_deliveries').insert({ id: randomUUID(), outbound_email_id: id, address: bob })
  await desk.db('outbound_deliveries').where({ outbound_email_id: id }).update({ status: 'sent' })
  const agent = await seedUser(desk.db, { role: 'provider' })
  await desk
    .db('tickets')
    .where({ id: ticket.id })
    .update({ assigned_agent_id: agent.id, status: 'resolved' })
  const before = await findTicket(desk.db, ticket.id)

  await fileMail(
    desk,
    mailbox,
    dsn(
      await idOf(id),
      { address: bob, status: '5.4.4', diagnostic: '550 no such host' },
      { address: 'else@where.example' },
    ),
  )
  expect(await listDeliveries(desk.db, id)).toMatchObject(
    [
      { address: customer, status: 'sent' },
      { address: bob, status: 'bounced_hard' },
    ].sort((a, b) => (a.address < b.address ? -1 : 1)),
  )
  expect(await findTicket(desk.db, ticket.id)).toMatchObject({
    attention: 'delivery-failed',
    status: 'resolved',
    updated_at: before?.updated_at,
  })
  expect(await eventsOf(ticket.id, 'bounce_received')).toMatchObject([
    {
      outbound_email_id: id,
      data: {
        about: 'reply',
        matched_by: 'signed-id',
        recipients: [{ address: bob, class: 'hard' }],
        not_recipients: ['else@where.example'],
      },
    },
  ])
  expect(
    await desk.db('outbound_emails').where({ kind: 'notification', ticket_id: ticket.id }),
  ).toMatchObject([{ recipient_user_id: agent.id, composed: { text: expect.stringContaining(bob) } }])

  await fileMail(
    desk,
    mailbox,
    dsn(await idOf(id), { address: customer, action: 'delayed', status: '4.4.1' }),
  )
  expect((await listDeliveries(desk.db, id)).find(({ address }) => address === customer)?.status).toBe(
    'delayed',
  )
  expect(await desk.db('outbound_emails').where({ kind: 'notification', ticket_id: ticket.id })).toHaveLength(
    1,
  )
})

test('mail that was forwarded on bounces under another name, and both are kept; an uncertain mail is then known to have left', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  await desk.db('outbound_emails').where({ id }).update({ status: 'uncertain' })
  await fileMail(desk, mailbox, dsn(await idOf(id), { address: 'ada@elsewhere.example' }))
  expect(await desk.db('bounce_records').where({ outbound_email_id: id })).toMatchObject([
    { address: customer, reported_as: 'ada@elsewhere.example', kind: 'hard' },
  ])
  expect(await findOutboundEmail(desk.db, id)).toMatchObject({ status: 'sent', next_attempt_at: null })
})

test('a report that nothing proves to be about a mail of ours is held, and changes nothing', async () => {
  const { id, customer } = await queueAgentReply(desk, mailbox)
  const forged = await fileMail(
    desk,
    mailbox,
    dsn(`t1.1.paaaaaaaa.aaaaaaaaaaaaaaaaaaaa@${mailbox.address.split('@')[1]}`, { address: customer }),
  )
  expect(forged).toMatchObject({ status: 'quarantined', reason: 'backscatter', ticket_id: null })
  expect(await listDeliveries(desk.db, id)).toMatchObject([{ status: 'queued', bounced_at: null }])
  expect(await findSuppression(desk.db, customer)).toBeUndefined()
})

test('a complaint ends automatic mail for good, whatever comes from there later', async () => {
  const { id, ticket, customer } = await queueAgentReply(desk, mailbox)
  const told = 'Feedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\n'
  const row = await fileMail(
    desk,
    mailbox,
    report('feedback-report', 'message/feedback-report', told, await idOf(id)),
  )
  expect(row).toMatchObject({ outcome: 'complaint_recorded', ticket_id: ticket.id })
  expect(await listDeliveries(desk.db, id)).toMatchObject([{ status: 'complained' }])
  expect(await findTicket(desk.db, ticket.id)).toMatchObject({ attention: 'complaint' })
  await fileProven(customer)
  expect(await findSuppression(desk.db, customer)).toMatchObject({ reason: 'complaint', until: null })
})

test('a notification that bounces pauses the agent’s mail, is told once, and tells nobody by mail', async () => {
  const { ticket } = await queueAgentReply(desk, mailbox)
  const agent = await seedUser(desk.db, { role: 'provider', email: aPerson() })
  await desk.db('tickets').where({ id: ticket.id }).update({ assigned_agent_id: agent.id })
  const eventId = randomUUID()
  const [notification] = await inTransaction(desk.db, async (tx) => {
    await recordEvent(tx, { id: eventId, ticketId: ticket.id, type: 'assigned' })
    return notifyAgents(tx, desk, {
      event: 'escalation',
      eventId,
      ticket: { ...ticket, assigned_agent_id: agent.id },
      author: null,
      message: null,
      cause: null,
    })
  })
  if (!notification) throw new Error('Nobody was notified')
  await fileMail(desk, mailbox, dsn(await idOf(notification), { address: agent.email }))
  await fileMail(
    desk,
    mailbox,
    dsn(await idOf(notification), { address: 'a@elsewhere.example', diagnostic: '550 again' }),
  )
  expect((await findAgentSettings(desk.db, agent.id))?.mail_paused_reason).toContain('User unknown')
  expect(await eventsOf(ticket.id, 'agent_mail_paused')).toHaveLength(1)
  expect(await desk.db('outbound_emails').where({ ticket_id: ticket.id, kind: 'notification' })).toHaveLength(
    1,
  )
})

test('an address that failed three times gets no answers either, unless the agent insists', async () => {
  const { ticket, customer } = await queueAgentReply(desk, mailbox)
  await desk.db('suppressions').insert({ address: customer, scope: 'all', reason: 'repeated-hard-bounces' })
  const author = await seedUser(desk.db, { role: 'provider' })
  const post = (overridesSuppression: boolean) =>
    inTransaction(desk.db, (tx) =>
      postMessage(tx, desk, {
        ticketId: ticket.id,
        author,
        text: 'Again.',
        isInternal: false,
        attachmentIds: [],
        overridesSuppression,
      }),
    )
  const held = await post(false)
  expect(held.rings).toEqual([])
  expect(await eventsOf(ticket.id, 'reply_not_sent')).toMatchObject([{ data: { reason: 'suppressed' } }])
  const insisted = await post(true)
  expect(insisted.rings).toHaveLength(1)
  expect(await eventsOf(ticket.id, 'suppression_overridden')).toMatchObject([
    { data: { addresses: [customer] } },
  ])
})
