/* One SMTP conversation of the sink (RFC 5321): the usual answers, and the scripted ones where a test wants them. */

import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { readSmtp } from './smtp-reader.ts'
import type { SinkStage, SmtpScript } from './smtp-script.ts'

/** A mail that came in whole, whatever was answered to it. */
export interface SinkTransaction {
  /** Envelope sender; '' is the null sender. */
  readonly from: string
  /** The recipients answered with 2yz, in order. */
  readonly recipients: readonly string[]
  /** The bytes as the sender meant them, dots removed. */
  readonly raw: Buffer
  /** When the last byte came. */
  readonly at: Date
  /** What was answered to the mail; undefined when the connection was dropped instead. */
  readonly finalReply: string | undefined
}

export interface ConversationOptions {
  readonly socket: Socket
  readonly script: SmtpScript
  /** Bytes advertised by SIZE; 0 advertises none. */
  readonly maxBytes: number
  /** Log-in that is asked for; undefined offers no AUTH. */
  readonly auth: { readonly user: string; readonly pass: string; readonly accessToken?: string } | undefined
  /** Every command as it came, for assertions. */
  onCommand(line: string): void
  onTransaction(transaction: SinkTransaction): void
}

/** Talks until the client goes or the script drops it. */
export async function converse(options: ConversationOptions): Promise<void> {
  const { socket, script, maxBytes, auth, onCommand, onTransaction } = options
  const reader = readSmtp(socket)
  const gone = new AbortController()
  socket.once('close', () => gone.abort())
  let from: string | undefined
  let recipients: string[] = []

  /** Answers as scripted or as usual; returns what was said, or undefined when it dropped the client. */
  async function answer(stage: SinkStage, usual: string, about: readonly string[] = recipients) {
    let reply = usual
    for (const action of script.take(stage, about)) {
      if ('stallMs' in action) await delay(action.stallMs, undefined, { signal: gone.signal })
      else if ('reply' in action) reply = action.reply
      else {
        socket.end('dropAfterBytes' in action ? `${reply}\r\n`.slice(0, action.dropAfterBytes) : '')
        return undefined
      }
    }
    say(reply)
    return reply
  }

  function say(reply: string) {
    socket.write(`${reply}\r\n`)
    if (reply.startsWith('421')) socket.end()
  }

  async function takeMail() {
    const reply = await answer(
      'data',
      from !== undefined && recipients.length > 0 ? '354 go on' : '503 no recipient',
    )
    if (!reply?.startsWith('354')) return
    const raw = await reader.readMail(bodyWatcher())
    if (!raw) return
    const at = new Date()
    const tooBig = maxBytes > 0 && raw.length > maxBytes
    const finalReply = await answer('final', tooBig ? '552 5.3.4 too big' : '250 2.0.0 taken')
    onTransaction({ from: from ?? '', recipients, raw, at, finalReply })
    resetEnvelope()
  }

  /** Plays the script's 'body' actions; false ends the conversation. */
  function bodyWatcher() {
    const actions = script.take('body', recipients)
    return async (count: number) => {
      for (let action = actions[0]; action && count > 0; action = actions[0]) {
        if ('dropAfterBytes' in action && count < action.dropAfterBytes) return true
        actions.shift()
        if ('stallMs' in action) await delay(action.stallMs, undefined, { signal: gone.signal })
        else {
          socket.end('reply' in action ? `${action.reply}\r\n` : '')
          return false
        }
      }
      return true
    }
  }

  function resetEnvelope() {
    from = undefined
    recipients = []
  }

  async function handle(line: string) {
    const verb = (line.split(' ')[0] ?? '').toUpperCase()
    const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        resetEnvelope()
        return answer('ehlo', verb === 'HELO' ? '250 sink' : greeting(maxBytes, auth !== undefined))
      case 'AUTH':
        return answer(
          'auth',
          isRightPassword(line, auth) ? '235 2.7.0 welcome' : '535 5.7.8 wrong user or password',
        )
      case 'MAIL':
        if ((await answer('mail', '250 2.1.0 ok'))?.startsWith('2')) from = address
        return
      case 'RCPT': {
        const usual = from === undefined ? '503 5.5.1 no sender' : '250 2.1.5 ok'
        if ((await answer('rcpt', usual, [address]))?.startsWith('2')) recipients.push(address)
        return
      }
      case 'DATA':
        return takeMail()
      case 'RSET':
        resetEnvelope()
        return say('250 ok')
      case 'NOOP':
        return say('250 ok')
      case 'QUIT':
        say('221 bye')
        return socket.end()
      default:
        return say('502 5.5.1 not here')
    }
  }

  await answer('connect', '220 sink ESMTP')
  while (!socket.writableEnded) {
    const line = await reader.readLine()
    if (line === undefined) break
    onCommand(line)
    await handle(line)
  }
  socket.end()
}

function greeting(maxBytes: number, offersAuth: boolean): string {
  const offers = [
    '8BITMIME',
    'ENHANCEDSTATUSCODES',
    maxBytes > 0 && `SIZE ${maxBytes}`,
    offersAuth && 'AUTH PLAIN XOAUTH2',
  ]
  const lines = ['sink', ...offers.filter((offer) => offer !== false)]
  return lines.map((line, i) => `250${i === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n')
}

/** AUTH PLAIN or XOAUTH2 with its initial response (RFC 4616). */
function isRightPassword(line: string, auth: ConversationOptions['auth']): boolean {
  const [, mechanism, response] = line.split(' ')
  if (!auth || !response) return false
  const said = Buffer.from(response, 'base64').toString('utf8')
  if (mechanism?.toUpperCase() === 'XOAUTH2')
    return said === `user=${auth.user}\x01auth=Bearer ${auth.accessToken}\x01\x01`
  if (mechanism?.toUpperCase() !== 'PLAIN') return false
  const [, user, pass] = said.split('\0')
  return user === auth.user && pass === auth.pass
}
