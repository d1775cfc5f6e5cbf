/* What a server says first, to see whether it is up. */

import { connect } from 'node:net'

const SILENCE_MS = 2_000

/**
 * The greeting of an IMAP, SMTP or LMTP server on 127.0.0.1.
 *
 * @throws Error when the connection is refused or closed, or nothing is said within 2 s.
 */
export function firstLine(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket
      .setEncoding('latin1')
      .setTimeout(SILENCE_MS, () => socket.destroy(new Error(`port ${port} is silent`)))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`port ${port} closed without a greeting`)))
    socket.once('data', (line) => {
      resolve(String(line))
      socket.destroy()
    })
  })
}
