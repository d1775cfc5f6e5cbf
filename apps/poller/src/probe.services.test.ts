import type { Mailer } from '@maildesk/core'
import { fileEmail, probeAddresses } from '@maildesk/flows'
import {
  createTestDatabase,
  type DovecotServer,
  type SmtpSink,
  startDovecot,
  startSmtpSink,
  type TestDatabase,
} from '@maildesk/testkit'
import { deskDeps, type TestDesk } from '@maildesk/testkit/desk-deps'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WatchedMailbox } from './testing/watched-mailbox.ts'

// A provider made of an SMTP server that passes on what a test says it passes on, and a real Dovecot (scenario 23).

let database: TestDatabase
let dovecot: DovecotServer
let sink: SmtpSink
let desk: TestDesk
let openPlus: WatchedMailbox
const names = ['plus', 'refusing', 'silent', 'catch-all'] as const

beforeAll(async () => {
  database = await createTestDatabase()
  dovecot = await startDovecot({
    users: Object.fromEntries(names.map((name) => [`${name}@example.com`, 'a password'])),
  })
  sink = await startSmtpSink()
  desk = await deskDeps(database)
})
afterEach(() => sink.clearScript())
afterAll(async () => {
  await desk?.close()
  await sink?.stop()
  await dovecot?.stop()
  await database?.drop()
})

const open = (name: (typeof names)[number], replyDomain: string | null = null) =>
  WatchedMailbox.open(desk, dovecot, name, {
    imap_secret: 'a password',
    ...{ smtp_host: '127.0.0.1', smtp_port: sink.port, smtp_tls: 'none' },
    reply_domain: replyDomain,
  })

/** Probes while what the SMTP server took for `passesOn` lands in the mailbox. */
async function probe(mailbox: WatchedMailbox, passesOn: (recipient: string) => boolean) {
  const mailer: Mailer = {
    async send(...args) {
      const before = sink.transactions.length
      const result = await desk.mailer.send(...args)
      for (const { recipients, raw } of sink.transactions.slice(before))
        if (recipients.some(passesOn)) await dovecot.deliver(mailbox.row.address, raw, mailbox.row.address)
      return result
    },
  }
  const openSource = () => mailbox.openSource()
  return probeAddresses({ ...desk, mailer, openSource }, mailbox.row, 300)
}

test('where sub-addresses arrive, they are used, and the probe becomes no ticket, however often it is read', async () => {
  const mailbox = await open('plus')
  openPlus = mailbox
  const result = await probe(mailbox, () => true)
  expect(result).toMatchObject({ subAddressing: 'plus', tried: [{ how: 'plus', outcome: 'arrived' }] })
  expect(result.tried[0]?.address).toMatch(/^plus\+probe\.[a-z2-7]{8}\.[0-9a-f]{20}@example\.com$/)
  expect(await mailbox.now()).toMatchObject({
    sub_addressing: 'plus',
    sub_addressing_probe: { subAddressing: 'plus' },
    sub_addressing_probed_at: expect.any(Date),
  })
  const stop = mailbox.watch()
  const [row] = await mailbox.waitForRows(1)
  await stop()
  if (row) await fileEmail(desk, row.id)
  expect(await mailbox.rows()).toMatchObject([
    { status: 'filed', outcome: 'ignored_by_rule', reason: 'address-probe', ticket_id: null },
  ])
  expect(await desk.db('tickets').where({ mailbox_id: mailbox.row.id })).toEqual([])
})

test('where the server refuses them, they are turned off at once (scenario 23)', async () => {
  const mailbox = await open('refusing')
  await desk.db('mailboxes').where({ id: mailbox.row.id }).update({ sub_addressing: 'plus' })
  sink.script({ at: 'rcpt', recipient: /\+/, action: { reply: '550 5.1.1 no such mailbox' } })
  expect(await probe(mailbox, () => true)).toMatchObject({
    subAddressing: 'none',
    tried: [{ outcome: 'refused', detail: expect.stringContaining('550') }],
  })
  expect((await mailbox.now()).sub_addressing).toBe('none')
})

test('where they are taken and never come, they are turned off after a while (scenario 23)', async () => {
  const mailbox = await open('silent')
  await desk.db('mailboxes').where({ id: mailbox.row.id }).update({ sub_addressing: 'plus' })
  expect(await probe(mailbox, () => false)).toMatchObject({
    subAddressing: 'none',
    tried: [{ outcome: 'not-seen' }],
  })
  expect((await mailbox.now()).sub_addressing).toBe('none')
})

test('a reply domain is tried when sub-addresses do not arrive', async () => {
  const mailbox = await open('catch-all', 'reply.example.com')
  const result = await probe(mailbox, (recipient) => recipient.endsWith('@reply.example.com'))
  expect(result).toMatchObject({
    subAddressing: 'catch_all',
    tried: [
      { how: 'plus', outcome: 'not-seen' },
      { how: 'catch_all', outcome: 'arrived' },
    ],
  })
  expect((await mailbox.now()).sub_addressing).toBe('catch_all')
})

test('a server that is away teaches nothing, and nothing is changed', async () => {
  const row = await desk.db('mailboxes').where({ address: 'plus@example.com' }).first()
  sink.script({ at: 'connect', action: { reply: '421 4.3.2 not now' } })
  const openSource = () => openPlus.openSource()
  const before = await openPlus.now()
  await expect(probeAddresses({ ...desk, openSource }, row, 300)).rejects.toMatchObject({ code: 'smtp.busy' })
  expect(await openPlus.now()).toEqual(before)
})
