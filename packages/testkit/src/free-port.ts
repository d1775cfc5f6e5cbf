/* Free TCP ports for servers that must be told their port; a server that can listen on port 0 should do that instead. */

import { createServer } from 'node:net'

// Below 32768 the kernel hands out no ports for outgoing connections, so a port seen free here cannot
// become someone's local end before the server binds it.
const LOWEST_PORT = 10_000
const HIGHEST_PORT = 31_999
const MAX_TRIES = 100

const handedOut = new Set<number>()

/**
 * A TCP port on 127.0.0.1 that nothing listens on; never the same one twice in a process.
 * Chosen at random, so that test files running side by side seldom want the same one.
 *
 * @throws Error when no free port is found in 100 tries.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT + 1))
    if (handedOut.has(port) || !(await canListenOn(port))) continue
    handedOut.add(port)
    return port
  }
  throw new Error(
    `No free TCP port between ${LOWEST_PORT} and ${HIGHEST_PORT} on 127.0.0.1: stop what holds them`,
  )
}

function canListenOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
