// Can mail be sent from here? For `mailbox test` and `doctor`.
import { type ErrorCode, MaildeskError, type SmtpAccess } from '@maildesk/core'
import { classifySmtpError, type FailureOutcome, type SmtpFailure } from './classify-smtp-error.ts'
import { defaultSmtpTimeouts } from './smtp-mailer.ts'
import { SmtpSession } from './smtp-session.ts'

const probeTimeouts = {
  ...defaultSmtpTimeouts,
  connectionTimeoutMs: 15_000,
  greetingTimeoutMs: 15_000,
  socketTimeoutMs: 30_000,
}

/**
 * Connects, says EHLO, upgrades and logs in as mail would, then quits; nothing is sent.
 * @throws MaildeskError smtp.unreachable, smtp.busy, smtp.auth-failed, smtp.rejected
 */
export async function probeSmtp(access: SmtpAccess): Promise<void> {
  const session = new SmtpSession(access, probeTimeouts, undefined)
  try {
    await session.open()
    session.quit()
  } catch (error) {
    session.destroy()
    const failure = error as SmtpFailure
    const detail = `${access.host}:${access.port}: ${failure.message}`
    throw new MaildeskError(
      errorCodeOf(classifySmtpError(failure, false), failure),
      detail,
      { host: access.host, port: access.port },
      { cause: error },
    )
  }
}

function errorCodeOf(outcome: FailureOutcome, failure: SmtpFailure): ErrorCode {
  if (outcome === 'auth-failed') return 'smtp.auth-failed'
  if (outcome === 'refused') return 'smtp.rejected'
  return failure.responseCode === undefined ? 'smtp.unreachable' : 'smtp.busy'
}
