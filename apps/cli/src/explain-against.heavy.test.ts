import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MailboxRow } from '@maildesk/db'
import { createTestDatabase, startSmtpSink, type TestDatabase } from '@maildesk/testkit'
import {
  addMailbox,
  aPerson,
  deskDeps,
  fileMail,
  queueAgentReply,
  type RawMail,
  rawMail,
} from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Foresight } from './foresight.ts'
import { runMaildesk } from './testing/run-maildesk.ts'

// Ten prepared mails: which ticket each would go to, by which evidence, what else it points to, and why.

const key = 'a-key-for-the-tests-of-at-least-thirty-two-characters'
let folder: string
let database: TestDatabase
let env: Record<string, string>
let mailbox: MailboxRow
const mails = new Map<string, RawMail>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildesk explain '))
  database = await createTestDatabase()
  env = {
    DATABASE_URL: database.url,
    STORAGE_URL: pathToFileURL(join(folder, 'storage')).href,
    MAILDESK_DATA_DIR: join(folder, 'data'),
    MAILDESK_SECRET_KEY: key,
  }
  await prepare()
  await mkdir(join(folder, 'mails'))
  for (const [name, fields] of mails) {
    await writeFile(join(folder, 'mails', `${name}.eml`), rawMail({ To: mailbox.address, ...fields }))
  }
})
afterAll(async () => {
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

/** Two tickets, one answered by an agent, and mails that point to them each in its way. */
async function prepare(): Promise<void> {
  const sink = await startSmtpSink()
  const desk = await deskDeps(database, { settings: { tokenKeys: [key] } })
  mailbox = await addMailbox(desk, sink.port)
  const { ticket, customer, id } = await queueAgentReply(desk, mailbox, {
    Subject: 'The engine is stuck',
    'Message-ID': '<first@person.example>',
    References: '<never-seen@person.example>',
  })
  const other = await fileMail(
    desk,
    mailbox,
    rawMail({
      From: customer,
      To: mailbox.address,
      Subject: 'The bill',
      'Message-ID': '<bill@person.example>',
    }),
  )
  const reply = await desk.db('outbound_emails').where({ id }).first()
  const replyTo = reply.composed.replyTo.address
  const ours = `<${reply.rfc822_id}>`
  const token = reply.rfc822_id.split('@')[0]
  expect(other.ticket_id).not.toBe(ticket.id)

  mails.set('01-token-address', { From: customer, To: replyTo })
  mails.set('02-our-message-id', { From: customer, 'In-Reply-To': ours })
  mails.set('03-token-in-the-body', { From: customer, body: `Here is what I got:\r\nref:${token}\r\n` })
  mails.set('04-in-reply-to', { From: customer, 'In-Reply-To': '<first@person.example>' })
  mails.set('05-references', { From: customer, References: '<first@person.example> <lost@person.example>' })
  mails.set('06-common-ancestor', { From: customer, References: '<never-seen@person.example>' })
  mails.set('07-number', { From: customer, Subject: `Re: stuck [#${ticket.number}]` })
  mails.set('08-two-tickets', { From: customer, To: replyTo, 'In-Reply-To': '<bill@person.example>' })
  mails.set('09-stranger-with-number', { From: aPerson(), Subject: `Re: stuck [#${ticket.number}]` })
  mails.set('10-stranger-with-message-id', { From: aPerson(), 'In-Reply-To': '<first@person.example>' })
  await desk.close()
  await sink.stop()
}

const rowCounts = async () => {
  const tables = ['inbound_emails', 'tickets', 'messages', 'ticket_events', 'users', 'outbound_emails']
  return Promise.all(tables.map(async (name) => (await database.db(name).count())[0]))
}

test('explain --against-database tells ticket, rank, alternatives and why, and writes nothing', async () => {
  const before = await rowCounts()
  const ran = await runMaildesk(['explain', '--against-database', '--json', join(folder, 'mails')], env)
  expect({ code: ran.code, err: ran.err }).toMatchObject({
    code: 0,
    err: expect.stringContaining('10 mails'),
  })
  const told = ran.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; decision: Foresight })
    .map(({ file, decision }) => ({
      mail: file.slice(join(folder, 'mails').length + 1, -'.eml'.length),
      ticket: decision.ticket?.title ?? null,
      rank: decision.rank,
      alternatives: decision.alternatives.map(({ rank }) => rank),
      why: decision.why,
    }))
  const stuck = 'The engine is stuck'
  expect(told.map(({ why, ...rest }) => rest)).toEqual([
    { mail: '01-token-address', ticket: stuck, rank: 'E1', alternatives: [] },
    { mail: '02-our-message-id', ticket: stuck, rank: 'E2', alternatives: ['E4'] },
    { mail: '03-token-in-the-body', ticket: stuck, rank: 'E3', alternatives: [] },
    { mail: '04-in-reply-to', ticket: stuck, rank: 'E4', alternatives: [] },
    { mail: '05-references', ticket: stuck, rank: 'E5', alternatives: [] },
    { mail: '06-common-ancestor', ticket: stuck, rank: 'E6', alternatives: [] },
    { mail: '07-number', ticket: stuck, rank: 'E7', alternatives: [] },
    { mail: '08-two-tickets', ticket: stuck, rank: 'E1', alternatives: ['E4'] },
    { mail: '09-stranger-with-number', ticket: null, rank: null, alternatives: ['E7'] },
    { mail: '10-stranger-with-message-id', ticket: stuck, rank: 'E4', alternatives: [] },
  ])
  const whyOf = (start: string) => told.find(({ mail }) => mail.startsWith(start))?.why.join('\n')
  expect(whyOf('01')).toMatch(
    /added to ticket #\d+\ndecided by append-by-evidence: .*\nE1 a token of ours in an address/,
  )
  expect(whyOf('08')).toMatch(
    /E1 .*; used; the sender belongs to it\nE4 .*; not used; the sender belongs to it/,
  )
  expect(whyOf('09')).toMatch(
    /opened a ticket, linked to ticket #\d+ as possibly related[\s\S]*does not belong to it/,
  )
  expect(whyOf('10')).toMatch(/unverified, shown to staff only/)
  expect(await rowCounts()).toEqual(before)
})

test('explain --against-database names what it cannot find', async () => {
  const unknown = await runMaildesk(
    ['explain', '--against-database', '--mailbox', 'nobody@desk.example', join(folder, 'mails')],
    env,
  )
  expect(unknown.code).toBe(1)
  expect(unknown.err).toContain('no mailbox nobody@desk.example; next: maildesk mailbox list')
  const alone = await runMaildesk(['explain', '--mailbox', 'nobody@desk.example'], env)
  expect(alone.err).toContain('--mailbox needs --against-database')
})
