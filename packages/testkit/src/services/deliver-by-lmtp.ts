/* The smallest LMTP client (RFC 2033) that hands one mail to one recipient, byte for byte.
 * Not for the product: tests use it to put mail into a mailbox without a mailer in between. */

import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const LMTP_TIMEOUT_MS = 20_000

export interface LmtpDelivery {
  readonly port: number
  readonly recipient: string
  /** The whole mail. Lines should end in CRLF; only a missing last CRLF is added. */
  readonly raw: Uint8Array | string
  /** Envelope sender; '' is the null sender of bounces. */
  readonly sender: string
}

/**
 * Resolves when the server has answered 250 for the recipient: the mail is in the mailbox.
 *
 * @throws Error with the server's answer when any step is refused or the connection breaks.
 */
export async function deliverByLmtp({ port, recipient, raw, sender }: LmtpDelivery): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(LMTP_TIMEOUT_MS, () => socket.destroy(new Error(`LMTP on port ${port} fell silent`)))
  const broken = new Promise<never>((_, reject) => socket.once('error', reject))
  broken.catch(() => undefined) // reported through the race in `expect`; here only against "unhandled"
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]()

  async function expectReply(code: string, step: string) {
    for (;;) {
      const line = await Promise.race([lines.next(), broken])
      if (line.done) throw new Error(`LMTP on port ${port} closed the connection after ${step}`)
      if (line.value.startsWith(`${code}-`)) continue
      if (line.value.startsWith(code)) return
      throw new Error(`LMTP on port ${port} answered ${step} for ${recipient} with: ${line.value}`)
    }
  }

  async function say(command: string, code: string) {
    socket.write(`${command}\r\n`)
    await expectReply(code, command)
  }

  try {
    await expectReply('220', 'the connection')
    await say('LHLO testkit.invalid', '250')
    await say(`MAIL FROM:<${sender}>`, '250')
    await say(`RCPT TO:<${recipient}>`, '250')
    await say('DATA', '354')
    socket.write(stuffDots(raw))
    await expectReply('250', 'the mail')
    socket.write('QUIT\r\n')
  } finally {
    socket.destroySoon()
  }
}

/** RFC 5321 section 4.5.2: a line that starts with a dot gets another; a lone dot ends the mail. */
function stuffDots(raw: Uint8Array | string): Buffer {
  const bytes = Buffer.from(raw as Uint8Array).toString('latin1') // latin1 maps each byte to one character and back
  const ended = bytes.endsWith('\r\n') ? bytes : `${bytes}\r\n`
  return Buffer.from(`${ended.replace(/(^|\r?\n)\./g, '$1..')}.\r\n`, 'latin1')
}
