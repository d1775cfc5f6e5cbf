// Mailer over SMTP: one connection per mail, and a mark committed before the first byte of the body leaves.

import { Readable } from 'node:stream'
import type {
  EnvelopeResult,
  Log,
  Mailer,
  OutboundEnvelope,
  RecipientResult,
  SmtpAccess,
} from '@maildesk/core'
import { errorText } from '@maildesk/core'
import { failpoint } from '@maildesk/failpoints'
import { classifySmtpError, type SmtpFailure } from './classify-smtp-error.ts'
import { type RefusedRecipient, type SentInfo, SmtpSession, type SmtpTimeouts } from './smtp-session.ts'
import { strictAddress } from './strict-address.ts'

export interface MailerOptions extends Partial<SmtpTimeouts> {
  /** What EHLO says we are called; the host's own name when left out. */
  readonly helloName?: string
  readonly log: Log
}

/** RFC 5321 §4.5.3.2; a shorter wait for the answer to the end of data would make duplicates. */
export const defaultSmtpTimeouts: SmtpTimeouts = {
  connectionTimeoutMs: 60_000,
  greetingTimeoutMs: 60_000,
  socketTimeoutMs: 600_000,
}

const maxResponseLength = 500

export function createMailer(options: MailerOptions): Mailer {
  const timeouts = { ...defaultSmtpTimeouts, ...definedOnly(options) }
  return {
    async send(access, given, raw, markData) {
      const session = new SmtpSession(access, timeouts, options.helloName)
      const envelope = { from: onTheWire(given.from), to: [...new Set(given.to.map(onTheWire))] }
      const result = await new Attempt(session, access, envelope, options.log).run(raw, markData)
      return { ...result, recipients: asGiven(result.recipients, given.to) }
    },
  }
}

function definedOnly({
  connectionTimeoutMs,
  greetingTimeoutMs,
  socketTimeoutMs,
}: MailerOptions): Partial<SmtpTimeouts> {
  const given = { connectionTimeoutMs, greetingTimeoutMs, socketTimeoutMs }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** Domains in the letters of DNS (RFC 5891): no server need take others (RFC 6531). What is no address stays, to be refused. */
function onTheWire(address: string): string {
  return strictAddress(address) ?? address
}

/** The fate of each recipient under the name by which the caller knows it. */
function asGiven(results: readonly RecipientResult[], given: readonly string[]): RecipientResult[] {
  return results.flatMap((result) => {
    const names = given.filter((address) => onTheWire(address) === result.address)
    return names.length === 0 ? [result] : names.map((address) => ({ ...result, address }))
  })
}

class Attempt {
  readonly #session: SmtpSession
  readonly #access: SmtpAccess
  readonly #envelope: OutboundEnvelope
  readonly #log: Log
  #mark: Promise<void> | undefined
  #marked = false
  #bodyEnded = false
  #over = false
  /** What the caller's own functions threw: not the server's doing, so not an outcome. */
  #callersError: { readonly error: unknown } | undefined

  constructor(session: SmtpSession, access: SmtpAccess, envelope: OutboundEnvelope, log: Log) {
    this.#session = session
    this.#access = access
    this.#envelope = envelope
    this.#log = log
  }

  async run(
    raw: () => Promise<AsyncIterable<Uint8Array>>,
    markData: () => Promise<void>,
  ): Promise<EnvelopeResult> {
    try {
      await this.#session.open()
      await failpoint('send.opened')
      const body = Readable.from(this.#body(raw, markData), { objectMode: true })
      const info = await this.#session.send({ from: this.#envelope.from, to: [...this.#envelope.to] }, body)
      this.#session.quit()
      return this.#sent(info)
    } catch (error) {
      this.#over = true
      this.#session.destroy()
      // A mark that is being committed while the connection breaks is waited for: the result must agree with the row.
      await this.#mark?.catch(() => undefined)
      if (this.#callersError) throw this.#callersError.error
      return this.#failed(error as SmtpFailure)
    }
  }

  /** Not started before the server answered 354 to DATA: nodemailer pipes its message only then. */
  async *#body(
    raw: () => Promise<AsyncIterable<Uint8Array>>,
    markData: () => Promise<void>,
  ): AsyncGenerator<Uint8Array> {
    try {
      const bytes = await raw()
      await failpoint('send.data-asked')
      this.#mark = markData()
      await this.#mark
      this.#marked = true
      await failpoint('send.marked')
      if (this.#over) return
      yield* announced(bytes)
      this.#bodyEnded = true
    } catch (error) {
      this.#callersError = { error }
      // Not the caller's own error: nodemailer writes its code into what a stream fails with.
      throw new Error('the body cannot be read')
    }
  }

  #sent(info: SentInfo): EnvelopeResult {
    const response = info.response.slice(0, maxResponseLength)
    const code = codeOf(response)
    const refused = (info.rejectedErrors ?? []).map(refusedRecipient)
    // An answer before the end of the body answers nothing (RFC 5321 §4.1.1.4).
    if (!this.#bodyEnded)
      return { outcome: 'uncertain', dataStarted: this.#marked, code, response, recipients: refused }
    const accepted = info.accepted.map(
      (address): RecipientResult => ({ address, outcome: 'accepted', code, response }),
    )
    return { outcome: 'accepted', dataStarted: true, code, response, recipients: [...accepted, ...refused] }
  }

  #failed(failure: SmtpFailure & { readonly rejectedErrors?: readonly RefusedRecipient[] }): EnvelopeResult {
    // A body that broke off before its end was never followed by the final dot, so the server cannot have taken it.
    const outcome = classifySmtpError(failure, this.#bodyEnded)
    const response = (failure.response ?? errorText(failure)).slice(0, maxResponseLength)
    const code = failure.responseCode ?? null
    this.#log.debug(
      { host: this.#access.host, port: this.#access.port, outcome, code, response },
      'smtp attempt failed',
    )
    const known = (failure.rejectedErrors ?? []).map(refusedRecipient)
    const recipients = [...known, ...this.#othersShare(outcome, known, code, response)]
    return { outcome, dataStarted: this.#marked, code, response, recipients }
  }

  /** A refusal of the whole mail is each recipient's fate; log-in trouble and uncertainty are nobody's. */
  #othersShare(
    outcome: EnvelopeResult['outcome'],
    known: readonly RecipientResult[],
    code: number | null,
    response: string,
  ): RecipientResult[] {
    if (outcome !== 'refused' && outcome !== 'refused-for-now') return []
    const others = this.#envelope.to.filter((address) => !known.some((result) => result.address === address))
    return others.map((address) => ({ address, outcome, code, response }))
  }
}

/** The bytes as they are, telling when the first are gone and when the last are. */
async function* announced(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isBegun = false
  for await (const chunk of bytes) {
    yield chunk
    if (isBegun) continue
    isBegun = true
    await failpoint('send.body-begun')
  }
  await failpoint('send.body-ended')
}

function refusedRecipient(error: RefusedRecipient): RecipientResult {
  const outcome = classifySmtpError(error, false)
  return {
    address: error.recipient ?? '',
    // Whoever is asked to log in first was not refused: the mail waits, as its mailbox does.
    outcome: outcome === 'refused' ? outcome : 'refused-for-now',
    code: error.responseCode ?? null,
    response: (error.response ?? error.message).slice(0, maxResponseLength),
  }
}

function codeOf(response: string): number | null {
  const code = /^\d{3}/.exec(response)?.[0]
  return code === undefined ? null : Number(code)
}
