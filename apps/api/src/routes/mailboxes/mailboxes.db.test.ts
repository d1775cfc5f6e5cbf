import { mailboxSettingNames } from '@maildesk/core'
import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDesk, type TestDesk } from '../../../tests/test-desk.ts'

let database: TestDatabase
let desk: TestDesk

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await openTestDesk(database.db)
})
afterAll(async () => {
  await desk?.close()
  await database?.drop()
})

const servers = {
  ...{ imap_host: 'imap.desk.example', imap_port: 993, imap_user: 'support' },
  ...{ smtp_host: 'smtp.desk.example', smtp_port: 587, smtp_user: 'support' },
}
const add = (fields: object) => desk.post('/api/v1/mailboxes', { as: 'admin', json: fields })

test('a mailbox is added, shown and changed; its passwords go in and never come out', async () => {
  const added = await add({ address: 'support@desk.example', ...servers, imap_password: 'a canary' })
  expect(added.statusCode, added.body).toBe(201)
  const url = added.headers.location as string
  expect(added.json()).toMatchObject({
    ...servers,
    version: 1,
    folders: [{ name: 'INBOX', purpose: 'inbox' }],
  })
  expect(Object.keys(added.json())).toEqual(expect.arrayContaining([...mailboxSettingNames]))
  const changed = await desk.ask('PATCH', url, {
    as: 'admin',
    headers: { 'if-match': '"1"' },
    json: {
      form_senders: ['Form@shop.example'],
      reopen_days: null,
      smtp_password: 'a canary',
      is_active: false,
    },
  })
  expect(changed.statusCode, changed.body).toBe(200)
  expect(changed.headers.etag).toBe('"2"')
  const shown = await desk.get(url, { as: 'admin' })
  expect(shown.json()).toMatchObject({ form_senders: ['form@shop.example'], is_active: false, version: 2 })
  expect(shown.json()).toEqual(changed.json())
  expect(shown.body).not.toMatch(/canary|secret/)
  const row = await desk.deps.db('mailboxes').first()
  expect(row).toMatchObject({
    imap_secret: expect.stringMatching(/^s1\./),
    smtp_secret: expect.stringMatching(/^s1\./),
  })
  const late = await desk.ask('PATCH', url, {
    as: 'admin',
    headers: { 'if-match': '"1"' },
    json: { undo_seconds: 1 },
  })
  expect(late.statusCode).toBe(412)
})

test('an address is there once, and faults name the field', async () => {
  expect((await add({ address: 'twice@desk.example' })).statusCode).toBe(201)
  expect((await add({ address: 'Twice@desk.example' })).statusCode).toBe(409)
  const faults = async (fields: object) => {
    const answer = await add({ address: `m${Math.random()}@desk.example`, ...fields })
    expect(answer.statusCode).toBe(400)
    return answer.json().errors.map(({ field }: { field: string }) => field)
  }
  expect(await faults({ undo_seconds: 3601 })).toEqual(['undo_seconds'])
  expect(await faults({ after_processing: 'move' })).toEqual(['after_folder'])
  expect(await faults({ form_senders: ['nobody'] })).toEqual(['form_senders'])
  expect(await faults({ imap_secret: 'x' })).toEqual(['imap_secret'])
})
