import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { afterEach, expect, test } from 'vitest'
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from './start-smtp-sink.ts'

const MAIL = 'Subject: Hello\r\n\r\nFirst\r\n.dot\r\n..two dots\r\nLast\r\n'
const ENVELOPE = { from: 'desk@example.com', to: ['ann@example.org', 'bob@example.net'] }

let sink: SmtpSink | undefined

afterEach(async () => {
  await sink?.stop()
  sink = undefined
})

async function open(options?: SmtpSinkOptions): Promise<SmtpSink> {
  sink = await startSmtpSink(options)
  return sink
}

test('a mail is kept with its envelope and exactly its bytes', async () => {
  const sink = await open()
  await send(sink, MAIL)
  expect(sink.transactions).toMatchObject([
    { from: ENVELOPE.from, recipients: ENVELOPE.to, finalReply: '250 2.0.0 taken' },
  ])
  expect(String(sink.transactions[0]?.raw)).toBe(MAIL)
})

test('a mail of many chunks and one of dots alone are kept whole', async () => {
  const sink = await open()
  const big = `Subject: Big\r\n\r\n${'.0123456789abcdef\r\n'.repeat(200_000)}`
  for (const mail of [big, '.\r\n..\r\n']) await send(sink, mail)
  expect(sink.transactions[0]?.raw.equals(Buffer.from(big))).toBe(true)
  expect(String(sink.transactions[1]?.raw)).toBe('.\r\n..\r\n')
})

test('a scripted answer is given once and the next mail is taken', async () => {
  const sink = await open()
  sink.script({ at: 'mail', action: { reply: '451 4.3.0 later' } })
  await expect(send(sink, MAIL)).rejects.toMatchObject({ responseCode: 451 })
  await send(sink, MAIL)
  expect(sink.transactions).toHaveLength(1)
})

test('one recipient can be refused while the others are taken', async () => {
  const sink = await open()
  sink.script({
    at: 'rcpt',
    recipient: /^bob@/,
    action: { reply: '550 5.1.1 no such user' },
    times: Infinity,
  })
  expect(await send(sink, MAIL)).toMatchObject({
    accepted: ['ann@example.org'],
    rejected: ['bob@example.net'],
  })
  expect(sink.transactions[0]?.recipients).toEqual(['ann@example.org'])
})

test('a mail refused after its last byte is kept together with the refusal', async () => {
  const sink = await open()
  sink.script({ at: 'final', action: { reply: '554 5.7.1 no' } })
  await expect(send(sink, MAIL)).rejects.toMatchObject({ responseCode: 554 })
  expect(sink.transactions).toMatchObject([{ finalReply: '554 5.7.1 no' }])
})

test('a drop instead of the last answer leaves the sender unsure and the mail kept', async () => {
  const sink = await open()
  sink.script({ at: 'final', action: { drop: true } })
  await expect(send(sink, MAIL)).rejects.toThrow()
  expect(sink.transactions).toMatchObject([{ finalReply: undefined }])
})

test.each(['connect', 'ehlo', 'mail', 'rcpt', 'data', 'body'] as const)(
  'a drop at %s keeps no mail',
  async (at) => {
    const sink = await open()
    sink.script({ at, action: { drop: true } })
    await expect(send(sink, MAIL)).rejects.toThrow()
    expect(sink.transactions).toEqual([])
    expect(sink.connectionCount()).toBe(1)
  },
)

test('a connection dropped in the middle of the mail or of an answer keeps no mail', async () => {
  const sink = await open()
  sink.script({ at: 'body', action: { dropAfterBytes: 10 } })
  await expect(send(sink, MAIL)).rejects.toThrow()
  sink.script({ at: 'ehlo', action: { dropAfterBytes: 3 } })
  await expect(send(sink, MAIL)).rejects.toThrow()
  expect(sink.transactions).toEqual([])
})

test('a stall delays and can be followed by another action', async () => {
  const sink = await open()
  sink.script({ at: 'data', action: { stallMs: 50 } })
  sink.script({ at: 'data', action: { reply: '421 4.3.2 going down' } })
  const started = performance.now()
  await expect(send(sink, MAIL)).rejects.toMatchObject({ responseCode: 421 })
  expect(performance.now() - started).toBeGreaterThan(45)
})

test('a long stall neither outlives its client nor holds up the end', async () => {
  const sink = await open()
  sink.script({ at: 'connect', action: { stallMs: 3_600_000 } })
  await expect(send(sink, MAIL, { greetingTimeout: 50 })).rejects.toThrow(/greeting/i)
  await sink.stop()
})

test('SIZE is advertised and held', async () => {
  const sink = await open({ maxBytes: 100 })
  await expect(send(sink, 'x'.repeat(200))).rejects.toMatchObject({ responseCode: 552 })
})

test('a log-in is asked for and checked', async () => {
  const sink = await open({ auth: { user: 'desk', pass: 'right' } })
  await send(sink, MAIL, { credentials: { user: 'desk', pass: 'right' } })
  await expect(send(sink, MAIL, { credentials: { user: 'desk', pass: 'wrong' } })).rejects.toMatchObject({
    responseCode: 535,
  })
  expect(sink.transactions).toHaveLength(1)
})

interface SendOptions {
  greetingTimeout?: number
  credentials?: { user: string; pass: string }
}

/** Sends with nodemailer's own SMTP client, so that what it makes of each misbehaviour is seen. */
function send({ port }: SmtpSink, mail: string, { greetingTimeout = 5_000, credentials }: SendOptions = {}) {
  const connection = new SMTPConnection({ host: '127.0.0.1', port, ignoreTLS: true, greetingTimeout })
  const sent = new Promise((resolve, reject) => {
    // nodemailer keeps its state in the envelope it is given, so each mail gets one of its own
    const deliver = () =>
      connection.send(structuredClone(ENVELOPE), mail, (error, info) =>
        error ? reject(error) : resolve(info),
      )
    connection.on('error', reject)
    connection.on('end', () => reject(new Error('the connection ended')))
    connection.connect((error) => {
      if (error) reject(error)
      else if (credentials)
        connection.login({ credentials }, (refused) => (refused ? reject(refused) : deliver()))
      else deliver()
    })
  })
  return sent.finally(() => connection.close())
}
