import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createTestDatabase, freePort, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ran, runMaildesk } from './testing/run-maildesk.ts'

// What scripts and people may count on: exit codes, one JSON document, one clear message.

let folder: string
let database: TestDatabase
let env: Record<string, string>

const mail = (id: string) =>
  `From: Ada <ada@customer.example>\r\nSubject: mail ${id}\r\nMessage-ID: <${id}@customer.example>\r\n\r\nHello ${id}.\r\n`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildesk cli '))
  database = await createTestDatabase()
  env = {
    DATABASE_URL: database.url,
    STORAGE_URL: pathToFileURL(join(folder, 'storage')).href,
    MAILDESK_DATA_DIR: join(folder, 'data'),
    MAILDESK_SECRET_KEY: 'a-key-for-the-tests-of-at-least-thirty-two-characters',
  }
  await writeFile(join(folder, 'one.eml'), mail('one'))
  await writeFile(join(folder, 'empty.eml'), '')
  await mkdir(join(folder, 'mails', 'deeper'), { recursive: true })
  await writeFile(join(folder, 'mails', 'a.eml'), mail('a'))
  await writeFile(join(folder, 'mails', 'deeper', 'b.eml'), mail('b'))
  await writeFile(
    join(folder, 'garbage.eml'),
    Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)),
  )
  await writeFile(
    join(folder, 'box.mbox'),
    `From ada@customer.example Sun Nov 22 09:00:00 2026\r\n${mail('m1')}>From here on it hums.\r\n\r\nFrom ada@customer.example Sun Nov 22 09:01:00 2026\r\n${mail('m2')}\r\n`,
  )
  expect((await maildesk('migrate')).code).toBe(0)
})
afterAll(async () => {
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const maildesk = (...args: string[]) => runMaildesk(args, env)

function json<Answer>({ code, out, err }: Ran): Answer {
  expect({ code, err }).toMatchObject({ code: 0 })
  return JSON.parse(out) as Answer
}

test('migrate may be run again and says that nothing waits', async () => {
  const again = await maildesk('migrate')
  expect(again).toMatchObject({ code: 0, out: 'the schema is up to date\n' })
})

test('config with bad settings exits 78 and names every problem at once', async () => {
  const ran = await runMaildesk(['config'], {
    ...env,
    PORT: 'eighty',
    LOG_LEVEL: 'loud',
    MAILDESK_DB_POOL: '-1',
  })
  expect(ran.code).toBe(78)
  for (const name of ['PORT', 'LOG_LEVEL', 'MAILDESK_DB_POOL']) expect(ran.err).toContain(name)
  expect(ran.out + ran.err).not.toContain(env.MAILDESK_SECRET_KEY)
})

describe('mailbox add', () => {
  const add = ['mailbox', 'add', 'support@desk.example', '--imap-host', '127.0.0.1', '--imap-tls', 'none']
  test.concurrent.each([
    [
      'an address that is none',
      ['mailbox', 'add', 'support', '--imap-host', 'localhost'],
      /support.*address/i,
    ],
    ['a port that is none', [...add, '--imap-port', '99999'], /1 to 65535/],
    ['no password', add, /MAILBOX_PASSWORD/],
    ['a move to nowhere', [...add, '--after', 'move'], /--after-folder/],
  ])('refuses %s with a clear message', async (what, args, message) => {
    const password: Record<string, string> = what === 'no password' ? {} : { MAILBOX_PASSWORD: 'secret' }
    const ran = await runMaildesk(args, { ...env, ...password })
    expect(ran.code).not.toBe(0)
    expect(ran.err).toMatch(message)
    expect(ran.err).not.toMatch(/\n\s+at /)
  })

  test('takes the password from the environment and never shows it; the same address again is refused', async () => {
    const port = ['--imap-port', String(await freePort()), '--json']
    const added = await runMaildesk([...add, ...port], { ...env, MAILBOX_PASSWORD: 'a secret word' })
    expect(json<{ address: string }>(added).address).toBe('support@desk.example')
    expect(added.out + added.err).not.toContain('a secret word')
    const again = await runMaildesk([...add, ...port], { ...env, MAILBOX_PASSWORD: 'a secret word' })
    expect(again.code).toBe(1)
    expect(again.err).toContain('support@desk.example')
    const row = await database.db('mailboxes').first()
    expect(JSON.stringify(row)).not.toContain('a secret word')
  })
})

describe('mailbox set and folder', () => {
  const address = 'support@desk.example'
  test('settings and folders are changed by name; a fault names the setting and what is allowed', async () => {
    const folder = await maildesk('mailbox', 'folder', 'add', address, 'Forms', '--read-from', '2026-11-01')
    expect(folder.code).toBe(0)
    const [set, refused, loop] = await Promise.all([
      maildesk('mailbox', 'set', address, 'undo_seconds=30', 'form_senders=Form@shop.example', '--json'),
      maildesk('mailbox', 'set', address, 'late_answers=never', 'colour=red'),
      maildesk('mailbox', 'set', address, 'after_processing=move', 'after_folder=Forms'),
    ])
    expect(json(set)).toMatchObject({ undo_seconds: 30, form_senders: ['form@shop.example'] })
    expect(refused.err).toMatch(
      /colour is no setting.*late_answers must be one of reopen, new_linked, reject/s,
    )
    expect(loop.err).toContain('after_folder is read itself')
    expect((await maildesk('mailbox', 'folder', 'remove', address, 'Forms')).code).toBe(0)
  })
})

describe('ingest', () => {
  test('takes a file, a folder with its folders, and the mails of an mbox', async () => {
    const taken = json<{ file: string; id: string }[]>(
      await maildesk(
        'ingest',
        '--json',
        join(folder, 'one.eml'),
        join(folder, 'mails'),
        join(folder, 'box.mbox'),
      ),
    )
    expect(taken.map(({ file }) => file.slice(folder.length + 1))).toEqual([
      'one.eml',
      'mails/a.eml',
      'mails/deeper/b.eml',
      'box.mbox#1',
      'box.mbox#2',
    ])
    const rows = await database.db('inbound_emails').select('subject').orderBy('subject')
    expect(rows.map(({ subject }) => subject)).toEqual(['mail a', 'mail b', 'mail m1', 'mail m2', 'mail one'])
  })

  test('takes standard input', async () => {
    const ran = await runMaildesk(['ingest', '--json'], env, mail('piped'))
    const [taken] = json<{ id: string }[]>(ran)
    expect(json(await maildesk('inbound', 'show', taken?.id ?? '', '--json'))).toMatchObject({
      subject: 'mail piped',
    })
  })

  test('exits 65 for an empty mail, 66 for a missing file, 75 without a database', async () => {
    const empty = await maildesk('ingest', join(folder, 'empty.eml'))
    expect(empty).toMatchObject({ code: 65 })
    expect(empty.out).toContain('it is empty')
    const missing = await maildesk('ingest', join(folder, 'missing.eml'))
    expect(missing.code).toBe(66)
    expect(missing.err).toContain('missing.eml')
    const away = await runMaildesk(['ingest', join(folder, 'one.eml')], {
      ...env,
      DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/none`,
    })
    expect(away.code).toBe(75)
    expect(away.err).toMatch(/next: is PostgreSQL running/)
  })
})

test('explain says of every mail, garbage too, what it understands: one JSON object a line, exit 0', async () => {
  const files = ['one.eml', 'garbage.eml', 'empty.eml', 'box.mbox'].map((name) => join(folder, name))
  // Without database and key: it is a dry run.
  const ran = await runMaildesk(['explain', '--json', ...files])
  expect(ran).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^5 mails in [\d.]+ s \(\d+ mails\/s\)\n$/),
  })
  const explained = ran.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(explained.map(({ file, subject }) => [file.slice(folder.length + 1), subject])).toEqual([
    ['one.eml', 'mail one'],
    ['garbage.eml', expect.any(String)],
    ['empty.eml', ''],
    ['box.mbox#1', 'mail m1'],
    ['box.mbox#2', 'mail m2'],
  ])
  expect(explained[3].text).toContain('From here on it hums.')
})

test('inbound list, show, raw and replay', async () => {
  const listed = json<{ id: string; subject: string }[]>(
    await maildesk('inbound', 'list', '--json', '--limit', '3'),
  )
  expect(listed).toHaveLength(3)
  const one = await database.db('inbound_emails').where({ subject: 'mail one' }).first()
  expect((await maildesk('inbound', 'raw', one.id)).out).toBe(mail('one'))
  expect((await maildesk('inbound', 'list')).out).toContain('mail one')
  const unknown = await maildesk('inbound', 'show', '00000000-0000-7000-8000-000000000000')
  expect(unknown).toMatchObject({ code: 1 })
  expect(unknown.err).toContain('next: maildesk inbound list')
  const noId = await maildesk('inbound', 'show', 'x')
  expect(noId.code).toBe(64)
  expect(noId.err).toContain('an id is wanted')
  await database
    .db('inbound_emails')
    .where({ id: one.id })
    .update({ status: 'quarantined', reason: 'by the test', outcome: 'dead_letter' })
  expect(await maildesk('inbound', 'replay', one.id)).toMatchObject({ code: 0 })
  expect(await database.db('inbound_emails').where({ id: one.id }).first()).toMatchObject({
    status: 'received',
  })
})

test('mailbox dkim makes a key, prints its record, and never the key', async () => {
  const address = 'support@desk.example'
  const { out } = await maildesk('mailbox', 'dkim', address, '--selector', 's1')
  expect(out).toMatch(/^s1\._domainkey\.desk\.example\. IN TXT "v=DKIM1; k=rsa; p=/)
  const { dkim_secret } = await database.db('mailboxes').where({ address }).first()
  expect(dkim_secret).not.toContain('PRIVATE KEY')
})

test('outbound retry has a result for each mail', async () => {
  const nobody = '00000000-0000-7000-8000-000000000000'
  const results = await maildesk('outbound', 'retry', nobody, nobody.replace('8000', '9000'), '--json')
  expect(json(results)).toMatchObject([
    { id: nobody, outcome: 'refused', code: 'request.not-found' },
    { outcome: 'refused', code: 'request.not-found' },
  ])
})

test('outbound list and show', async () => {
  expect(json(await maildesk('outbound', 'list', '--json'))).toEqual([])
  expect(await maildesk('outbound', 'show', '00000000-0000-7000-8000-000000000000')).toMatchObject({
    code: 1,
  })
})

test('token create prints the token once and keeps only its hash', async () => {
  expect((await maildesk('token', 'create', 'ada@desk.example')).err).toContain(
    'maildesk user add ada@desk.example',
  )
  await maildesk('user', 'add', 'ada@desk.example', '--role', 'admin')
  const { token } = json<{ token: string }>(await maildesk('token', 'create', 'ada@desk.example', '--json'))
  expect(token.length).toBeGreaterThan(20)
  expect(JSON.stringify(await database.db('api_tokens'))).not.toContain(token)
})

test('user address says which addresses are one person', async () => {
  await maildesk('user', 'add', 'mary@desk.example', '--role', 'customer')
  await maildesk('user', 'address', 'add', 'mary@desk.example', 'mary@HOME.example')
  const { out } = await maildesk('user', 'address', 'list', 'mary@home.example')
  expect(out.trim().split('\n')).toEqual(['mary@desk.example', 'mary@home.example'])
})

test('user notify shows and changes what an agent is told of, and knows its words', async () => {
  await maildesk('user', 'add', 'grace@desk.example')
  const shown = await maildesk(
    'user',
    'notify',
    'grace@desk.example',
    '--on',
    'new_ticket',
    '--off',
    'escalation',
  )
  expect(shown.out).toContain('assignment on (default)\n')
  expect(shown.out).toContain('new_ticket on\nescalation off\n')
  const wrong = await maildesk('user', 'notify', 'grace@desk.example', '--on', 'everything')
  expect([wrong.code, wrong.err]).toEqual([
    1,
    expect.stringContaining('there are assignment, customer_reply'),
  ])
})

test('doctor exits 1 for what is broken and 0 when all is well', async () => {
  type Checks = { check: string; ok: boolean; detail: string }[]
  const broken = await maildesk('doctor', '--json')
  expect(broken.code).toBe(1)
  const failed = (JSON.parse(broken.out) as Checks).filter(({ ok }) => !ok)
  // The mailbox added above has no server behind it.
  expect(failed).toEqual([
    { check: 'support@desk.example imap', ok: false, detail: expect.stringContaining('imap.') },
  ])
  await database.db('mailboxes').update({ is_active: false })
  expect(json<Checks>(await maildesk('doctor', '--json')).map(({ check }) => check)).toEqual([
    'database',
    'schema',
    'clock',
    'queue',
    'storage',
  ])
  const away = await runMaildesk(['doctor', '--json'], {
    ...env,
    DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/none`,
  })
  expect(away.code).toBe(1)
  expect((JSON.parse(away.out) as Checks)[0]).toMatchObject({ check: 'database', ok: false })
})

test('an address is suppressed, listed and lifted', async () => {
  const added = await maildesk('suppression', 'add', 'Ada@customer.example', '--scope', 'all', '--days', '3')
  expect(added).toMatchObject({ code: 0, out: 'suppressed Ada@customer.example\n' })
  expect(json<object[]>(await maildesk('suppression', 'list', '--json'))).toMatchObject([
    { address: 'ada@customer.example', scope: 'all', reason: 'manual' },
  ])
  expect(await maildesk('suppression', 'lift', 'ada@customer.example')).toMatchObject({ code: 0 })
  expect(await maildesk('suppression', 'lift', 'ada@customer.example')).toMatchObject({ code: 1 })
})
