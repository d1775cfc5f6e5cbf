import {
  type SignatureReport,
  signReplyToken,
  type TicketId,
  tokenAddress,
  tokenMessageId,
} from '@maildesk/core'
import {
  findInboundEmail,
  findTicket,
  type InboundEmailRow,
  inTransaction,
  type MailboxRow,
  type TicketRow,
  type UserRow,
} from '@maildesk/db'
import {
  createTestDatabase,
  type SmtpSink,
  seedMessage,
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
  type TestDesk,
  testSettings,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileEmail } from './file-email.ts'
import { queueReply } from './queue-reply.ts'

// Who joins a ticket with which mail. The whole way: bytes, real parser, rules, rows. Every case is one mail to one ticket,
// which Ada opened with Bob in Cc and Grace answered, in a mailbox whose server says what it found of senders.

let database: TestDatabase
let sink: SmtpSink
let desk: TestDesk
let mailbox: MailboxRow
let grace: UserRow

/** What mails may know of a ticket. */
interface Known {
  readonly ada: string
  readonly bob: string
  /** Nobody whom the ticket knows; another one in every case. */
  readonly eve: string
  readonly ticket: TicketRow
  /** The mailbox's address with a token of the ticket. */
  readonly tokenTo: string
  /** Message-ID of Grace's answer, which holds a token. */
  readonly tokenId: string
  /** Message-ID that Ada gave her first mail. */
  readonly adasId: string
  /** A token of the ticket. */
  readonly token: string
}

let shared: Known
let merged: Known
let deleted: Known
let foreign: Known

beforeAll(async () => {
  database = await createTestDatabase()
  sink = await startSmtpSink()
  desk = await deskDeps(database)
  grace = await seedUser(database.db, { role: 'provider', first_name: 'Grace', last_name: 'Hopper' })
  mailbox = await addMailbox(desk, sink.port, {
    acknowledge: false,
    // Said as text: the column is jsonb, which a driver would take for a list of PostgreSQL.
    trusted_authserv_ids: JSON.stringify(['mx.desk.example']) as unknown as string[],
  })
  shared = await aConversation()
  foreign = await aConversation()
  deleted = await aConversation()
  await desk.db('tickets').where({ id: deleted.ticket.id }).delete()
  merged = await aConversation()
  await desk.db('tickets').where({ id: merged.ticket.id }).update({
    merged_into_id: shared.ticket.id,
    merged_at: desk.db.fn.now(),
    status: 'closed',
    closed_at: desk.db.fn.now(),
  })
}, 60_000)
afterAll(async () => {
  await desk.close()
  await sink.stop()
  await database.drop()
})

async function aConversation(): Promise<Known> {
  const bob = aPerson()
  const { ticket, customer } = await queueAgentReply(desk, mailbox, {
    Cc: bob,
    'Message-ID': `<first.${bob}>`,
  })
  const answer = await desk.db('outbound_emails').where({ ticket_id: ticket.id, kind: 'reply' }).first()
  const token = signReplyToken(
    { ticketNumber: ticket.number, role: 'public', nonce: 'aaaaaaaa' },
    testSettings.tokenKeys,
  )
  return {
    ada: customer,
    bob,
    eve: '',
    ticket,
    token,
    tokenTo: tokenAddress(mailbox.address, token) ?? '',
    tokenId: `<${answer.rfc822_id}>`,
    adasId: `<first.${bob}>`,
  }
}

type Fields = Record<string, string | readonly string[]>
/** `elsewhere`: shown to staff in the ticket that the token names. */
type Landing = 'joined' | 'held' | 'elsewhere' | 'new' | 'quarantined'
type Case = readonly [
  name: string,
  fields: (known: Known) => Fields,
  landing: Landing,
  answered?: (known: Known) => string[],
]

let mails = 0

/** One mail as it lies in the mailbox: what the mailbox's server wrote stands on top. */
function eml({ verdict = 'dmarc=none', body = '', ...fields }: Fields): Buffer {
  mails += 1
  const header: Fields = {
    'Authentication-Results': `mx.desk.example; ${verdict}`,
    Received: 'from sender.example by mx.desk.example with ESMTPS; Mon, 23 Nov 2026 09:00:00 +0000',
    To: mailbox.address,
    Subject: 'The engine is stuck',
    'Message-ID': `<case-${mails}@case.example>`,
    ...fields,
  }
  const lines = Object.entries(header).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}`),
  )
  return Buffer.from([...lines, '', `Case ${mails}. ${body}`, ''].join('\r\n'))
}

async function landingOf(row: InboundEmailRow): Promise<Landing> {
  if (row.outcome === 'new_ticket') return 'new'
  if (row.status === 'quarantined') return 'quarantined'
  const message = await desk.db('messages').where({ inbound_email_id: row.id }).first()
  const isHeld = message.is_unverified
  if (row.ticket_id === shared.ticket.id) return isHeld ? 'held' : 'joined'
  return isHeld ? 'elsewhere' : 'new'
}

/** Whom the next answer to the ticket is sent to. */
async function answeredIn(ticketId: string): Promise<string[]> {
  const ticket = (await findTicket(desk.db, ticketId as TicketId)) as TicketRow
  const message = await seedMessage(desk.db, ticket, {
    sender_id: grace.id,
    is_from_customer: false,
    message_text: 'And now?',
    source: 'web',
  })
  const id = await inTransaction(desk.db, (tx) =>
    queueReply(tx, desk, { ticket, message, author: grace, attachments: [] }),
  )
  const rows = id ? await desk.db('outbound_deliveries').where({ outbound_email_id: id }) : []
  return rows.map(({ address }) => address.toLowerCase()).sort()
}

const theSame = ({ ada, bob }: Known) => [ada, bob]
const onlyEve = ({ eve }: Known) => [eve]
const onlyAda = ({ ada }: Known) => [ada]
/** One character of the mac is another. */
const bitFlipped = (token: string) => token.slice(0, -1) + (token.endsWith('a') ? 'b' : 'a')
const pass = (address: string) => `dmarc=pass header.from=${address.slice(address.indexOf('@') + 1)}`

const evidence = {
  token: ({ tokenTo }: Known) => ({ To: tokenTo }),
  'our Message-ID': ({ tokenId }: Known) => ({ 'In-Reply-To': tokenId }),
  'a known id': ({ adasId }: Known) => ({ 'In-Reply-To': adasId }),
  number: ({ ticket }: Known) => ({ Subject: `Re: [#${ticket.number}] stuck` }),
}
type Evidence = keyof typeof evidence

/** Verdict × who × evidence → where it lands. */
const joinRule: readonly [
  verdict: 'pass' | 'none' | 'fail',
  who: 'ada' | 'bob' | 'eve',
  what: Evidence,
  landing: Landing,
][] = [
  ['pass', 'ada', 'token', 'joined'],
  ['pass', 'ada', 'our Message-ID', 'joined'],
  ['pass', 'ada', 'a known id', 'joined'],
  ['pass', 'ada', 'number', 'joined'],
  ['none', 'ada', 'token', 'joined'],
  ['none', 'ada', 'our Message-ID', 'joined'],
  ['none', 'ada', 'a known id', 'joined'],
  ['none', 'ada', 'number', 'new'],
  ['fail', 'ada', 'token', 'held'],
  ['fail', 'ada', 'our Message-ID', 'held'],
  ['fail', 'ada', 'a known id', 'new'],
  ['fail', 'ada', 'number', 'new'],
  ['pass', 'bob', 'token', 'joined'],
  ['none', 'bob', 'a known id', 'joined'],
  ['fail', 'bob', 'token', 'held'],
  ['pass', 'eve', 'token', 'held'],
  ['pass', 'eve', 'our Message-ID', 'held'],
  ['pass', 'eve', 'a known id', 'held'],
  ['pass', 'eve', 'number', 'new'],
  ['none', 'eve', 'token', 'held'],
  ['none', 'eve', 'a known id', 'held'],
  ['none', 'eve', 'number', 'new'],
  ['fail', 'eve', 'token', 'held'],
  ['fail', 'eve', 'a known id', 'new'],
  ['fail', 'eve', 'number', 'new'],
]

const fromJoinRule = joinRule.map(
  ([verdict, who, what, landing]): Case => [
    `${who}, ${verdict}, by ${what}`,
    (known) => ({
      From: known[who],
      ...evidence[what](known),
      verdict: verdict === 'pass' ? pass(known[who]) : `dmarc=${verdict}`,
    }),
    landing,
    landing === 'new' ? (known) => [known[who]] : theSame,
  ],
)

const senders: readonly Case[] = [
  [
    'two From fields, the stranger first',
    ({ ada, eve, tokenTo }) => ({ From: [eve, ada], To: tokenTo }),
    'held',
  ],
  [
    'two From fields, and what passed was one of them',
    ({ ada, eve, ticket }) => ({ From: [ada, eve], Subject: `[#${ticket.number}]`, verdict: pass(ada) }),
    'new',
    onlyAda,
  ],
  [
    'From: stranger, participant',
    ({ ada, eve, tokenTo }) => ({ From: `${eve}, ${ada}`, To: tokenTo }),
    'held',
  ],
  [
    'From: participant, stranger',
    ({ ada, eve, tokenTo }) => ({ From: `${ada}, ${eve}`, To: tokenTo }),
    'joined',
  ],
  [
    'From: participant, stranger, and what passed was one of them',
    ({ ada, eve, ticket }) => ({
      From: `${ada}, ${eve}`,
      Subject: `[#${ticket.number}]`,
      verdict: pass(ada),
    }),
    'new',
    onlyAda,
  ],
  ['a group', ({ ada, tokenTo }) => ({ From: `team: ${ada};`, To: tokenTo }), 'joined'],
  ['an empty From', ({ tokenTo }) => ({ From: '', To: tokenTo }), 'quarantined'],
  [
    'an empty From with Sender, which nothing vouches for',
    ({ ada, ticket }) => ({ From: '', Sender: ada, Subject: `[#${ticket.number}]`, verdict: pass(ada) }),
    'new',
    onlyAda,
  ],
  [
    'Reply-To of a participant',
    ({ ada, eve, tokenTo }) => ({ From: eve, 'Reply-To': ada, To: tokenTo }),
    'held',
  ],
  ['an address as the name', ({ ada, eve, tokenTo }) => ({ From: `"${ada}" <${eve}>`, To: tokenTo }), 'held'],
  [
    'a bare encoded word that is a whole address',
    ({ eve, tokenTo }) => ({ From: `=?utf-8?b?${Buffer.from(eve).toString('base64')}?=`, To: tokenTo }),
    'held',
  ],
  [
    'an encoded word as a local part that ends the address early',
    ({ ada, tokenTo }) => ({
      From: `=?utf-8?q?${ada.replace('@', '=40')}=40evil.example=2C?=@corp.example`,
      To: tokenTo,
    }),
    'quarantined',
  ],
  [
    '=?utf-8?q?=40evil?=@corp.com',
    ({ tokenTo }) => ({ From: '=?utf-8?q?=40evil?=@corp.com', To: tokenTo }),
    'quarantined',
  ],
  [
    'a NUL in the address',
    ({ ada, tokenTo }) => ({ From: `<${ada.replace('@', '\0@')}>`, To: tokenTo }),
    'quarantined',
  ],
  [
    'a space in the address',
    ({ ada, tokenTo }) => ({ From: `<${ada.replace('ada', 'a da')}>`, To: tokenTo }),
    'quarantined',
  ],
  [
    'a homograph of the domain',
    ({ ada, tokenTo }) => ({ From: ada.replace('person', 'pers\u043en'), To: tokenTo }),
    'held',
  ],
  [
    'a homograph of the local part',
    ({ ada, tokenTo }) => ({ From: ada.replace('ada', '\u0430da'), To: tokenTo }),
    'held',
  ],
  [
    'the domain’s punycode twin',
    ({ ada, tokenTo }) => ({ From: ada.replace('@person', '@xn--prson-dua'), To: tokenTo }),
    'held',
  ],
  [
    'other letter case',
    ({ ada, tokenTo }) => ({ From: ada.toUpperCase(), To: tokenTo.toUpperCase() }),
    'joined',
  ],
  [
    'a plus tag, where nobody said that tags are theirs',
    ({ ada, tokenTo }) => ({ From: ada.replace('@', '+tag@'), To: tokenTo }),
    'held',
  ],
  [
    'the percent hack',
    ({ ada, tokenTo }) => ({ From: `${ada.replace('@', '%')}@evil.example`, To: tokenTo }),
    'held',
  ],
  [
    'a dot more in the local part',
    ({ ada, tokenTo }) => ({ From: ada.replace('ada', 'a.da'), To: tokenTo }),
    'held',
  ],
]

const tokens: readonly Case[] = [
  [
    'a token of another ticket, by a stranger to it',
    ({ ada }) => ({ From: ada, To: foreign.tokenTo }),
    'elsewhere',
  ],
  [
    'a truncated token',
    ({ eve, token }) => ({ From: eve, To: mailbox.address.replace('@', `+${token.slice(0, -1)}@`) }),
    'new',
    onlyEve,
  ],
  [
    'a token with one letter changed',
    ({ eve, token }) => ({ From: eve, To: mailbox.address.replace('@', `+${bitFlipped(token)}@`) }),
    'new',
    onlyEve,
  ],
  [
    'a token with the number changed',
    ({ eve, token, ticket }) => ({
      From: eve,
      To: mailbox.address.replace(
        '@',
        `+${token.replace(`.${ticket.number}.`, `.${Number(ticket.number) + 1}.`)}@`,
      ),
    }),
    'new',
    onlyEve,
  ],
  [
    'a token of a ticket that was merged into this one',
    ({ ada }) => ({ From: ada, To: merged.tokenTo }),
    'joined',
  ],
  ['the same by a stranger', ({ eve }) => ({ From: eve, To: merged.tokenTo }), 'held'],
  ['a token of a ticket that was deleted', ({ ada }) => ({ From: ada, To: deleted.tokenTo }), 'quarantined'],
  ['a token in References alone', ({ ada, tokenId }) => ({ From: ada, References: tokenId }), 'joined'],
  [
    'a token in References alone, by a stranger',
    ({ eve, token }) => ({ From: eve, References: `<${tokenMessageId(token, 'desk.example')}>` }),
    'held',
  ],
  [
    'a token in the quoted body alone',
    ({ eve, token }) => ({ From: eve, body: `\r\n> ref:${token}` }),
    'new',
    onlyEve,
  ],
  [
    'a token in the quoted body alone, by a participant',
    ({ ada, token }) => ({ From: ada, body: `\r\n> ref:${token}` }),
    'joined',
  ],
  [
    'a token in a Message-ID of the mail’s own',
    ({ eve, token }) => ({ From: eve, 'Message-ID': `<${tokenMessageId(token, 'evil.example')}>` }),
    'quarantined',
  ],
  [
    'five thousand references, ours last',
    ({ ada, adasId }) => ({
      From: ada,
      References: [...Array.from({ length: 5_000 }, (_, index) => `<r${index}@evil.example>`), adasId].join(
        '\r\n ',
      ),
    }),
    'joined',
  ],
  [
    'a Message-ID with a command of IMAP in a folded line',
    ({ ada, tokenTo }) => ({ From: ada, To: tokenTo, 'Message-ID': '<x\r\n A1 LOGOUT@evil.example>' }),
    'joined',
  ],
  [
    'an A-R field of our server’s name below the trusted one',
    ({ ada, ticket }) => ({
      From: ada,
      Subject: `[#${ticket.number}]`,
      'X-Last': `x\r\nAuthentication-Results: mx.desk.example; ${pass(ada)}`,
    }),
    'new',
    onlyAda,
  ],
]

const table: Readonly<Record<string, readonly Case[]>> = {
  'by verdict, sender and evidence': fromJoinRule,
  'by what From says': senders,
  'by what the evidence is': tokens,
}

describe.each(Object.keys(table))('%s', (part) => {
  const cases = (table[part] ?? []).map(([name, fields, landing, answered = theSame]) => ({
    name,
    fields,
    landing,
    answered,
  }))
  test.each(cases)('$name: $landing', async ({ fields, landing, answered }) => {
    const known = { ...shared, eve: aPerson() }
    const row = await fileMail(desk, mailbox, eml(fields(known)))
    expect(await landingOf(row)).toBe(landing)
    if (landing === 'quarantined') return
    const wanted = { new: answered, elsewhere: () => theSame(foreign), joined: theSame, held: theSame }[
      landing
    ]
    expect(await answeredIn(row.ticket_id as string)).toEqual(wanted(known).sort())
  })
})

describe('what is kept of the sender', () => {
  const setMailbox = (fields: Partial<Record<keyof MailboxRow, unknown>>) =>
    addMailbox(desk, sink.port, {
      acknowledge: false,
      ...Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          Array.isArray(value) ? JSON.stringify(value) : value,
        ]),
      ),
    })
  const messageOf = (row: InboundEmailRow) => desk.db('messages').where({ inbound_email_id: row.id }).first()
  const requesterOf = async (row: InboundEmailRow) =>
    (
      await desk
        .db('users')
        .join('tickets', 'tickets.customer_id', 'users.id')
        .where({ 'tickets.id': row.ticket_id })
        .first()
    )?.email

  test('the verdict stands in the ledger, and a forged sender is flagged', async () => {
    const row = await fileMail(
      desk,
      mailbox,
      eml({ From: shared.ada, To: shared.tokenTo, verdict: 'dmarc=fail' }),
    )
    expect(row).toMatchObject({
      authentication: 'fail',
      authentication_detail: {
        source: 'authentication-results',
        because: 'dmarc=fail',
        authservId: 'mx.desk.example',
      },
    })
    expect((await messageOf(row)).flags).toMatchObject([{ code: 'authentication-failed' }])
  })

  test('a form’s mail is of the person in Reply-To, and nobody vouches for them', async () => {
    const place = await setMailbox({
      trusted_authserv_ids: ['mx.desk.example'],
      form_senders: ['no-reply@form.example'],
    })
    const person = aPerson()
    const fields = { From: 'no-reply@form.example', To: place.address, verdict: 'dmarc=pass' }
    const row = await fileMail(desk, place, eml({ ...fields, 'Reply-To': `Ada <${person}>` }))
    expect(row).toMatchObject({ outcome: 'new_ticket', authentication: 'none' })
    expect(await requesterOf(row)).toBe(person)
    expect(await messageOf(row)).toMatchObject({
      is_automatic: false,
      answer_to: null,
      flags: [{ code: 'sender-named-elsewhere', detail: 'reply-to' }],
    })
  })

  test('a tag is the person’s own where staff say so', async () => {
    const place = await setMailbox({ plus_tag_domains: ['tags.example'] })
    const first = await fileMail(
      desk,
      place,
      eml({ From: 'ada@tags.example', To: place.address, 'Message-ID': '<tag@tags.example>' }),
    )
    const row = await fileMail(
      desk,
      place,
      eml({ From: 'ada+shop@tags.example', To: place.address, References: '<tag@tags.example>' }),
    )
    expect(row).toMatchObject({ outcome: 'appended', ticket_id: first.ticket_id })
    expect(await messageOf(row)).toMatchObject({ is_unverified: false })
  })

  const clean = {
    dkim: [],
    arc: { result: 'none', sealers: [], firstResults: null },
    strictAlignment: false,
    troubles: [],
  } as const
  const withReport = (report: Partial<SignatureReport>): TestDesk => ({
    ...desk,
    signatures: { verify: async () => ({ ...clean, isTemporary: false, ...report }) },
  })

  test('signatures are verified where nobody in front does, and the verdict is kept', async () => {
    const place = await setMailbox({ verifies_signatures: true })
    const person = aPerson()
    const signed = withReport({ dkim: [{ domain: person.slice(4), result: 'pass', uncovered: 0 }] })
    const row = await fileMail(signed, place, eml({ From: person, To: place.address }))
    expect(row).toMatchObject({ authentication: 'pass', authentication_detail: { source: 'signatures' } })
    const bare = await fileMail(desk, place, eml({ From: person, To: place.address }))
    expect(bare).toMatchObject({ outcome: 'new_ticket', authentication: 'none' })
  })

  test('DNS that does not answer puts a mail off, and not for ever', async () => {
    const place = await setMailbox({ verifies_signatures: true })
    const away = withReport({ isTemporary: true })
    const row = await fileMail(away, place, eml({ From: aPerson(), To: place.address }))
    expect(row).toMatchObject({ status: 'received', attempts: 1, last_error: expect.stringContaining('DNS') })
    for (let tries = 0; tries < 2; tries += 1) {
      await desk.db('inbound_emails').where({ id: row.id }).update({ next_attempt_at: desk.db.fn.now() })
      await fileEmail(away, row.id)
    }
    expect(await findInboundEmail(desk.db, row.id)).toMatchObject({
      outcome: 'new_ticket',
      authentication: 'unknown',
    })
  })
})
