// Nothing that a stranger wrote becomes a field, a recipient, a body or a command of a reply of ours.
import { composeReply, type Log, type Rfc822Id } from '@maildesk/core'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildMime } from './build-mime.ts'
import { createMailer } from './smtp-mailer.ts'
import { isSendable, strictAddress } from './strict-address.ts'
import { type ScriptedSmtpServer, startScriptedSmtpServer } from './testing/scripted-smtp-server.ts'

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
let server: ScriptedSmtpServer

beforeAll(async () => {
  server = await startScriptedSmtpServer({})
})
afterAll(() => server.close())

/** What injections are made of, in any order, and some that worked elsewhere. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(
      ...'\r\n\0\t :,;<>"()@=?.-\\/&%',
      'a',
      'é',
      '\u2028',
      '\u0085',
      '\x7f',
      '\ud800',
      '\r\n',
    ),
    maxLength: 60,
  }),
  fc.constantFrom(
    'a\r\nBcc: v@evil.example',
    'a\r\n\r\n--=_maildesk-1\r\nContent-Type: text/html\r\n\r\n<b>',
    '=?utf-8?q?=0D=0ABcc:_v@evil.example?=',
    '\r\n.\r\nMAIL FROM:<v@evil.example>\r\n',
    '"<v@evil.example>,',
    '</blockquote></div><script>',
    `${'é'.repeat(1500)}`,
  ),
)
const address = fc.oneof(
  hostile,
  hostile.map((text) => `${text}@customer.example`),
  hostile.map((text) => `a@${text}.example`),
  fc.constantFrom('ada@customer.example', 'x@y.example>\r\nRCPT TO:<v@evil.example', 'a@b.example\nDATA'),
)
const strings = fc.record({
  name: hostile,
  author: hostile,
  desk: hostile,
  text: hostile,
  signature: hostile,
  subject: hostile,
  title: hostile,
  id: hostile,
  topic: hostile,
  index: fc.oneof(hostile, fc.constant(Buffer.alloc(22, 1).toString('base64'))),
  writer: hostile,
  quoted: hostile,
  language: hostile,
  filename: hostile,
  contentType: hostile,
  copies: fc.uniqueArray(address, { maxLength: 4, selector: (one) => one.toLowerCase() }),
})

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

async function build(given: typeof strings extends fc.Arbitrary<infer Given> ? Given : never) {
  const cc = given.copies.filter(isSendable)
  const onTheWire = cc.map((one) => strictAddress(one) ?? '')
  const composed = composeReply(
    {
      to: { name: given.name, address: 'ada@customer.example' },
      cc: cc.map((one) => ({ name: given.name, address: one })),
      authorName: given.author,
      text: `text ${given.text}`,
      history: [{ writtenAt: new Date(0), writer: given.writer, text: given.quoted, html: null }],
    },
    {
      ticketNumber: '42',
      title: given.title,
      answered: {
        messageId: given.id as Rfc822Id,
        references: [given.id, given.subject] as Rfc822Id[],
        subject: given.subject,
        threadIndex: given.index,
        threadTopic: given.topic,
      },
    },
    {
      address: 'support@desk.example',
      displayName: given.desk,
      subAddressing: true,
      signature: given.signature,
      signatureHtml: '',
      language: given.language,
    },
    { nonce: 'abcdefgh', now: new Date('2026-11-22T10:00:00Z'), tokenKeys: ['k'.repeat(32)] },
  )
  const file = {
    filename: given.filename,
    contentType: given.contentType,
    open: async () => bytesOf('bytes'),
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of buildMime(composed, [file])) chunks.push(chunk)
  return { raw: Buffer.concat(chunks), cc, onTheWire, composed }
}

const always = ['content-type', 'date', 'from', 'message-id', 'mime-version', 'reply-to', 'subject', 'to']
const sometimes = ['cc', 'in-reply-to', 'references', 'thread-index', 'thread-topic']

test('a reply has our fields, our recipients and its two bodies, whatever the strings in it', async () => {
  await fc.assert(
    fc.asyncProperty(strings, async (given) => {
      const { raw, onTheWire, composed } = await build(given)
      const mail = await PostalMime.parse(raw)
      const names = mail.headers.map(({ key }) => key)
      expect(new Set(names).size).toBe(names.length)
      expect(names.filter((name) => !sometimes.includes(name)).sort()).toEqual(always)
      const people = [mail.from, ...(mail.to ?? []), ...(mail.cc ?? []), ...(mail.bcc ?? [])]
      expect(people.map((one) => one?.address?.toLowerCase())).toEqual(
        ['support@desk.example', 'ada@customer.example', ...onTheWire].map((one) => one.toLowerCase()),
      )
      expect(mail.replyTo?.map((one) => one.address)).toEqual([composed.replyTo?.address])
      expect(mail.messageId).toBe(`<${composed.messageId}>`)
      expect(mail.attachments).toHaveLength(1)
      expect(mail.text?.startsWith('text')).toBe(true)
      // The HTML holds no tag but those we write.
      const tags = [...(mail.html ?? '').matchAll(/<\/?([a-z!]*)/gi)].map(([, name]) => name)
      expect(tags.filter((name) => !['a', 'blockquote', 'br', 'div', 'p'].includes(name ?? ''))).toEqual([])
      expect((mail.html ?? '').match(/data-ref=/g)?.length).toBeGreaterThan(0)
    }),
    { numRuns: 150 },
  )
})

test('a server hears one sender and the recipients that were meant, whatever stands in the mail', async () => {
  await fc.assert(
    fc.asyncProperty(strings, async (given) => {
      const { raw, cc, onTheWire } = await build(given)
      const to = ['ada@customer.example', ...cc]
      const before = { commands: server.commands.length, bodies: server.bodies.length }
      const result = await createMailer({ log: silent }).send(
        { host: '127.0.0.1', port: server.port, tls: 'none', user: null, password: null },
        { from: 'support+t1@desk.example', to },
        async () => bytesOf(raw.toString('latin1')),
        async () => undefined,
      )
      expect(result.outcome).toBe('accepted')
      expect(result.recipients.map((one) => one.address).sort()).toEqual([...to].sort())
      const said = server.commands.slice(before.commands).filter((line) => !/^(?:EHLO|QUIT)/.test(line))
      expect(said.map((line) => line.replace(/> .*$/, '>'))).toEqual([
        'MAIL FROM:<support+t1@desk.example>',
        ...[...new Set(['ada@customer.example', ...onTheWire])].map((one) => `RCPT TO:<${one}>`),
        'DATA',
      ])
      expect(server.bodies).toHaveLength(before.bodies + 1)
    }),
    { numRuns: 40 },
  )
})

test('an address that is more than an address is sent nothing', async () => {
  await fc.assert(
    fc.asyncProperty(address, address, async (from, to) => {
      const before = server.commands.length
      await createMailer({ log: silent }).send(
        { host: '127.0.0.1', port: server.port, tls: 'none', user: null, password: null },
        { from, to: [to] },
        async () => bytesOf('Subject: x\r\n\r\nx\r\n'),
        async () => undefined,
      )
      const said = server.commands.slice(before).filter((line) => /^(?:MAIL|RCPT|DATA)/i.test(line))
      expect(said.filter((line) => /^MAIL/i.test(line)).length).toBeLessThanOrEqual(1)
      expect(said.filter((line) => /^RCPT/i.test(line)).length).toBeLessThanOrEqual(1)
      expect(
        server.commands
          .slice(before)
          .filter((line) => !/^(?:EHLO|HELO|MAIL FROM:<|RCPT TO:<|DATA$|QUIT|RSET|STARTTLS)/i.test(line)),
      ).toEqual([])
    }),
    { numRuns: 60 },
  )
})
