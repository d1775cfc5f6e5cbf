import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  createTestDatabase,
  type DeskProcess,
  type DovecotServer,
  freePort,
  type PostfixServer,
  startDeskProcess,
  startDovecot,
  startPostfix,
  type TestDatabase,
  waitUntil,
} from '@maildesk/testkit'
import { ImapFlow } from 'imapflow'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareDatabase } from './four-processes.ts'
import { headerOf } from './sandbox-client.ts'

// Two desks that write to each other, and a desk that writes to somebody who answers everything, over real mail
// servers: Postfix in between, Dovecot at each end. It must end by itself.

const away = 'away@people.example'
const password = 'a password'

interface Desk {
  readonly address: string
  readonly database: TestDatabase
  readonly process: DeskProcess
}

let dovecot: DovecotServer
let postfix: PostfixServer
let folder: string
let one: Desk
let two: Desk
/** Mails that this test handed in, by recipient without sub-address. */
const handedIn = new Map<string, number>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildesk no loops '))
  const addresses = ['support@one.example', 'support@two.example'] as const
  dovecot = await startDovecot({
    users: Object.fromEntries([...addresses, away].map((address) => [address, password])),
  })
  postfix = await startPostfix({
    relayTo: { protocol: 'lmtp', port: dovecot.lmtpPort },
    domains: ['one.example', 'two.example', 'people.example'],
  })
  ;[one, two] = (await Promise.all(addresses.map(startDesk))) as [Desk, Desk]
})
afterAll(async () => {
  await Promise.all([one, two].map((desk) => desk?.process.kill('SIGTERM')))
  await Promise.all([postfix?.stop(), dovecot?.stop()])
  await Promise.all([one, two].map((desk) => desk?.database.drop()))
  await rm(folder, { recursive: true, force: true })
})

async function startDesk(address: string): Promise<Desk> {
  const database = await createTestDatabase()
  // Each desk has a key of its own, as desks of two companies have.
  const key = `the key of ${address} that nobody else has`
  await prepareDatabase({
    database,
    redisUrl: undefined,
    imap: { port: dovecot.imapPort, user: address, password },
    smtpPort: postfix.smtpPort,
    key,
  })
  const dataDir = join(folder, address)
  const process = startDeskProcess(address, 'apps/cli/src/main.ts', ['start'], {
    DATABASE_URL: database.url,
    STORAGE_URL: pathToFileURL(join(dataDir, 'storage')).href,
    MAILDESK_DATA_DIR: dataDir,
    MAILDESK_SECRET_KEY: key,
    MAILDESK_POLL_INTERVAL_MS: '1000',
    PORT: String(await freePort()),
  })
  await process.waitForLog('"msg":"mailbox opened"', 60_000)
  return { address, database, process }
}

async function send(mail: SendMailOptions & { readonly to: string }): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: postfix.smtpPort, ignoreTLS: true })
  try {
    await transport.sendMail(mail)
  } finally {
    transport.close()
  }
  const account = mail.to.replace(/\+[^@]*/, '')
  handedIn.set(account, (handedIn.get(account) ?? 0) + 1)
}

async function mailsOf(user: string): Promise<string[]> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: dovecot.imapPort,
    secure: false,
    doSTARTTLS: false,
    logger: false,
    auth: { user, pass: password },
  })
  await client.connect()
  try {
    const { exists } = await client.mailboxOpen('INBOX', { readOnly: true })
    if (exists === 0) return []
    return (await client.fetchAll('1:*', { source: true })).map(({ source }) => source?.toString() ?? '')
  } finally {
    await client.logout()
  }
}

/** Every mail that a desk has ever queued, sent or not. */
async function outboundOf({ database }: Desk): Promise<{ to: string; kind: string; status: string }[]> {
  const { rows } = await database.db.raw(
    `SELECT regexp_replace(d.address, '\\+[^@]*', '') AS to, o.kind, o.status
       FROM outbound_emails o JOIN outbound_deliveries d ON d.outbound_email_id = o.id ORDER BY o.created_at`,
  )
  return rows
}

/**
 * What keeps the exchange from being over; undefined when nothing is left that could move: every mail that was ever
 * sent has come in, every mail that has come in is dealt with, nothing waits to leave.
 */
async function whatMoves(): Promise<string | undefined> {
  const desks = [one, two]
  const outbound = (await Promise.all(desks.map(outboundOf))).flat()
  const waiting = outbound.filter(({ status }) => status !== 'sent')
  if (waiting.length > 0) return `${waiting.length} mails wait to leave`
  for (const account of [one.address, two.address, away]) {
    const sent = (handedIn.get(account) ?? 0) + outbound.filter(({ to }) => to === account).length
    const arrived = (await mailsOf(account)).length
    if (arrived !== sent) return `${arrived} of ${sent} mails have come to ${account}`
  }
  for (const { address, database } of desks) {
    const [{ all, finished }] = await database
      .db('inbound_emails')
      .select(
        database.db.raw(
          "count(*)::int AS all, count(*) FILTER (WHERE status <> 'received')::int AS finished",
        ),
      )
    const arrived = (await mailsOf(address)).length
    if (finished !== arrived) return `${address} has finished ${finished} of ${arrived} mails (${all} kept)`
  }
  // What was finished while this looked may have queued an answer, in the same transaction.
  const queued = (await Promise.all(desks.map(outboundOf))).flat().length - outbound.length
  return queued > 0 ? `${queued} mails were queued meanwhile` : undefined
}

/** Waits until nothing moves any more; `meanwhile` is done each time round and says whether it did something. */
async function waitForRest(meanwhile: () => Promise<boolean> = async () => false): Promise<void> {
  let moves: string | undefined
  await waitUntil(
    async () => {
      moves = await whatMoves()
      const did = await meanwhile()
      return (!did && moves === undefined) || undefined
    },
    { timeoutMs: 45_000, intervalMs: 200, what: 'the exchange to end' },
  ).catch((error: Error) => {
    throw new Error(`${error.message}: ${moves}\n${one.process.log().slice(-2000)}`, { cause: error })
  })
}

const automatic = async (desk: Desk) => (await outboundOf(desk)).filter(({ kind }) => kind !== 'reply')

test('two desks that are set upon each other end after one exchange (scenario 10)', async () => {
  // Forged, as whoever wants to see two desks talk would do it: unmarked, from one to the other, both ways.
  await send({ from: two.address, to: one.address, subject: 'Hello desk', text: 'Are you there?' })
  await send({ from: one.address, to: two.address, subject: 'Hello, other desk', text: 'And are you there?' })
  await waitForRest()
  const sent = [...(await automatic(one)), ...(await automatic(two))]
  expect(sent.length).toBeGreaterThan(0)
  expect(sent.length).toBeLessThanOrEqual(2)
  const acknowledgement = (await mailsOf(two.address)).find((mail) => headerOf(mail, 'X-Maildesk-Loop'))
  expect(acknowledgement && headerOf(acknowledgement, 'Return-Path')).toBe('<>')
  expect(await two.database.db('tickets').count('* as n')).toEqual([{ n: '1' }])
})

test('somebody who answers everything, with another subject each time and no mark, is left alone after three mails', async () => {
  const before = (await automatic(one)).length
  let answered = 0
  const answerAll = async () => {
    const mails = (await mailsOf(away)).slice(answered)
    for (const mail of mails) {
      answered += 1
      // Once to Reply-To as it should be, once to From; no In-Reply-To, nothing that says a machine wrote it.
      const to = (answered % 2 === 0 && headerOf(mail, 'Reply-To')) || headerOf(mail, 'From') || ''
      await send({
        from: `Grace <${away}>`,
        to: /[^\s<>]+@[^\s<>]+/.exec(to)?.[0] ?? '',
        subject: `I read my mail again on day ${answered}`,
        text: `Thank you for your mail number ${answered}. I will read it as soon as I am back at my desk.`,
      })
    }
    return mails.length > 0
  }
  await send({ from: away, to: one.address, subject: 'A question', text: 'How does it work?' })
  await waitForRest(answerAll)
  expect(answered).toBeGreaterThan(0)
  expect((await automatic(one)).length - before).toBeLessThanOrEqual(3)
})
