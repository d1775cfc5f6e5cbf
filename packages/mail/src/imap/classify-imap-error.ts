// imapflow's errors in our words.
import { type ErrorCode, MaildeskError } from '@maildesk/core'

type ImapErrorCode = Extract<ErrorCode, `imap.${string}`>

/**
 * The fields that imapflow puts on its errors.
 * @internal
 */
export interface ImapFailure {
  readonly message?: string
  readonly code?: string
  readonly authenticationFailed?: boolean
  /** NO or BAD, when the server answered. */
  readonly responseStatus?: string
  readonly responseText?: string
  /** Response code in brackets (RFC 5530): NONEXISTENT, UNAVAILABLE … */
  readonly serverResponseCode?: string
  readonly mailboxMissing?: boolean
}

/** Where it happened: entering, selecting the folder, or later. */
export type ImapPhase = 'open' | 'select' | 'use'

/** RFC 5530 §3: the server is willing another time. */
const serverIsBusy = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG', 'CONTACTADMIN'])
/** Answers that say who we are is the matter. */
const identityRefused = new Set(['AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED', 'EXPIRED', 'PRIVACYREQUIRED'])

/**
 * A refusal counts as what it says; silence and broken streams mean the connection, or before it stood, the server.
 * @internal
 */
export function classifyImapError(failure: ImapFailure, phase: ImapPhase): ImapErrorCode {
  const said = (failure.serverResponseCode ?? '').toUpperCase()
  if (serverIsBusy.has(said)) return 'imap.unavailable'
  if (identityRefused.has(said)) return 'imap.auth-failed'
  if (failure.authenticationFailed) return 'imap.auth-failed'
  if (said === 'NONEXISTENT' || failure.mailboxMissing) return 'imap.folder-missing'
  if (failure.responseStatus === 'NO' && phase === 'select') return 'imap.folder-missing'
  if (failure.responseStatus !== undefined || failure.code === 'ETHROTTLE') return 'imap.unavailable'
  return phase === 'use' ? 'imap.disconnected' : 'imap.unavailable'
}

/** The error as ours; one that is ours already stays. */
export function toImapError(
  error: unknown,
  phase: ImapPhase,
  where: { readonly host: string; readonly folder: string },
): MaildeskError {
  if (error instanceof MaildeskError) return error
  const failure = error as ImapFailure
  const detail = failure.responseText ?? failure.message ?? String(error)
  return new MaildeskError(
    classifyImapError(failure, phase),
    `${where.host}, folder ${where.folder}: ${detail}`,
    where,
    { cause: error },
  )
}
