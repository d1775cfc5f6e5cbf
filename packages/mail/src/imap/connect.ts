// An imapflow client with our limits, our silence and an ear for its errors.
import type { ImapAccess } from '@maildesk/core'
import { ImapFlow } from 'imapflow'
import { toImapError } from './classify-imap-error.ts'

/** What an IMAP server may cost us. imapflow's own defaults are gigabytes. */
export interface ImapLimits {
  /** Bytes of the largest mail that is fetched. */
  readonly mailBytes: number
  /** Milliseconds for DNS, connecting and TLS. */
  readonly connectionTimeoutMs: number
  /** Milliseconds until the server's greeting. */
  readonly greetingTimeoutMs: number
  /** Milliseconds without a byte from the server before it is asked, and again before it is given up. */
  readonly socketTimeoutMs: number
  /** Milliseconds that the server has to answer a NOOP after a quiet wait. */
  readonly probeTimeoutMs: number
  /** Milliseconds between two NOOPs on servers without IDLE. */
  readonly pollEveryMs: number
}

export const defaultImapLimits: ImapLimits = {
  mailBytes: 50 * 1024 * 1024,
  connectionTimeoutMs: 30_000,
  greetingTimeoutMs: 15_000,
  socketTimeoutMs: 60_000,
  probeTimeoutMs: 10_000,
  pollEveryMs: 15_000,
}

const securityOf = {
  implicit: { secure: true },
  starttls: { secure: false, doSTARTTLS: true },
  none: { secure: false, doSTARTTLS: false },
} as const

/** A SEARCH answer is one line: eleven bytes a mail, so this is a folder of a million and a half. */
const maxLineLength = 16 * 1024 * 1024
const framing = 1024 * 1024

/**
 * Connects and logs in. The client never throws out of the blue: errors between commands end up in the next one.
 * @throws MaildeskError imap.unavailable, imap.auth-failed
 */
export async function connectImap(access: ImapAccess, folder: string, limits: ImapLimits): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: access.host,
    port: access.port,
    ...securityOf[access.tls],
    auth:
      access.accessToken === undefined
        ? { user: access.user, pass: access.password }
        : { user: access.user, accessToken: access.accessToken },
    // Its log lines hold whole commands; ours say what matters.
    logger: false,
    disableAutoIdle: true,
    // Neither brings a poller anything, and both are more code that reads the server's bytes.
    disableCompression: true,
    disableBinary: true,
    connectionTimeout: limits.connectionTimeoutMs,
    greetingTimeout: limits.greetingTimeoutMs,
    socketTimeout: limits.socketTimeoutMs,
    maxLineLength,
    maxLiteralSize: limits.mailBytes + framing,
    maxResponseSize: limits.mailBytes + maxLineLength + framing,
  })
  // Without a listener an error between two commands would end the process. 'close' follows each and is heard by the source.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    client.close()
    throw toImapError(error, 'open', { host: access.host, folder })
  }
}
