import { readdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@maildesk/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ActorName, openTestDesk, type TestDesk, uploadBody } from '../../../tests/test-desk.ts'

let database: TestDatabase
let desk: TestDesk
let ticket: string
let origin: string

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await openTestDesk(database.db)
  ticket = (
    await desk.post('/api/v1/tickets', { as: 'customer', json: { title: 'Files', message_text: 'm' } })
  ).json().id
  origin = await desk.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await desk?.close()
  await database?.drop()
})

const upload = (
  file: Parameters<typeof uploadBody>[1],
  more: {
    as?: ActorName
    headers?: Record<string, string>
    to?: string | undefined
    fieldname?: string
  } = {},
) => {
  const { payload, headers } = uploadBody('to' in more ? more.to : ticket, file, more.fieldname)
  return desk.post('/api/v1/attachments', {
    as: more.as ?? 'customer',
    payload,
    headers: { ...headers, ...more.headers },
  })
}
const text = (bytes: string, name = 'a.txt') => ({ name, type: 'text/plain', bytes })
const blobFiles = async (folder = 'blobs') =>
  (await readdir(join(desk.folder, 'blobs', folder), { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile(),
  )

test('an upload comes back byte for byte, as a download that no browser runs', async () => {
  const bytes = Buffer.from('<script>alert(1)</script>')
  const response = await upload({ name: 'Größe x.html', type: 'text/html; charset=utf-7', bytes })
  expect(response.statusCode).toBe(201)
  const attachment = response.json()
  expect(attachment).toMatchObject({
    filename: 'Größe x.html',
    content_type: 'text/html',
    file_size: bytes.length,
    message_id: null,
    source: 'web',
  })
  const download = await desk.get(`/api/v1/attachments/${attachment.id}/content`, { as: 'customer' })
  expect(download.rawPayload).toEqual(bytes)
  expect(download.headers).toMatchObject({
    'content-type': 'text/html',
    'content-length': String(bytes.length),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
  })
  expect(download.headers['content-disposition']).toMatch(
    /^attachment; filename="[ -~]+"; filename\*=UTF-8''[!-~]+$/,
  )
})

test('names from outside never become paths or header fields', async () => {
  for (const name of [
    '\u200b.htaccess',
    '../../etc/passwd',
    '..\\x',
    'CON',
    '.',
    'a.php\u202e',
    `${'x'.repeat(5000)}.pdf`,
    'a;b',
    "it's (1)*.txt",
    'ä%0d%0aX-Y: z.txt',
  ]) {
    const response = await upload(text(`named ${name.length}`, name))
    expect(response.statusCode, name).toBe(201)
    const { id, filename } = response.json()
    expect(filename, name).not.toMatch(/^\.|[\\/\p{Cc}\p{Cf}]/u)
    const { headers } = await desk.get(`/api/v1/attachments/${id}/content`, { as: 'customer' })
    expect(headers['x-y']).toBeUndefined()
    expect(decodeURIComponent(String(headers['content-disposition']).split("UTF-8''")[1] as string)).toBe(
      filename,
    )
  }
  for (const { name } of await blobFiles()) expect(name).toMatch(/^[0-9a-f]{64}$/)
})

test('a file at the limit is kept; one byte more is refused and nothing is left of it', async () => {
  expect((await upload(text('x'.repeat(1000)))).statusCode).toBe(201)
  const [before, rows] = [await blobFiles(), await desk.deps.db('attachments')]
  const large = await upload(text('y'.repeat(1001)))
  expect([large.statusCode, large.json().code]).toEqual([413, 'request.too-large'])
  expect(await blobFiles()).toHaveLength(before.length)
  expect(await desk.deps.db('attachments')).toHaveLength(rows.length)
})

test('a huge upload on a real connection is refused while it is sent', async () => {
  const { payload, headers } = uploadBody(ticket, text('z'.repeat(3_000_000)))
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sending = httpRequest(
      `${origin}/api/v1/attachments`,
      { method: 'POST', headers: { ...headers, authorization: `Bearer ${desk.tokens.customer}` } },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
    sending.on('error', reject)
    sending.end(payload)
  })
  expect(status).toBe(413)
})

test('types that are not on the list are refused', async () => {
  for (const type of [
    'application/x-msdownload',
    'application/javascript',
    'nonsense',
    'text/',
    'image/svg xml',
  ]) {
    const response = await upload({ name: 'a', type, bytes: 'a' })
    expect([response.statusCode, response.json().code], type).toEqual([415, 'request.unsupported-type'])
  }
  const json = await desk.post('/api/v1/attachments', { as: 'customer', json: { ticket_id: ticket } })
  expect(json.statusCode).toBe(415)
})

test('an upload without its parts is refused by name', async () => {
  const fields = async (response: ReturnType<typeof upload>) => {
    const { statusCode, body } = await response
    return [statusCode, ...(JSON.parse(body).errors ?? []).map(({ field }: { field: string }) => field)]
  }
  expect(await fields(upload(undefined))).toEqual([400, 'file'])
  expect(await fields(upload(text('a'), { to: undefined }))).toEqual([400, 'ticket_id'])
  expect(await fields(upload(text('a'), { fieldname: 'avatar' }))).toEqual([400, 'avatar', 'file'])
  expect((await upload(text('a'), { to: '../x' })).statusCode).toBe(404)
  expect((await upload(text('a'), { as: 'stranger' })).statusCode).toBe(404)
})

test('with a key, the same upload twice is one attachment, and another file is refused', async () => {
  const headers = { 'idempotency-key': 'upload-1' }
  const [one, two] = await Promise.all([upload(text('same'), { headers }), upload(text('same'), { headers })])
  expect(one.body).toBe(two.body)
  expect((await upload(text('other'), { headers })).statusCode).toBe(422)
})

test('what a mail brought and an upload may not be is for admins', async () => {
  const { id } = (await upload(text('restricted'))).json()
  await desk.deps.db('attachments').where({ id }).update({ restricted_reason: 'type-not-allowed' })
  for (const [as, status] of [
    ['customer', 403],
    ['provider', 403],
    ['stranger', 404],
    ['admin', 200],
  ] as const) {
    expect((await desk.get(`/api/v1/attachments/${id}/content`, { as })).statusCode, as).toBe(status)
  }
})

test('of changed bytes nobody gets a complete answer', async () => {
  const { id, file } = (await upload(text('true bytes'))).json()
  const path = join(desk.folder, 'blobs', 'blobs', file.slice(0, 2), file)
  const bytes = await readFile(path)
  bytes[0] = 0x46
  await writeFile(path, bytes)
  const small = await desk.get(`/api/v1/attachments/${id}/content`, { as: 'customer' })
  expect([small.statusCode, small.json().code]).toEqual([500, 'blob.corrupt'])
  expect(small.body).not.toContain(file)
  await unlink(path)
  const missing = await desk.get(`/api/v1/attachments/${id}/content`, { as: 'customer' })
  expect([missing.statusCode, missing.json().code]).toEqual([500, 'blob.missing'])
  expect(desk.logged.filter(({ message }) => message === 'request failed')).toHaveLength(2)
})

test('a large file whose end was changed breaks the connection off', async () => {
  const stored = await desk.deps.blobs.put([Buffer.alloc(1_000_000, 'a')])
  const id = desk.deps.ids.uuid()
  const row = {
    id,
    ticket_id: ticket,
    uploaded_by_id: desk.users.customer.id,
    file: stored.key,
    filename: 'large.bin',
    file_size: stored.size,
    content_type: 'text/plain',
    source: 'web',
  }
  await desk.deps.db('attachments').insert(row)
  const fetchIt = async () =>
    (
      await fetch(`${origin}/api/v1/attachments/${id}/content`, {
        headers: { authorization: `Bearer ${desk.tokens.customer}` },
      })
    ).arrayBuffer()
  expect((await fetchIt()).byteLength).toBe(1_000_000)
  await writeFile(
    join(desk.folder, 'blobs', 'blobs', stored.key.slice(0, 2), stored.key),
    Buffer.alloc(1_000_000, 'b'),
  )
  await expect(fetchIt()).rejects.toThrow()
  expect(desk.logged.map(({ message }) => message)).toContain('download broken off')
})
