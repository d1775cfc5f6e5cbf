/* A port of our own, on loopback. */

import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

/**
 * Listens on `wanted`, or on a free port when `wanted` is absent or cannot be had; resolves to the port. To listen is the
 * only way to know: of two that look first and listen then, both see it free.
 *
 * @throws the system's error when no free port can be opened either.
 */
export async function listenOnLoopback(server: Server, wanted = 0): Promise<number> {
  // Whatever it was: if it is not the port's fault, a free port fails as well, and that error is told.
  await listen(server, wanted).catch(() => listen(server, 0))
  return (server.address() as AddressInfo).port
}

async function listen(server: Server, port: number): Promise<void> {
  const listening = once(server, 'listening')
  server.listen(port, '127.0.0.1')
  await listening
}
