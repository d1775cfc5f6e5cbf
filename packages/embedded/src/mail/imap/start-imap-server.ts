/* IMAP out, on loopback. */

import { createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { MAX_CONNECTIONS, STOP_PATIENCE_MS } from '../limits.ts'
import { listenOnLoopback } from '../listen-on-loopback.ts'
import { serveConnection } from './serve-connection.ts'
import type { ImapContext } from './session.ts'

export interface ImapServer {
  readonly port: number
  /** Says BYE to everyone; resolves when all connections have ended. */
  stop(): Promise<void>
}

/** On the wanted port if it can be had. @throws the system's error when no port can be opened. */
export async function startImapServer(
  wantedPort: number | undefined,
  context: ImapContext,
): Promise<ImapServer> {
  const sockets = new Set<Socket>()
  const conversations = new Set<Promise<void>>()
  const server = createServer((socket) => {
    sockets.add(socket)
    // The conversation sees the same error through its reader; without a listener it would end the process.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    const conversation = serveConnection(socket, context)
    conversations.add(conversation)
    void conversation.finally(() => conversations.delete(conversation))
  })
  server.maxConnections = MAX_CONNECTIONS
  // A connection that could not be taken, for want of descriptors say, is no reason to end.
  server.on('error', (error) => context.log.debug({ error: error.message }, 'sandbox IMAP connection failed'))
  return {
    port: await listenOnLoopback(server, wantedPort),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.end('* BYE The sandbox stops\r\n')
      const patience = new AbortController()
      await Promise.race([
        closed,
        delay(STOP_PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {}),
      ])
      patience.abort()
      for (const socket of sockets) socket.destroy()
      await closed
      await Promise.all(conversations)
    },
  }
}
