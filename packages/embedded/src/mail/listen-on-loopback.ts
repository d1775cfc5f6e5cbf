/* A port of our own, on loopback. */

import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

/**
 * Listens on `wanted`, or on a free port when `wanted` is absent or cannot be had; resolves to the port. To listen is the
 * only way to know: of two that look first and listen then, both see it free.
 *
 * @throws the system's error when no free port can be opened either.
 */
export async function listenOnLoopback(server: Server, wanted?: number): Promise<number> {
  if (wanted !== undefined && (await listens(server, wanted))) return wanted
  const listening = once(server, 'listening')
  server.listen(0, '127.0.0.1')
  await listening
  return (server.address() as AddressInfo).port
}

async function listens(server: Server, port: number): Promise<boolean> {
  const listening = once(server, 'listening')
  server.listen(port, '127.0.0.1')
  return listening.then(
    () => true,
    () => false, // whatever it is: if it is not the port's fault, the free port fails as well, and that error is told
  )
}
