import type { EnvelopeResult, Log, SmtpAccess } from '@maildesk/core'
import { MaildeskError } from '@maildesk/core'
import { afterEach, describe, expect, it } from 'vitest'
import { probeSmtp } from './probe-smtp.ts'
import { createMailer, type MailerOptions } from './smtp-mailer.ts'
import {
  type Script,
  type ScriptedSmtpServer,
  startScriptedSmtpServer,
} from './testing/scripted-smtp-server.ts'

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
const envelope = { from: 'desk@example.org', to: ['a@example.org', 'b@example.org'] }
const body = 'Subject: x\r\n\r\n.dot\r\nlast line\r\n'

let server: ScriptedSmtpServer | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function start(script: Script): Promise<SmtpAccess> {
  server = await startScriptedSmtpServer(script)
  return { host: '127.0.0.1', port: server.port, tls: 'none', user: null, password: null }
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

async function send(
  script: Script,
  change: {
    access?: Partial<SmtpAccess>
    markData?: () => Promise<void>
    raw?: () => Promise<AsyncIterable<Uint8Array>>
    options?: Partial<MailerOptions>
  } = {},
): Promise<EnvelopeResult> {
  const access = { ...(await start(script)), ...change.access }
  const mailer = createMailer({
    log: silent,
    socketTimeoutMs: 2_000,
    greetingTimeoutMs: 1_000,
    connectionTimeoutMs: 2_000,
    ...change.options,
  })
  return mailer.send(
    access,
    envelope,
    change.raw ?? (() => Promise.resolve(bytes(body))),
    change.markData ?? (() => Promise.resolve()),
  )
}

describe('createMailer', () => {
  it('sends the bytes as they are and says who took them', async () => {
    const result = await send({})
    expect(result).toMatchObject({
      outcome: 'accepted',
      dataStarted: true,
      code: 250,
      response: '250 2.0.0 queued as 1',
    })
    expect(result.recipients).toMatchObject([
      { address: 'a@example.org', outcome: 'accepted', code: 250 },
      { address: 'b@example.org', outcome: 'accepted', code: 250 },
    ])
    expect(server?.bodies).toEqual(['Subject: x\r\n\r\n..dot\r\nlast line'])
    expect(server?.commands.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([
      'MAIL FROM:<desk@example.org>',
      'RCPT TO:<a@example.org>',
      'RCPT TO:<b@example.org>',
    ])
  })

  it('logs in when there is a user', async () => {
    await send({}, { access: { user: 'u', password: 'p' } })
    expect(server?.commands).toContain(`AUTH PLAIN ${Buffer.from('\0u\0p').toString('base64')}`)
  })

  it('marks after 354 and before the first byte of the body', async () => {
    const events: string[] = []
    await send(
      { beforeData: async () => void events.push('354') },
      {
        markData: async () => {
          await Promise.resolve()
          events.push(`mark at ${server?.bodyBytes()} bytes`)
        },
        raw: async () => {
          events.push('raw')
          return bytes(body)
        },
      },
    )
    expect(events).toEqual(['354', 'raw', 'mark at 0 bytes'])
  })

  it('lets no byte of the body out when the mark cannot be committed', async () => {
    const lost = new MaildeskError('smtp.lease-lost', 'another worker has it')
    await expect(send({}, { markData: () => Promise.reject(lost) })).rejects.toBe(lost)
    expect(lost.code).toBe('smtp.lease-lost')
    await server?.close()
    expect([server?.bodyBytes(), server?.bodies]).toEqual([0, []])
  })

  it('never ends the body when its source breaks', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('Subject: half\r\n')
      throw new MaildeskError('blob.corrupt', 'bytes changed')
    }
    await expect(send({}, { raw: () => Promise.resolve(broken()) })).rejects.toMatchObject({
      code: 'blob.corrupt',
    })
    expect(server?.bodies).toEqual([])
  })

  it('tells each recipient’s fate when some are refused', async () => {
    const result = await send({ rcpt: { 'b@example.org': '452 4.2.2 mailbox full' } })
    expect(result.outcome).toBe('accepted')
    expect(result.recipients).toMatchObject([
      { address: 'a@example.org', outcome: 'accepted' },
      { address: 'b@example.org', outcome: 'refused-for-now', code: 452, response: '452 4.2.2 mailbox full' },
    ])
  })

  it('tells each recipient’s fate when all are refused', async () => {
    const result = await send({ rcpt: { 'a@example.org': '550 no', 'b@example.org': '450 later' } })
    expect(result).toMatchObject({ outcome: 'refused-for-now', dataStarted: false })
    expect(result.recipients.map(({ address, outcome }) => [address, outcome])).toEqual([
      ['a@example.org', 'refused'],
      ['b@example.org', 'refused-for-now'],
    ])
  })

  it('takes a demand to log in at a recipient as the mailbox’s trouble, and refuses nobody', async () => {
    const result = await send({
      rcpt: { 'a@example.org': '530 log in first', 'b@example.org': '530 log in first' },
    })
    expect(result).toMatchObject({ outcome: 'auth-failed', dataStarted: false })
    expect(result.recipients.map(({ outcome }) => outcome)).toEqual(['refused-for-now', 'refused-for-now'])
  })

  it.each<[string, Script, Partial<EnvelopeResult>]>([
    ['421 greeting', { greeting: '421 busy' }, { outcome: 'refused-for-now', dataStarted: false, code: 421 }],
    [
      '554 greeting',
      { greeting: '554 no service' },
      { outcome: 'refused-for-now', dataStarted: false, code: 554 },
    ],
    [
      'silent hang-up before the greeting',
      { greeting: null },
      { outcome: 'refused-for-now', dataStarted: false, code: null },
    ],
    ['no greeting', { greeting: undefined }, { outcome: 'refused-for-now', dataStarted: false }],
    ['450 to MAIL', { mail: '450 wait' }, { outcome: 'refused-for-now', code: 450 }],
    ['503 to MAIL', { mail: '503 order' }, { outcome: 'refused-for-now', code: 503 }],
    ['530 to MAIL', { mail: '530 log in first' }, { outcome: 'auth-failed', code: 530 }],
    ['550 to MAIL', { mail: '550 no' }, { outcome: 'refused', code: 550 }],
    ['hang-up after MAIL', { mail: null }, { outcome: 'refused-for-now', dataStarted: false }],
    ['451 to DATA', { data: '451 later' }, { outcome: 'refused-for-now', dataStarted: false }],
    ['554 to DATA', { data: '554 no' }, { outcome: 'refused', dataStarted: false }],
    ['hang-up instead of 354', { data: null }, { outcome: 'refused-for-now', dataStarted: false }],
    [
      '452 to the end of data',
      { endOfData: '452 disk full' },
      { outcome: 'refused-for-now', dataStarted: true, code: 452 },
    ],
    [
      '554 to the end of data',
      { endOfData: '554 spam' },
      { outcome: 'refused', dataStarted: true, code: 554 },
    ],
    [
      'hang-up after the final dot',
      { endOfData: null },
      { outcome: 'uncertain', dataStarted: true, code: null },
    ],
    [
      'hang-up after all of a small body was handed over',
      { hangUpAfterBytes: 1 },
      { outcome: 'uncertain', dataStarted: true, code: null },
    ],
  ])('understands %s', async (_, script, expected) => {
    expect(await send(script)).toMatchObject(expected)
  })

  it('knows that nothing was taken when the connection breaks before the body is through', async () => {
    async function* large() {
      for (let sent = 0; sent < 1000; sent += 1) yield Buffer.from(`${'x'.repeat(70)}\r\n`.repeat(1000))
    }
    const result = await send({ hangUpAfterBytes: 1 }, { raw: async () => large() })
    expect(result).toMatchObject({ outcome: 'refused-for-now', dataStarted: true })
  })

  it('waits for the answer to the end of data, then calls it uncertain', async () => {
    const result = await send({ endOfData: undefined }, { options: { socketTimeoutMs: 300 } })
    expect(result).toMatchObject({ outcome: 'uncertain', dataStarted: true, recipients: [] })
  })

  it.each([
    ['535 5.7.8 wrong password', 'auth-failed'],
    ['534 too weak', 'auth-failed'],
    ['454 4.7.0 try later', 'refused-for-now'],
  ] as const)('understands %s to AUTH', async (auth, outcome) => {
    expect(await send({ auth }, { access: { user: 'u', password: 'p' } })).toMatchObject({
      outcome,
      dataStarted: false,
      recipients: outcome === 'auth-failed' ? [] : [{}, {}],
    })
  })

  it('sends no password where none is asked for', async () => {
    const result = await send({ ehlo: '250 test' }, { access: { user: 'u', password: 'p' } })
    expect(result.outcome).toBe('auth-failed')
    expect(server?.commands.some((line) => line.startsWith('AUTH'))).toBe(false)
  })

  it('does not go on in the clear when TLS is required', async () => {
    const result = await send({}, { access: { tls: 'starttls' } })
    expect(result).toMatchObject({ outcome: 'refused-for-now', dataStarted: false })
    expect(server?.commands.some((line) => line.startsWith('MAIL'))).toBe(false)
  })

  it.each<[string, Script, Partial<SmtpAccess>]>([
    ['garbage for a greeting', { greeting: '\x16\x03\x03 no SMTP' }, {}],
    ['clear text in a TLS handshake', {}, { tls: 'implicit' }],
    ['garbage in a TLS handshake', { greeting: '\x15\x03\x03\xff\xff\0' }, { tls: 'implicit' }],
    [
      'garbage after a yes to STARTTLS',
      { ehlo: '250-test\r\n250 STARTTLS', starttls: '220 go on\r\n\x15\x03\x03\xff\xff\0' },
      { tls: 'starttls' },
    ],
    [
      'silence after a yes to STARTTLS',
      { ehlo: '250-test\r\n250 STARTTLS', starttls: '220 go on' },
      { tls: 'starttls' },
    ],
  ])('says nothing of the mail to a server that has %s, and tries later', async (_, script, access) => {
    const options = { connectionTimeoutMs: 500, socketTimeoutMs: 500 }
    const result = await send(script, { access, options })
    expect(result).toMatchObject({ outcome: 'refused-for-now', dataStarted: false })
    expect(server?.commands.filter((line) => /^(?:MAIL|RCPT|DATA)/.test(line))).toEqual([])
  })

  it('refuses addresses that would write commands of their own', async () => {
    const access = await start({})
    const mailer = createMailer({ log: silent })
    const result = await mailer.send(
      access,
      { from: 'a@b.org', to: ['x@y.org>\r\nRCPT TO:<v@evil.org'] },
      () => Promise.resolve(bytes(body)),
      () => Promise.resolve(),
    )
    expect(result.outcome).toBe('refused')
    expect(server?.commands.some((line) => line.startsWith('RCPT'))).toBe(false)
  })

  it('bounds a reply that never ends', async () => {
    const result = await send({ greeting: '220-x\r\n'.repeat(50_000) })
    expect(result.outcome).toBe('refused-for-now')
  })

  it('reports a server that is not there', async () => {
    const access = await start({})
    await server?.close()
    const result = await createMailer({ log: silent }).send(
      access,
      envelope,
      () => Promise.resolve(bytes(body)),
      () => Promise.resolve(),
    )
    expect(result).toMatchObject({ outcome: 'refused-for-now', dataStarted: false, code: null })
  })
})

describe('probeSmtp', () => {
  it('logs in and sends nothing', async () => {
    const access = await start({})
    await probeSmtp({ ...access, user: 'u', password: 'p' })
    expect(server?.commands.some((line) => line.startsWith('MAIL'))).toBe(false)
  })

  it.each([
    [{ greeting: '421 busy' }, 'smtp.busy'],
    [{ greeting: null }, 'smtp.unreachable'],
    [{ greeting: '554 no' }, 'smtp.busy'],
    [{ auth: '535 no' }, 'smtp.auth-failed'],
  ] as const)('throws %j as %s', async (script, code) => {
    const access = await start(script)
    await expect(probeSmtp({ ...access, user: 'u', password: 'p' })).rejects.toMatchObject({ code })
  })
})
