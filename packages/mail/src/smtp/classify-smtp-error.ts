// What an SMTP failure means for the mail: the whole policy, in one pure function.
import type { EnvelopeResult } from '@maildesk/core'

/** The fields that nodemailer puts on its errors. */
export interface SmtpFailure {
  readonly message: string
  /** nodemailer's own word: ECONNECTION, EAUTH, EENVELOPE … */
  readonly code?: string | undefined
  /** Three digits, when the server answered. */
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
  /** The command that failed: CONN, AUTH PLAIN, MAIL FROM, RCPT TO, DATA, API. */
  readonly command?: string | undefined
}

export type FailureOutcome = Exclude<EnvelopeResult['outcome'], 'accepted'>

/** RFC 4954 §6: log in first, mechanism too weak, credentials invalid, encryption required. */
const authenticationCodes = new Set([530, 534, 535, 538])
/** Nominally final, but sent for confused sessions rather than for a mail: another session may do. */
const sessionCodes = new Set([503])

/** Commands before the envelope: what is refused there is this session, not a mail; another session may be welcome. */
const sessionCommands = new Set(['CONN', 'EHLO', 'HELO', 'LHLO', 'STARTTLS'])
/** 552 to RCPT once stood for too many recipients and is temporary then (RFC 5321 §4.5.3.1.10), unless it says what it means. */
const saysWhatItMeans = /^552[- ]5\.(?!5\.3\b)/

/**
 * @param bodyEnded true once the whole body was handed over, so that the final dot may have left: without an answer the
 *   mail may have been taken (RFC 5321 §4.2.5, RFC 1047). An answer of 4yz or 5yz is definite in every phase.
 */
export function classifySmtpError(failure: SmtpFailure, bodyEnded: boolean): FailureOutcome {
  const code = failure.responseCode
  if (code !== undefined && code >= 400 && code <= 599) return ofReply(code, failure)
  if (bodyEnded) return 'uncertain'
  // Refused by nodemailer before anything was sent: no credentials or no common mechanism; an address that cannot be
  // written into a command; a mail beyond the server's announced SIZE (RFC 1870).
  if (failure.code === 'EAUTH') return 'auth-failed'
  if (failure.code === 'EENVELOPE' || failure.code === 'EMESSAGE') return 'refused'
  return 'refused-for-now'
}

function ofReply(code: number, failure: SmtpFailure): FailureOutcome {
  const command = failure.command ?? ''
  if (code < 500 || sessionCodes.has(code)) return 'refused-for-now'
  if (isAuthentication(failure)) return 'auth-failed'
  if (sessionCommands.has(command)) return 'refused-for-now'
  if (authenticationCodes.has(code)) return 'auth-failed'
  const isTooMany =
    code === 552 && command.startsWith('RCPT') && !saysWhatItMeans.test(failure.response ?? '')
  return isTooMany ? 'refused-for-now' : 'refused'
}

function isAuthentication(failure: SmtpFailure): boolean {
  return failure.code === 'EAUTH' || (failure.command ?? '').startsWith('AUTH')
}
