// The pages of /ops show nothing that came from outside: what is sent to them must not come back.
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

const canary = '<img src=x onerror=canary()>'

test('nothing of a request is in the page that answers it', async () => {
  const headers = {
    'user-agent': canary,
    'x-forwarded-for': canary,
    referer: canary,
    cookie: `maildesk_ops=${canary}`,
  }
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ token: canary, [canary]: canary }).toString()
  for (const page of [
    await desk.get(`/ops?x=${encodeURIComponent(canary)}`, { headers }),
    await desk.get('/ops', { as: 'admin', headers }),
    await desk.post('/ops/session', { payload: body, headers: form }),
    await desk.post('/ops/session/end', { payload: body, headers: form }),
  ]) {
    expect(page.body).not.toContain('canary')
    expect(JSON.stringify(page.headers)).not.toContain('canary')
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'/)
    expect(page.headers['x-content-type-options']).toBe('nosniff')
  }
})
