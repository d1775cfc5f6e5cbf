/* What flows are given, made of real parts: database, file blob store, parser in a child process, SMTP, MIME.
 * Only the bell is a note-taker: what the queue does with a ring is the matter of its own contract. */

import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { InboundEmailId, Job, OutboundEmailId, ParsedEmail, ParseOutcome } from '@maildesk/core'
import { findInboundEmail, findTicket, inTransaction, type MailboxRow, type TicketRow } from '@maildesk/db'
import {
  type DeskSettings,
  fileEmail,
  type MailPlace,
  queueReply,
  receiveEmails,
  type WorkerDeps,
} from '@maildesk/flows'
import {
  buildMime,
  createEmailParser,
  createMailer,
  createSentFolder,
  defaultImapLimits,
  defaultParseLimits,
  isSendable,
  organisationalDomain,
  quoteHtml,
  readHeaderSection,
} from '@maildesk/mail'
import { createIdSource, systemClock } from '@maildesk/runtime'
import { openBlobStore } from '@maildesk/storage'
import { quietLog } from './quiet-log.ts'
import { seedMailbox, seedMessage, seedUser } from './seed.ts'
import type { TestDatabase } from './test-database.ts'

export interface TestDesk extends WorkerDeps {
  /** Every ring so far, in order. */
  readonly rings: readonly Job[]
  /** Stops the parser's children and removes the blobs. */
  close(): Promise<void>
}

export type DeskOverrides = Partial<Omit<WorkerDeps, 'settings'>> & {
  readonly settings?: Partial<DeskSettings>
}

/** Short waits, the usual limits. */
export const testSettings: DeskSettings = {
  tokenKeys: ['a key of the tests'],
  publicUrl: 'http://desk.example',
  maxMailBytes: 25 * 1024 * 1024,
  maxAttachmentBytes: 10 * 1024 * 1024,
  attachmentTypes: ['image/*', 'application/pdf', 'text/plain'],
  maxFileAttempts: 3,
  leaseMs: 2_000,
  sendGiveUpMs: 3 * 24 * 60 * 60_000,
  uncertainWaitMs: 60_000,
  maxUncertainResends: 2,
  uncertainReplies: 'resend',
  parentWaitMs: 60_000,
  reopenDays: 14,
  floodTicketsPerHour: 30,
  suppression: {
    hardMs: 60 * 24 * 60 * 60_000,
    hardLimit: 3,
    hardWindowMs: 30 * 24 * 60 * 60_000,
    softLimit: 5,
    softFadeMs: 7 * 24 * 60 * 60_000,
    softMs: 7 * 24 * 60 * 60_000,
  },
  automaticCaps: {
    perRecipientPer10Minutes: 1,
    perRecipientPerDay: 5,
    perTicket: [{ max: 100, minutes: 10 }],
    sameWordsPerHour: 1,
    perDomainPerHour: 50,
    perHour: 500,
    unprovenPerHour: 200,
    notificationsPerHour: 2000,
    maxMailAgeMs: 30 * 60_000,
  },
}

/** Opens a desk on the database; `close` it in `afterAll`. `with…` variants of it come from `{ ...desk, … }`. */
export async function deskDeps(
  database: TestDatabase,
  { settings, ...overrides }: DeskOverrides = {},
): Promise<TestDesk> {
  const folder = await mkdtemp(join(tmpdir(), 'maildesk-test-desk-'))
  const blobs = overrides.blobs ?? (await openBlobStore(pathToFileURL(join(folder, 'blobs')).href))
  const parser = createEmailParser({
    blobs,
    limits: defaultParseLimits,
    children: 2,
    tmpDir: join(folder, 'parsing'),
    log: quietLog,
  })
  const rings: Job[] = []
  const ringAll = async (jobs: readonly Job[]) => void rings.push(...jobs)
  return {
    db: database.db,
    blobs,
    jobs: {
      ring: (job) => ringAll([job]),
      ringAll,
      countWaiting: async () => 0,
      probe: async () => {},
      close: async () => {},
    },
    clock: systemClock,
    ids: createIdSource(),
    log: quietLog,
    parser,
    signatures: parser,
    organisationalDomain,
    mailer: createMailer({
      helloName: 'desk.example',
      log: quietLog,
      connectionTimeoutMs: 2_000,
      greetingTimeoutMs: 2_000,
      socketTimeoutMs: 2_000,
    }),
    buildMime,
    sentFolder: createSentFolder(defaultImapLimits),
    isSendable,
    quoteHtml,
    tokens: { find: async () => undefined, forget: async () => undefined },
    unseal: (sealed) => sealed,
    ...overrides,
    settings: { ...testSettings, ...settings },
    rings,
    async close() {
      await parser.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The same desk with other settings. */
export function withSettings(desk: TestDesk, settings: Partial<DeskSettings>): TestDesk {
  return { ...desk, settings: { ...desk.settings, ...settings } }
}

/** The same desk, where every mail is parsed to `outcome`: for what no real mail parses to on demand. */
export function withParsed(
  desk: TestDesk,
  outcome: ParsedEmail | ParseOutcome | (() => Promise<ParseOutcome>),
): TestDesk {
  const parse = async (): Promise<ParseOutcome> => {
    if (typeof outcome === 'function') return outcome()
    return 'ok' in outcome ? outcome : { ok: true, email: outcome }
  }
  return { ...desk, parser: { parse, close: async () => {} } }
}

let named = 0

/** A mailbox that sends through the sink at `smtpPort`, at a domain of its own. */
export function addMailbox(
  desk: TestDesk,
  smtpPort: number,
  fields: Partial<MailboxRow> = {},
): Promise<MailboxRow> {
  named += 1
  return seedMailbox(desk.db, {
    address: `support@desk${named}.example`,
    display_name: 'The Desk',
    smtp_host: '127.0.0.1',
    smtp_port: smtpPort,
    smtp_tls: 'none',
    sub_addressing: 'plus',
    undo_seconds: 0,
    ...fields,
  })
}

/** An address that no other test uses, at a domain that none uses. */
export function aPerson(): string {
  named += 1
  return `ada@person${named}.example`
}

/** Header fields by name, and `body`; `From`, `To`, `Date`, `Message-ID` are made when left out, and left away when null. */
export interface RawMail {
  readonly [field: string]: string | readonly string[] | null
}

/** A mail as bytes; every one differs from every other. */
export function rawMail({ body, ...given }: RawMail): Buffer {
  named += 1
  const fields = {
    From: 'Ada Lovelace <ada@person.example>',
    To: 'support@desk.example',
    Subject: `The engine is stuck, part ${named}`,
    Date: new Date().toUTCString().replace('GMT', '+0000'),
    'Message-ID': `<mail-${named}@person.example>`,
    ...given,
  }
  const lines = Object.entries(fields).flatMap(([name, values]) =>
    values === null ? [] : [values].flat().map((value) => `${name}: ${value}\r\n`),
  )
  const text = body === undefined ? `Part ${spelt(named)} does not turn any more.\r\n` : body
  return Buffer.from(`${lines.join('')}\r\n${text ?? ''}`)
}

/** A number in letters: digits make no mail another one for who looks for repetitions. */
function spelt(number: number): string {
  return String(number).replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)))
}

/** Text of three bytes a character that no compression makes small enough for an index of PostgreSQL. */
export function incompressible(length: number): string {
  return Array.from({ length }, () => String.fromCodePoint(0x4e00 + randomInt(20_000))).join('')
}

/** Two files and a picture inside the text, beside it. */
export function bodyWithFiles(boundary = 'edge'): RawMail {
  const part = (header: string, content: string) => `--${boundary}\r\n${header}\r\n\r\n${content}\r\n`
  return {
    'MIME-Version': '1.0',
    'Content-Type': `multipart/mixed; boundary=${boundary}`,
    body: [
      part('Content-Type: text/html; charset=utf-8', '<p>See <img src="cid:dot@person.example"></p>'),
      part(
        'Content-Type: image/png; name=dot.png\r\nContent-Disposition: inline; filename=dot.png\r\nContent-ID: <dot@person.example>\r\nContent-Transfer-Encoding: base64',
        'iVBORw0KGgo=',
      ),
      part(
        'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="plan.pdf"\r\nContent-Transfer-Encoding: base64',
        'JVBERi0xLjQK',
      ),
      part(
        'Content-Type: application/x-msdownload\r\nContent-Disposition: attachment; filename="engine.exe"\r\nContent-Transfer-Encoding: base64',
        'TVo=',
      ),
      `--${boundary}--\r\n`,
    ].join(''),
  }
}

let uids = 0

/** Keeps a mail as the poller does, in the folder's epoch `uidValidity`, and returns its ledger row's id. */
export async function receiveMail(
  desk: TestDesk,
  mailbox: MailboxRow,
  raw: Buffer,
  uidValidity = '1',
): Promise<InboundEmailId> {
  const header = readHeaderSection(raw)
  uids += 1
  const place: MailPlace = { folder: 'INBOX', uidValidity, lastUid: uids }
  const kept = {
    uid: uids,
    raw: await desk.blobs.put([raw]),
    complete: true,
    internalDate: new Date(),
    header: { messageId: header.messageId, from: header.from[0]?.address ?? '', subject: header.subject },
  }
  const [id] = await receiveEmails(desk, mailbox, place, [kept])
  if (!id) throw new Error('The mail was in the ledger already')
  return id
}

/** Keeps a mail and files it; returns its ledger row as it is then. */
export async function fileMail(desk: TestDesk, mailbox: MailboxRow, raw: Buffer, uidValidity = '1') {
  const id = await receiveMail(desk, mailbox, raw, uidValidity)
  await fileEmail(desk, id)
  const row = await findInboundEmail(desk.db, id)
  if (!row) throw new Error('The ledger row is gone')
  return row
}

export interface QueuedReply {
  readonly id: OutboundEmailId
  readonly ticket: TicketRow
  /** Whom it goes to. */
  readonly customer: string
}

/** A ticket that a customer opened by mail, and an agent's answer to it that waits to be sent. */
export async function queueAgentReply(
  desk: TestDesk,
  mailbox: MailboxRow,
  mail: RawMail = {},
): Promise<QueuedReply> {
  const customer = aPerson()
  const { ticket_id } = await fileMail(
    desk,
    mailbox,
    rawMail({ From: `Ada Lovelace <${customer}>`, To: mailbox.address, ...mail }),
  )
  const ticket = ticket_id ? await findTicket(desk.db, ticket_id) : undefined
  if (!ticket) throw new Error('The mail opened no ticket')
  const author = await seedUser(desk.db, { role: 'provider', first_name: 'Grace', last_name: 'Hopper' })
  const message = await seedMessage(desk.db, ticket, {
    sender_id: author.id,
    is_from_customer: false,
    message_text: 'Turn it the other way.',
    source: 'web',
  })
  const id = await inTransaction(desk.db, (tx) =>
    queueReply(tx, desk, { ticket, message, author, attachments: [] }),
  )
  if (!id) throw new Error('The reply was not queued')
  return { id, ticket, customer }
}
