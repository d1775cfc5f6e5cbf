// A hostile mail, from its bytes through parser and ledger to what the API gives a reader.
import { createTestDatabase, seedMailbox, type TestDatabase } from '@maildesk/testkit'
import { deskDeps, fileMail, rawMail, type TestDesk as Worker } from '@maildesk/testkit/desk-deps'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestDesk, type TestDesk } from '../../../tests/test-desk.ts'

let database: TestDatabase
let desk: TestDesk
let worker: Worker
let mailbox: Awaited<ReturnType<typeof seedMailbox>>

beforeAll(async () => {
  database = await createTestDatabase()
  desk = await openTestDesk(database.db)
  worker = await deskDeps(database, { blobs: desk.deps.blobs })
  mailbox = await seedMailbox(database.db, { address: 'support@desk.example' })
})
beforeEach(() => {
  desk.logged.length = 0
})
afterAll(async () => {
  await worker?.close()
  await desk?.close()
  await database?.drop()
})

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from('pixels')])
interface File {
  readonly cid: string
  readonly type: string
  readonly bytes: Buffer
  readonly name?: string
}

/** Files a mail of this HTML and these pictures; gives its ticket. */
async function file(html: string, files: readonly File[] = []): Promise<string> {
  const part = (fields: readonly string[], body: string) =>
    `--edge\r\n${fields.join('\r\n')}\r\n\r\n${body}\r\n`
  const raw = rawMail({
    'MIME-Version': '1.0',
    'Content-Type': 'multipart/related; boundary=edge',
    body: [
      part(['Content-Type: text/html; charset=utf-8'], html),
      ...files.map(({ cid, type, bytes, name = 'picture' }) =>
        part(
          [
            `Content-Type: ${type}`,
            `Content-Disposition: inline; filename="${name}"`,
            `Content-ID: <${cid}>`,
            'Content-Transfer-Encoding: base64',
          ],
          bytes.toString('base64'),
        ),
      ),
      '--edge--\r\n',
    ].join(''),
  })
  const { ticket_id } = await fileMail(worker, mailbox, raw)
  return ticket_id as string
}
/** Files a mail; gives its one message as an admin sees it. */
async function shown(html: string, files: readonly File[] = []) {
  return read(await file(html, files))
}
async function read(ticket: string) {
  const response = await desk.get(`/api/v1/tickets/${ticket}/messages`, { as: 'admin' })
  expect(response.statusCode, response.body).toBe(200)
  return response.json().items[0]
}

test('a mail with a script and a picture from elsewhere comes out harmless, with its own picture in place', async () => {
  const message = await shown(
    '<p onclick=C()>Hello<script>C()</script> <img src="cid:logo@x" alt="Logo"><img src="https://e.example/t.gif" alt="Ad"><a href="javascript:C()">go</a></p>',
    [{ cid: 'logo@x', type: 'image/png', bytes: png }],
  )
  const [{ id }] = message.attachments
  expect(message.message_html).toBe(
    `<p>Hello <img src="/api/v1/attachments/${id}/content?inline=true" alt="Logo" /><img data-blocked="remote" alt="Ad" /><a>go</a></p>`,
  )
  expect(message).toMatchObject({ blocked_image_count: 1, is_html_cut: false })
  const picture = await desk.get(`/api/v1/attachments/${id}/content?inline=true`, { as: 'admin' })
  expect(picture.rawPayload).toEqual(png)
  expect(picture.headers).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
  })
  expect(picture.headers['content-disposition']).toMatch(/^inline; /)
  expect((await read(message.ticket_id)).message_html).toBe(message.message_html)
})

test('a message without HTML has none', async () => {
  const { ticket_id } = await fileMail(worker, mailbox, rawMail({ body: '<b>plain</b>\r\n' }))
  expect(await read(ticket_id as string)).toMatchObject({ message_html: null, blocked_image_count: 0 })
})

test.each([
  ['HTML that says it is a picture', 'image/png', '<script>C()</script>'],
  ['a vector picture', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" onload="C()"/>'],
  ['a vector picture as XML', 'text/xml', '<svg xmlns="http://www.w3.org/2000/svg" onload="C()"/>'],
  ['HTML in an odd encoding', 'text/html; charset=utf-7', '+ADw-script+AD4-C()'],
  ['a PDF', 'application/pdf', '%PDF-1.7 /JavaScript'],
  ['nothing', 'image/png', ''],
])('%s is neither put in place nor shown by a browser', async (_what, type, text) => {
  const message = await shown('<p>See <img src="cid:a@b" alt="it"></p>', [
    { cid: 'a@b', type, bytes: Buffer.from(text) },
  ])
  expect(message.message_html).toBe('<p>See <img alt="it" /></p>')
  for (const { id } of message.attachments) {
    const { headers } = await desk.get(`/api/v1/attachments/${id}/content?inline=true`, { as: 'admin' })
    expect(headers['content-disposition']).toMatch(/^attachment; /)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    })
  }
})

test('a picture that also reads as a script is sent as the picture it is', async () => {
  const message = await shown('<img src="cid:a@b">', [
    { cid: 'a@b', type: 'image/gif', bytes: Buffer.from('GIF89a/*\0*/=C()') },
  ])
  const { headers } = await desk.get(`/api/v1/attachments/${message.attachments[0].id}/content?inline=true`, {
    as: 'admin',
  })
  expect(headers).toMatchObject({ 'content-type': 'image/gif', 'x-content-type-options': 'nosniff' })
})

test("a mail gets at nobody else's pictures, and not at its own by their address", async () => {
  const theirs = await shown('<img src="cid:a@b">', [{ cid: 'a@b', type: 'image/png', bytes: png }])
  const [{ id }] = theirs.attachments
  const mine = await shown(`<img src="cid:a@b"><img src="/api/v1/attachments/${id}/content?inline=true">`)
  expect(mine.message_html).toBe('<img /><img data-blocked="remote" />')
})

test('names of files stay in their header field and never end it', async () => {
  const names = [
    '\u200b.htaccess',
    '..%2f..%2fx',
    '/etc/passwd',
    'a;b\\"c',
    'a.php\u202e',
    '',
    '.',
    "it's (1)*",
  ]
  const message = await shown(
    '<p>x</p>',
    names.map((name, n) => ({ cid: `${n}@x`, type: 'image/png', bytes: png, name })),
  )
  expect(message.attachments).toHaveLength(names.length)
  for (const { id, filename } of message.attachments) {
    for (const ending of ['', '?inline=true', '?inline=false']) {
      const { headers } = await desk.get(`/api/v1/attachments/${id}/content${ending}`, { as: 'admin' })
      const field = String(headers['content-disposition'])
      expect(field).toMatch(/^(?:inline|attachment); filename="[^"\\%;]+"; filename\*=UTF-8''[!-~]+$/)
      expect(decodeURIComponent(field.slice(field.indexOf("''") + 2))).toBe(filename)
    }
  }
  const [{ id }] = message.attachments
  expect((await desk.get(`/api/v1/attachments/${id}/content?inline=maybe`, { as: 'admin' })).statusCode).toBe(
    400,
  )
})

test('a picture whose bytes cannot be read leaves a readable message, and comes back with them', async () => {
  const ticket = await file('<p>See <img src="cid:a@b"></p>', [{ cid: 'a@b', type: 'image/png', bytes: png }])
  const { blobs } = desk.deps
  const { open } = blobs
  try {
    blobs.open = () => Promise.reject(new Error('the disk is away'))
    expect((await read(ticket)).message_html).toBe('<p>See <img /></p>')
    expect(desk.logged.map(({ message }) => message)).toEqual(['picture not readable'])
  } finally {
    blobs.open = open
  }
  expect((await read(ticket)).message_html).toContain('/content?inline=true')
})

test('a mail that cannot be rendered in time shows its text, is told in the log, and is not tried again', async () => {
  const { render } = desk.deps.htmlRenderer
  let asked = 0
  try {
    desk.deps.htmlRenderer.render = async () => {
      asked += 1
      return asked === 1 ? 'busy' : 'too-costly'
    }
    const message = await shown('<p>slow</p>')
    expect(message).toMatchObject({ message_html: null, message_text: expect.stringContaining('slow') })
    await read(message.ticket_id)
    await read(message.ticket_id)
    expect(asked).toBe(2)
    expect(desk.logged.map(({ message: said }) => said)).toEqual(['html not rendered', 'html not rendered'])
  } finally {
    desk.deps.htmlRenderer.render = render
  }
})

test('what is longer than we show is cut and says so', async () => {
  const message = await shown(`<p>${'word '.repeat(150_000)}</p>`)
  expect(message.is_html_cut).toBe(true)
  expect(message.message_html.length).toBeLessThan(600_000)
  expect(message.message_html).toMatch(/<\/p>$/)
})
