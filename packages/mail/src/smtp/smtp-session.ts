// One connection to an SMTP server, as promises. nodemailer's connection is used directly: its transports hide the
// moment between 354 and the first byte of the body.

import type { Readable } from 'node:stream'
import type { SmtpAccess } from '@maildesk/core'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SmtpFailure } from './classify-smtp-error.ts'

export interface SmtpTimeouts {
  /** Milliseconds for DNS and connecting together. */
  readonly connectionTimeoutMs: number
  /** Milliseconds until the server's greeting. */
  readonly greetingTimeoutMs: number
  /** Milliseconds of silence; RFC 5321 §4.5.3.2.6 asks for ten minutes after the end of data. */
  readonly socketTimeoutMs: number
}

/** A recipient that the server refused while others went on. */
export interface RefusedRecipient extends SmtpFailure {
  readonly recipient?: string
}

export interface SentInfo {
  readonly accepted: readonly string[]
  readonly response: string
  readonly rejectedErrors?: readonly RefusedRecipient[]
}

/** Longest reply of a server that is read, in bytes. */
const maxResponseSize = 64 * 1024

const securityOf = {
  implicit: { secure: true },
  starttls: { secure: false, requireTLS: true },
  // RFC 7435: encryption without proof of identity still beats none, and that is the alternative here.
  opportunistic: { secure: false, opportunisticTLS: true, tls: { rejectUnauthorized: false } },
  none: { secure: false, ignoreTLS: true },
} as const

export class SmtpSession {
  readonly #connection: InstanceType<typeof SMTPConnection>
  readonly #access: SmtpAccess
  /** Rejects when the connection fails; raced against every step. */
  readonly #broken: Promise<never>

  constructor(access: SmtpAccess, timeouts: SmtpTimeouts, helloName: string | undefined) {
    this.#access = access
    this.#connection = new SMTPConnection({
      host: access.host,
      port: access.port,
      ...securityOf[access.tls],
      ...(helloName === undefined ? {} : { name: helloName }),
      connectionTimeout: timeouts.connectionTimeoutMs,
      greetingTimeout: timeouts.greetingTimeoutMs,
      socketTimeout: timeouts.socketTimeoutMs,
      // Closing means destroying: after a refusal of ours not one more byte may leave.
      socketCloseTimeout: 0,
      maxResponseSize,
      logger: false,
    })
    this.#broken = new Promise<never>((_, reject) => {
      this.#connection.on('error', reject)
      this.#connection.on('end', () => reject(new Error('the connection ended')))
    })
    // It may break when nobody waits any more.
    this.#broken.catch(() => undefined)
  }

  /** Connects, says EHLO, upgrades to TLS and logs in as far as the access asks for it. */
  async open(): Promise<void> {
    await this.#step<void>((done) => this.#connection.connect((error) => done(error ?? null)))
    const { user, password, accessToken } = this.#access
    if (user === null) return
    if (!this.#connection.allowsAuth) {
      throw Object.assign(new Error('the server offers no authentication on this connection'), {
        code: 'EAUTH',
      })
    }
    await this.#step<void>((done) =>
      this.#connection.login(
        accessToken === undefined ? { user, pass: password ?? '' } : tokenLogin(user, accessToken),
        (error) => done(error ?? null),
      ),
    )
  }

  /** Sends one mail; `body` is not read before the server answered DATA with 354. */
  async send(envelope: { from: string; to: string[] }, body: Readable): Promise<SentInfo> {
    return this.#step<SentInfo>((done) =>
      this.#connection.send(envelope, body, (error, info) => done(error ?? null, info as SentInfo)),
    )
  }

  /** Says QUIT; whether the server answers does not matter any more. */
  quit(): void {
    this.#connection.quit()
  }

  /** Cuts the connection at once. */
  destroy(): void {
    this.#connection.close()
  }

  async #step<Value>(start: (done: (error: Error | null, value?: Value) => void) => void): Promise<Value> {
    const finished = new Promise<Value>((resolve, reject) => {
      start((error, value) => (error ? reject(error) : resolve(value as Value)))
    })
    return Promise.race([finished, this.#broken])
  }
}

type Login = NonNullable<Parameters<InstanceType<typeof SMTPConnection>['login']>[0]>

/** XOAUTH2 with the token at hand; one that is refused is not renewed here. */
function tokenLogin(user: string, accessToken: string): Login {
  const oauth2 = {
    getToken(isRenewal: boolean, done: (error: Error | null, token?: string) => void) {
      if (isRenewal)
        done(Object.assign(new Error('the server refused the access token'), { responseCode: 535 }))
      else done(null, accessToken)
    },
    buildXOAuth2Token: (token: string) =>
      Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64'),
  }
  // These two are all of its generator of tokens that nodemailer's connection calls.
  return { user, oauth2 } as unknown as Login
}
