/* SMTP in, on loopback: takes mail for the sandbox's domains from anyone, and keeps it before saying 250. */

import type { Log } from '@maildesk/core'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { MAX_CONNECTIONS, STOP_PATIENCE_MS } from '../limits.ts'
import { listenOnLoopback } from '../listen-on-loopback.ts'
import { accountAddress, domainOf } from '../store/addresses.ts'
import type { MailStore } from '../store/mail-store.ts'
import { traceHeader } from './trace-header.ts'

export interface SmtpContext {
  readonly store: MailStore
  readonly maxMailBytes: number
  isOurs(address: string): boolean
  mayLogIn(address: string, password: string): boolean
  readonly log: Log
}

export interface RunningSmtpServer {
  readonly port: number
  stop(): Promise<void>
}

/** On the wanted port if it can be had. @throws the system's error when no port can be opened. */
export async function startSmtpServer(
  wantedPort: number | undefined,
  context: SmtpContext,
): Promise<RunningSmtpServer> {
  const server = new SMTPServer({
    name: 'sandbox.localhost',
    banner: 'maildesk sandbox',
    authOptional: true,
    allowInsecureAuth: true,
    authMethods: ['PLAIN', 'LOGIN'],
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: context.maxMailBytes,
    maxClients: MAX_CONNECTIONS,
    closeTimeout: STOP_PATIENCE_MS,
    onAuth({ username, password }, _session, callback) {
      if (context.mayLogIn(username ?? '', password ?? '')) callback(null, { user: username ?? '' })
      else callback(smtpError(535, '5.7.8 Wrong address or password'))
    },
    onRcptTo({ address }, _session, callback) {
      if (context.isOurs(address)) callback()
      else
        callback(
          smtpError(
            550,
            `5.1.1 No such mailbox: ${domainOf(address) || 'the domain'} is not of this sandbox`,
          ),
        )
    },
    onData(stream, session, callback) {
      receive(stream, session, context).then(
        (answer) => callback(null, answer),
        (error) => callback(error),
      )
    },
  })
  // A client that went away in mid-sentence: its mail was not confirmed, so nothing is lost. A port that is taken is
  // told here too, and by listenOnLoopback.
  server.on('error', (error) => context.log.debug({ error: error.message }, 'sandbox SMTP connection failed'))
  return {
    port: await listenOnLoopback(server.server, wantedPort),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function receive(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  context: SmtpContext,
): Promise<string> {
  const raw = await collect(stream, context.maxMailBytes)
  if (!raw || stream.sizeExceeded) throw smtpError(552, `5.3.4 Larger than ${context.maxMailBytes} bytes`)
  const receivedAt = new Date()
  const recipients = new Map(session.envelope.rcptTo.map(({ address }) => [accountAddress(address), address]))
  try {
    for (const [mailbox, recipient] of recipients) {
      const { inbox } = await context.store.account(mailbox)
      await inbox.add(
        Buffer.concat([Buffer.from(traceHeader(session, recipient, receivedAt)), raw]),
        receivedAt,
      )
    }
  } catch (error) {
    context.log.error({ error: String(error) }, 'sandbox could not keep a mail')
    throw smtpError(451, '4.3.0 Could not be kept, try again')
  }
  return `2.0.0 Kept as ${session.id}`
}

/** Undefined when it is too large; read to the end all the same, for SMTP has no other way to answer. */
async function collect(stream: SMTPServerDataStream, maxBytes: number): Promise<Buffer | undefined> {
  let chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) chunks = []
    else chunks.push(chunk)
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks)
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
