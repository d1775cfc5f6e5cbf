// Servers that lie about lengths, never end a line or nest without end: every call ends, with a result or with an error
// of ours, and nothing is held that was not promised to be bounded.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Log, MailSource } from '@maildesk/core'
import { afterEach, describe, expect, it } from 'vitest'
import { defaultImapLimits } from './connect.ts'
import { openMailSource } from './imap-source.ts'

const quiet = () => undefined
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const megabyte = 1024 * 1024

/** What the server says to a command before `tag OK`; an endless one is repeated until the client goes. */
interface Script {
  readonly greeting?: string
  readonly search?: string
  readonly fetch?: string
  readonly select?: string
  readonly endless?: string
}

let server: Server | undefined
const sockets = new Set<Socket>()

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  server?.close()
})

async function open(script: Script): Promise<MailSource> {
  server = createServer((socket) => serve(socket, script))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return openMailSource({
    access: { host: '127.0.0.1', port, tls: 'none', user: 'u', password: 'p' },
    folder: 'INBOX',
    limits: { ...defaultImapLimits, socketTimeoutMs: 5_000, greetingTimeoutMs: 5_000 },
    log,
  })
}

function serve(socket: Socket, script: Script): void {
  sockets.add(socket)
  socket.on('error', quiet)
  const answers: Readonly<Record<string, string | undefined>> = {
    CAPABILITY: '* CAPABILITY IMAP4rev1 CONDSTORE\r\n',
    SELECT:
      script.select ?? '* 3 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 9] x\r\n* FLAGS (\\Seen)\r\n',
    'UID SEARCH': script.search ?? '* SEARCH 1 2 3\r\n',
    'UID FETCH': script.fetch,
    LIST: '* LIST () "/" INBOX\r\n',
  }
  let held = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    held += text
    for (let end = held.indexOf('\r\n'); end >= 0; end = held.indexOf('\r\n')) {
      const [tag, first = '', second = ''] = held.slice(0, end).split(' ')
      held = held.slice(end + 2)
      const verb = first.toUpperCase() === 'UID' ? `UID ${second.toUpperCase()}` : first.toUpperCase()
      const answer = answers[verb] ?? ''
      socket.write(answer, 'latin1')
      if (script.endless !== undefined && answer === script.fetch) pour(socket, Buffer.from(script.endless))
      else socket.write(`${tag} OK done\r\n`)
    }
  })
  socket.write(script.greeting ?? '* OK ready\r\n')
}

/** As fast as the client takes it, without end. */
function pour(socket: Socket, bytes: Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(bytes));
  }
  socket.on('drain', more)
  more()
}

const message = '* 1 FETCH (UID 1 RFC822.SIZE 10 FLAGS () BODY[] '
const settled = (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    (error: { code?: string }) => error.code ?? String(error),
  )

describe('a server that is hostile', () => {
  it.each<[string, string, Script]>([
    [
      'a literal of two gigabytes',
      'imap.disconnected',
      { fetch: `${message}{2000000000}\r\n`, endless: 'x'.repeat(65_536) },
    ],
    [
      'a literal longer than numbers go',
      'imap.disconnected',
      { fetch: `${message}{${'9'.repeat(40)}}\r\n`, endless: 'x'.repeat(65_536) },
    ],
    ['a line that never ends', 'imap.disconnected', { fetch: `${message}"`, endless: 'x'.repeat(65_536) }],
    [
      'an answer of literals that never ends',
      'imap.disconnected',
      { fetch: message, endless: `{60000}\r\n${'x'.repeat(60_000)} ` },
    ],
  ])(
    'gets no more memory than the limits say: %s',
    async (_, ends, script) => {
      const source = await open(script)
      const before = process.memoryUsage.rss()
      expect(await settled(source.fetchSources([1]))).toBe(ends)
      expect(process.memoryUsage.rss() - before).toBeLessThan(500 * megabyte)
      await source.close()
    },
    60_000,
  )

  it.each<[string, Script]>([
    ['100,000 brackets', { fetch: `* 1 FETCH (UID 1 FLAGS ${'('.repeat(100_000)}\r\n` }],
    [
      '100,000 closed brackets',
      { fetch: `* 1 FETCH (UID 1 X ${'('.repeat(100_000)}${')'.repeat(100_000)})\r\n` },
    ],
    [
      '20,000 answers that nobody asked for',
      { fetch: '* 7 FETCH (UID 77 FLAGS (\\Seen))\r\n'.repeat(20_000) },
    ],
    ['flags without end', { fetch: `* 1 FETCH (UID 1 FLAGS (${'\\x '.repeat(200_000)}))\r\n` }],
    [
      'numbers that are none',
      { fetch: `* 1 FETCH (UID ${'9'.repeat(50)} MODSEQ (${'9'.repeat(100_000)}) RFC822.SIZE -1)\r\n` },
    ],
    ['line ends and NUL', { fetch: '\r\n\r\n* \0\r\n*\r\n* 1\r\n* 1 FETCH\r\n+\r\n' }],
  ])(
    'is answered within bounds: %s',
    async (_, script) => {
      const source = await open(script)
      const said = await settled(source.describe([1]))
      expect(said).toMatch(/^(?:answered|imap\.[a-z-]+)$/)
      await source.close()
    },
    30_000,
  )

  it.each<[string, Script]>([
    ['a range of four billion', { search: '* SEARCH 1:4294967295\r\n' }],
    ['a million numbers', { search: `* SEARCH ${'1 '.repeat(1_000_000)}\r\n` }],
    ['words', { search: `* SEARCH ${'NIL a -1 1e9 '.repeat(1_000)}\r\n` }],
  ])(
    'lists within bounds: %s',
    async (_, script) => {
      const source = await open(script)
      expect(await settled(source.listUids(0))).toMatch(/^(?:answered|imap\.[a-z-]+)$/)
      await source.close()
    },
    30_000,
  )

  it.each<[string, Script]>([
    ['a greeting that never ends', { greeting: 'x'.repeat(20 * megabyte) }],
    ['a greeting of brackets', { greeting: `* OK [${'('.repeat(100_000)}\r\n` }],
    [
      'a folder of numbers that are none',
      {
        select: `* ${'9'.repeat(400)} EXISTS\r\n* OK [UIDVALIDITY ${'9'.repeat(100_000)}] x\r\n* OK [HIGHESTMODSEQ 1e5] x\r\n`,
      },
    ],
  ])(
    'does not keep opening from ending: %s',
    async (_, script) => {
      const opened = open(script)
      expect(await settled(opened)).toMatch(/^(?:answered|imap\.[a-z-]+)$/)
      await opened.then((source) => source.close()).catch(quiet)
    },
    30_000,
  )
})
