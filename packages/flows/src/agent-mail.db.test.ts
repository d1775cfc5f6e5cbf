import { inTransaction, type MailboxRow, type TicketRow, type UserRow } from '@maildesk/db'
import { changeTicket, setRequester } from '@maildesk/flows'
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
  type RawMail,
  rawMail,
  type TestDesk,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

let database: TestDatabase
let sink: SmtpSink
let desk: TestDesk
let mailbox: MailboxRow
let grace: UserRow

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
  mailbox = await addMailbox(desk, sink.port, { trusts_agent_mail: true })
  grace = await seedUser(desk.db, {
    role: 'provider',
    first_name: 'Grace',
    last_name: `Hopper of ${mailbox.address}`,
    email: `grace@staff.${mailbox.address.split('@')[1]}`,
  })
})

const fileAt = (place: MailboxRow, fields: RawMail) =>
  fileMail(desk, place, rawMail({ To: place.address, ...fields }))
const mailsOf = (ticketId: unknown, kind: string) =>
  desk.db('outbound_emails').where({ ticket_id: ticketId, kind }).orderBy('created_at')
const messagesOf = (ticketId: unknown) =>
  desk.db('messages').where({ ticket_id: ticketId }).orderBy(['created_at', 'id'])
const messageOf = (row: { id: unknown }) => desk.db('messages').where({ inbound_email_id: row.id }).first()
const eventsOf = async (ticketId: unknown): Promise<string[]> =>
  (await desk.db('ticket_events').where({ ticket_id: ticketId })).map(({ type }) => type)
const ticketOf = (id: unknown): Promise<TicketRow> => desk.db('tickets').where({ id }).first()

/** A ticket of a customer that was given to Grace, and the notification that told her so. */
async function notified() {
  const ada = aPerson()
  const { ticket_id } = await fileAt(mailbox, {
    From: `Ada Lovelace <${ada}>`,
    Subject: 'The engine',
    body: 'It does not turn any more.\r\n',
  })
  const ticket = await ticketOf(ticket_id)
  await inTransaction(desk.db, (tx) =>
    changeTicket(tx, desk, {
      ticketId: ticket.id,
      actorId: ticket.customer_id,
      changes: { assigned_agent_id: grace.id },
    }),
  )
  const [notification] = await mailsOf(ticket.id, 'notification')
  return { ada, ticket, notification, composed: notification.composed }
}

/** An answer as a mail program writes it. */
const answerTo = (
  {
    composed,
  }: { composed: { messageId: string; replyTo: { address: string }; subject: string; text: string } },
  body: string,
  more: RawMail = {},
): RawMail => ({
  From: `Grace <${grace.email}>`,
  To: composed.replyTo.address,
  Subject: `Re: ${composed.subject}`,
  'In-Reply-To': `<${composed.messageId}>`,
  body: `${body}\n\nOn Mon, 23 Nov 2026 at 10:00, The Desk <${composed.replyTo.address}> wrote:\n\n${composed.text.replace(/^/gm, '> ')}`.replaceAll(
    '\n',
    '\r\n',
  ),
  ...more,
})

test('an agent who is given a ticket is told once, and an answer to that goes to the customer, trimmed', async () => {
  const given = await notified()
  expect(given.notification).toMatchObject({ recipient_user_id: grace.id, template: 'agent-assignment' })
  expect(given.composed.text).toContain('It does not turn any more.')
  const row = await fileAt(mailbox, answerTo(given, '#priority high\n\nTurn it the other way.'))
  expect(row).toMatchObject({ outcome: 'appended', ticket_id: given.ticket.id })
  const [reply, ...more] = await mailsOf(given.ticket.id, 'reply')
  expect(more).toEqual([])
  expect(reply.composed.to).toMatchObject([{ address: given.ada }])
  expect(reply.composed.text).toContain('Turn it the other way.')
  // The customer's own words are quoted from the ticket, under a token of the customer's own.
  for (const body of [reply.composed.text, reply.composed.html]) {
    expect(body).not.toMatch(/#priority|api\/v1/)
    expect(body).not.toContain(given.notification.token_nonce)
  }
  expect(await messageOf(row)).toMatchObject({
    message_text: 'Turn it the other way.',
    html: null,
    is_internal: false,
    is_from_customer: false,
    sender_id: grace.id,
  })
  expect(await ticketOf(given.ticket.id)).toMatchObject({ status: 'in_progress', priority: 'high' })
  expect(await eventsOf(given.ticket.id)).toEqual(
    expect.arrayContaining(['message_posted', 'reply_queued', 'mail_commands_given', 'priority_changed']),
  )
})

test('an answer to the internal address, or one that says #note, is seen by staff only', async () => {
  const given = await notified()
  const internal = /\S+\+t1\.\S+@\S+/.exec(given.composed.text)?.[0] ?? ''
  const rows = [
    await fileAt(mailbox, answerTo(given, 'Ask the engineer.', { To: internal })),
    await fileAt(mailbox, answerTo(given, '#note\nHe does not pay.')),
  ]
  for (const row of rows) {
    expect(row.outcome).toBe('note_appended')
    expect(await messageOf(row)).toMatchObject({ is_internal: true, is_unverified: false })
  }
  expect(await mailsOf(given.ticket.id, 'reply')).toEqual([])
})

test('a command that cannot be carried out holds the mail, and the agent is told which', async () => {
  const given = await notified()
  const row = await fileAt(mailbox, answerTo(given, '#close\n#assign nobody at all\nTurn it.'))
  expect(row.outcome).toBe('note_appended')
  expect((await messageOf(row)).flags).toEqual([{ code: 'draft-held', detail: 'command-not-understood' }])
  expect(await ticketOf(given.ticket.id)).toMatchObject({ status: 'open', attention: 'draft-held' })
  expect(await mailsOf(given.ticket.id, 'reply')).toEqual([])
  const [, told] = await mailsOf(given.ticket.id, 'notification')
  expect(told.composed).toMatchObject({ to: [{ address: grace.email }] })
  expect(told.composed.text).toContain('#assign nobody at all – is nobody of the staff')
})

test('an answer that still repeats the notification is held as a draft', async () => {
  const given = await notified()
  const body = `Turn it.\n\n${given.composed.text.split('\n').slice(1).join('\n')}`
  const row = await fileAt(mailbox, answerTo(given, '', { body: body.replaceAll('\n', '\r\n') }))
  expect((await messageOf(row)).flags).toEqual([{ code: 'draft-held', detail: 'quote-left-in' }])
  expect(await mailsOf(given.ticket.id, 'reply')).toEqual([])
})

test('the files of an answer go along, and one of a kind that is not allowed holds it', async () => {
  const given = await notified()
  const withFile = (type: string, name: string) =>
    answerTo(given, '', {
      'MIME-Version': '1.0',
      'Content-Type': 'multipart/mixed; boundary=edge',
      body: `--edge\r\n\r\nSee the plan.\r\n--edge\r\nContent-Type: ${type}\r\nContent-Disposition: attachment; filename=${name}\r\n\r\nx\r\n--edge--\r\n`,
    })
  const sent = await fileAt(mailbox, withFile('application/pdf', 'plan.pdf'))
  const message = await messageOf(sent)
  expect(message.is_internal).toBe(false)
  expect(await desk.db('attachments').where({ message_id: message.id })).toMatchObject([
    { filename: 'plan.pdf' },
  ])
  const held = await fileAt(mailbox, withFile('application/x-msdownload', 'plan.exe'))
  expect((await messageOf(held)).flags).toEqual([{ code: 'draft-held', detail: 'file-not-allowed' }])
  expect(await mailsOf(given.ticket.id, 'reply')).toHaveLength(1)
})

test('a notification that an agent forwards to another of our mailboxes never reaches the customer (scenario 8)', async () => {
  const given = await notified()
  const sales = await addMailbox(desk, sink.port, { trusts_agent_mail: true })
  const row = await fileAt(
    sales,
    answerTo(given, 'Is this yours?', { To: sales.address, Subject: `Fwd: ${given.composed.subject}` }),
  )
  expect(row.outcome).toBe('new_ticket')
  expect(row.ticket_id).not.toBe(given.ticket.id)
  expect(await mailsOf(given.ticket.id, 'reply')).toEqual([])
  const leaving = await desk.db('outbound_emails').where({ ticket_id: row.ticket_id })
  expect(leaving).toEqual([])
})

describe('a forged agent without proof (scenario 16)', () => {
  test('adds a note that is marked, sends nothing on, and the agent is told once', async () => {
    const given = await notified()
    await desk.db('mailboxes').where({ id: mailbox.id }).update({ trusts_agent_mail: false })
    const row = await fileAt(mailbox, answerTo(given, '#close\nSend the money elsewhere.'))
    expect(row.outcome).toBe('note_appended')
    expect(await messageOf(row)).toMatchObject({
      is_internal: true,
      is_unverified: true,
      flags: [{ code: 'unverified-agent-mail', detail: 'authenticated' }],
    })
    expect(await mailsOf(given.ticket.id, 'reply')).toEqual([])
    expect(await mailsOf(given.ticket.id, 'rejection')).toHaveLength(1)
    expect(await ticketOf(given.ticket.id)).toMatchObject({ status: 'open' })
  })

  test('nor does an agent with the token of a colleague speak, or one whose answers go elsewhere', async () => {
    const given = await notified()
    const bob = await seedUser(desk.db, { role: 'provider', email: `bob@${grace.email.split('@')[1]}` })
    const rows = [
      await fileAt(mailbox, answerTo(given, 'Turn it.', { From: bob.email })),
      await fileAt(mailbox, answerTo(given, 'Turn it so.', { 'Reply-To': 'mallory@evil.example' })),
    ]
    for (const row of rows) expect(row.outcome).toBe('note_appended')
    expect(await mailsOf(given.ticket.id, 'reply')).toEqual([])
  })
})

test('the vacation note of an agent is in the log, never public, and no message at all (scenario 25)', async () => {
  const given = await notified()
  const row = await fileAt(
    mailbox,
    answerTo(given, 'I am on the beach until Monday.', { 'Auto-Submitted': 'auto-replied' }),
  )
  expect(row).toMatchObject({ outcome: 'ignored_by_rule', ticket_id: given.ticket.id })
  expect(await messageOf(row)).toBeUndefined()
  expect(await eventsOf(given.ticket.id)).toContain('automatic_mail_logged')
  expect(await mailsOf(given.ticket.id, 'reply')).toEqual([])
  expect(await mailsOf(given.ticket.id, 'rejection')).toEqual([])
})

describe('a customer’s mail that an agent forwards', () => {
  const block = (ada: string, text: string) =>
    [
      'Please look after her.',
      '',
      '---------- Forwarded message ---------',
      `From: Ada Lovelace <${ada}>`,
      'Date: Mon, Nov 16, 2026 at 10:00 AM',
      'Subject: The engine',
      'To: Grace <grace@elsewhere.example>',
      'Cc: <charles@analytical.example>',
      '',
      text,
      '',
    ].join('\r\n')

  test('is the customer’s ticket, the agent’s words a note, whatever words and cid strings it holds (scenario 15)', async () => {
    const ada = aPerson()
    const row = await fileAt(mailbox, {
      From: `Grace <${grace.email}>`,
      Subject: 'Fwd: The engine',
      body: block(ada, 'See [cid:image001.png@01D9.4A20] and write to bob@third.example.'),
    })
    const ticket = await ticketOf(row.ticket_id)
    const customer = await desk.db('users').where({ id: ticket.customer_id }).first()
    expect([customer.email, customer.role, ticket.title]).toEqual([ada, 'customer', 'The engine'])
    const [first, note, ...more] = await messagesOf(ticket.id)
    expect(more).toEqual([])
    expect(first).toMatchObject({ sender_id: customer.id, is_internal: false, is_from_customer: true })
    expect(first.message_text).toContain('cid:image001.png')
    expect(first.message_text).not.toContain('look after')
    expect(first.created_at.toISOString()).toMatch(/^2026-11-16/)
    expect(note).toMatchObject({
      sender_id: grace.id,
      is_internal: true,
      message_text: 'Please look after her.',
    })
    const people = await desk.db('ticket_participants').where({ ticket_id: ticket.id }).orderBy('role')
    expect(people.map(({ address, role, is_active }) => [address, role, is_active])).toEqual([
      ['charles@analytical.example', 'collaborator', false],
      [grace.email, 'follower', true],
      [ada, 'requester', true],
    ])
    expect(await desk.db('outbound_emails').where({ ticket_id: ticket.id })).toEqual([])
  })

  test('whole, as an attachment, brings its Message-ID along, so that the customer’s next mail finds the ticket', async () => {
    const ada = aPerson()
    const inner = rawMail({ From: ada, Subject: 'The engine', 'Message-ID': `<whole.${ada}>` }).toString()
    const row = await fileAt(mailbox, {
      From: grace.email,
      Subject: 'FW: The engine',
      'MIME-Version': '1.0',
      'Content-Type': 'multipart/mixed; boundary=edge',
      body: `--edge\r\n\r\nFor us.\r\n--edge\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--edge--\r\n`,
    })
    const later = await fileAt(mailbox, { From: ada, 'In-Reply-To': `<whole.${ada}>` })
    expect(later).toMatchObject({ outcome: 'appended', ticket_id: row.ticket_id })
    expect(await messageOf(later)).toMatchObject({ is_unverified: false })
  })

  test('is asked about when its sender is in doubt, until staff say whose ticket it is', async () => {
    await desk.db('mailboxes').where({ id: mailbox.id }).update({ trusts_agent_mail: false })
    const ada = aPerson()
    const row = await fileAt(mailbox, {
      From: grace.email,
      Subject: 'Fwd: The engine',
      body: block(ada, 'It is stuck.'),
    })
    const before = await ticketOf(row.ticket_id)
    expect(before).toMatchObject({ customer_id: grace.id, attention: 'choose-requester' })
    expect((await messageOf(row)).flags).toEqual([{ code: 'choose-requester', detail: ada }])
    const after = await inTransaction(desk.db, (tx) =>
      setRequester(tx, desk, { ticketId: before.id, actorId: grace.id, email: ada, name: 'Ada Lovelace' }),
    )
    expect(after.attention).toBeNull()
    const people = await desk.db('ticket_participants').where({ ticket_id: before.id }).orderBy('role')
    expect(people.map(({ address, role }) => [address, role])).toEqual([
      [grace.email, 'follower'],
      [ada, 'requester'],
    ])
    expect(await eventsOf(before.id)).toContain('requester_changed')
  })
})

test('the customer’s answer is told to the agent who has the ticket, a machine’s to nobody', async () => {
  const given = await notified()
  const answers = {
    To: given.composed.replyTo.address.replace(/\+[^@]*/, ''),
    Subject: `Re: [#${given.ticket.number}]`,
  }
  await fileAt(mailbox, { ...answers, From: given.ada, body: 'It smokes.\r\n' })
  await fileAt(mailbox, { ...answers, From: given.ada, 'Auto-Submitted': 'auto-replied', body: 'Away.\r\n' })
  const told = await mailsOf(given.ticket.id, 'notification')
  expect(told.map(({ template }) => template)).toEqual(['agent-assignment', 'agent-customer_reply'])
  expect(told[1].composed.text).toContain('It smokes.')
})
