/* An SMTP server that keeps what it is given and misbehaves on demand. No TLS, no PIPELINING. */

import { type AddressInfo, createServer, type Socket } from 'node:net'
import { converse, type SinkTransaction } from './smtp-conversation.ts'
import { createSmtpScript, type SinkStep } from './smtp-script.ts'

/** How a broken connection shows: usual in tests that break connections. */
const CLIENT_HAS_GONE = ['ECONNRESET', 'EPIPE', 'ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE']

export interface SmtpSinkOptions {
  /** Bytes advertised by SIZE and enforced with 552; 0, the default, advertises none. */
  readonly maxBytes?: number
  /** Offers AUTH PLAIN and XOAUTH2 with this log-in; no AUTH unless told. */
  readonly auth?: { readonly user: string; readonly pass: string; readonly accessToken?: string }
}

export interface SmtpSink {
  readonly port: number
  /** smtp://127.0.0.1:port */
  readonly url: string
  /** Every mail whose last byte came in, in order, also when it was then refused or the connection dropped. */
  readonly transactions: readonly SinkTransaction[]
  /** Every command line of every connection, in order. */
  readonly commands: readonly string[]
  /** How many connections were made so far. */
  connectionCount(): number
  /** Adds a behaviour; the first that applies is used up first. */
  script(step: SinkStep): void
  /** Forgets all behaviours that are left. */
  clearScript(): void
  /** Drops all connections. Throws what went wrong inside the sink, if anything did. */
  stop(): Promise<void>
}

/** Starts the sink on a free port of 127.0.0.1. */
export async function startSmtpSink({ maxBytes = 0, auth }: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const script = createSmtpScript()
  const transactions: SinkTransaction[] = []
  const commands: string[] = []
  const failures: unknown[] = []
  const sockets = new Set<Socket>()
  let connectionCount = 0

  const noteFailure = (error: NodeJS.ErrnoException) => {
    if (!CLIENT_HAS_GONE.includes(error.code ?? '')) failures.push(error)
  }

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connectionCount++
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', noteFailure)
    socket.on('close', () => sockets.delete(socket))
    converse({
      socket,
      script,
      maxBytes,
      auth,
      onCommand: (line) => commands.push(line),
      onTransaction: (transaction) => transactions.push(transaction),
    })
      .catch(noteFailure)
      .finally(() => socket.destroySoon())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo

  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    transactions,
    commands,
    connectionCount: () => connectionCount,
    script: script.add,
    clearScript: script.clear,
    async stop() {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
      if (failures.length > 0) throw new AggregateError(failures, 'The SMTP sink failed inside')
    },
  }
}
