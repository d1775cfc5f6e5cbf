import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { addMailbox, deskDeps, fileMail, rawMail, type TestDesk } from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, expect, test } from 'vitest'

let database: TestDatabase
let desk: TestDesk

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await deskDeps(database)
})
afterAll(async () => {
  await desk.close()
  await database.drop()
})

const megabyte = 1024 * 1024
/** What this process may hold more than before while such a mail is filed; its parser is another process. */
const mostRise = 60 * megabyte

test('30 MB in 2,000 parts are held with a reason, in bounded memory, and the mails around go on (scenario 18)', async () => {
  const mailbox = await addMailbox(desk, 1)
  const part = `--b\r\nContent-Type: application/octet-stream\r\n\r\n${'x'.repeat(15_000)}\r\n`
  const bomb = rawMail({
    To: mailbox.address,
    'Content-Type': 'multipart/mixed; boundary=b',
    body: `${part.repeat(2000)}--b--\r\n`,
  })
  expect(bomb.length).toBeGreaterThan(30_000_000)
  const before = process.memoryUsage.rss()
  const [good, bad, other] = await Promise.all([
    fileMail(desk, mailbox, rawMail({ To: mailbox.address })),
    fileMail(desk, mailbox, bomb),
    fileMail(desk, mailbox, rawMail({ To: mailbox.address })),
  ])
  expect(process.memoryUsage.rss() - before).toBeLessThan(mostRise)
  expect(bad).toMatchObject({ status: 'quarantined', outcome: 'dead_letter', reason: 'limit-exceeded' })
  expect(await desk.blobs.sizeOf(bad.raw_key)).toBe(bomb.length)
  expect([good, other].map(({ outcome }) => outcome)).toEqual(['new_ticket', 'new_ticket'])
})
