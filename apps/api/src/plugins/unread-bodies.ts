// A request that is answered before its body was read, such as a file that is too large. The rest is read and thrown
// away for a moment, so that the answer is not lost in a reset connection (RFC 9112 §9.6); then the connection ends.
import type { ApiApp } from '../api-app.ts'

/** How long the rest of a body is still read, milliseconds. */
const lingerMs = 2000

export function addUnreadBodies(app: ApiApp): void {
  app.addHook('onResponse', async ({ raw }) => {
    if (raw.complete !== false || raw.destroyed) return
    raw.unpipe()
    raw.resume()
    const timer = setTimeout(() => raw.socket.destroy(), lingerMs)
    raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer))
  })
}
