/* IMAP out, on loopback. */

import { createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { MAX_CONNECTIONS, STOP_PATIENCE_MS } from '../limits.ts'
import { serveConnection } from './serve-connection.ts'
import type { ImapContext } from './session.ts'

export interface ImapServer {
  readonly port: number
  /** Says BYE to everyone; resolves when all connections have ended. */
  stop(): Promise<void>
}

/** @throws the system's error, such as EADDRINUSE, when the port cannot be opened. */
export async function startImapServer(port: number, context: ImapContext): Promise<ImapServer> {
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
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    port: address && typeof address === 'object' ? address.port : port,
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
