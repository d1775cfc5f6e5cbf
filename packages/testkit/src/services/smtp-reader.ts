/* Reads an SMTP client's bytes: command lines, then a mail's body. Reads only when asked, so that not asking
 * holds the client back as a slow server would. */

const END_OF_MAIL = '\r\n.\r\n'

export interface SmtpReader {
  /** The next line without its end; undefined when the client has gone. */
  readLine(): Promise<string | undefined>
  /**
   * A mail's bytes after DATA, dots removed (RFC 5321 section 4.5.2); undefined when the client went before
   * the end, or `onBytes` returned false. `onBytes` gets the number of bytes so far, before each look.
   */
  readMail(onBytes: (count: number) => Promise<boolean>): Promise<Buffer | undefined>
}

/** Reads what a client sends, usually a socket. */
export function readSmtp(source: AsyncIterable<Buffer>): SmtpReader {
  const chunks = source[Symbol.asyncIterator]()
  let rest = '' // latin1: one character per byte

  async function readMore(): Promise<string | undefined> {
    const next = await chunks.next()
    return next.done ? undefined : next.value.toString('latin1')
  }

  return {
    async readLine() {
      for (;;) {
        const end = rest.indexOf('\r\n')
        if (end >= 0) {
          const line = rest.slice(0, end)
          rest = rest.slice(end + 2)
          return line
        }
        const more = await readMore()
        if (more === undefined) return undefined
        rest += more
      }
    },

    async readMail(onBytes) {
      const pieces = ['\r\n'] // so that a lone dot on the very first line ends the mail, too
      let seam = '\r\n' // the last bytes seen: the end may be cut across chunks
      let count = 0
      for (let piece: string | undefined = rest; piece !== undefined; piece = await readMore()) {
        count += piece.length
        if (!(await onBytes(count))) return undefined
        const end = (seam + piece).indexOf(END_OF_MAIL)
        pieces.push(piece)
        if (end < 0) {
          seam = (seam + piece).slice(1 - END_OF_MAIL.length)
          continue
        }
        const all = pieces.join('')
        const bodyEnd = all.length - piece.length - seam.length + end
        rest = all.slice(bodyEnd + END_OF_MAIL.length)
        const body = all.slice(0, bodyEnd + 2).replaceAll('\r\n.', '\r\n')
        return Buffer.from(body.slice(2), 'latin1')
      }
      return undefined
    },
  }
}
