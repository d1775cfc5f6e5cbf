// What became of a mail whose body had begun when the connection was lost: proof is looked for, then its kind decides.

import {
  errorText,
  type ImapAccess,
  type Job,
  MaildeskError,
  resolveUncertain,
  type UncertainVerdict,
} from '@maildesk/core'
import {
  findProof,
  inTransaction,
  type MailboxRow,
  type OutboundEmailRow,
  readDatabaseTime,
  recordEvent,
  requestSentCopy,
  settleUncertain,
  type Transaction,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import type { WorkerDeps } from './deps.ts'
import { ringQuietly } from './ring.ts'

/**
 * Looks at a due mail of unknown fate and writes down what is known now.
 * @returns true when it is to be sent again: then the caller claims it, which only one worker can.
 */
export async function resolveUncertainMail(
  deps: WorkerDeps,
  row: OutboundEmailRow,
  mailbox: MailboxRow | undefined,
): Promise<boolean> {
  const { uncertainWaitMs, maxUncertainResends, uncertainReplies } = deps.settings
  const { isPartlySent, report, answer } = await findProof(deps.db, row)
  const sentCopy = await findSentCopy(deps, row, mailbox)
  const verdict = resolveUncertain(
    {
      kind: row.kind,
      uncertainAttempts: row.uncertain_attempts,
      sinceMs: row.data_started_at
        ? Math.max(0, (await readDatabaseTime(deps.db)).getTime() - row.data_started_at.getTime())
        : uncertainWaitMs,
      isPartlySent,
      proof: { sentCopy, report, answer },
    },
    { waitMs: uncertainWaitMs, maxResends: maxUncertainResends, replies: uncertainReplies },
  )
  deps.log.info({ outboundEmailId: row.id, verdict }, 'mail of unknown fate looked at')
  if (verdict.kind === 'resend') return true
  const rings = await inTransaction(deps.db, (tx) => settle(tx, deps, row, verdict))
  await failpoint('send.resolved')
  await ringQuietly(deps, rings)
  return false
}

/** A folder that cannot be looked into proves nothing; the next look may. */
async function findSentCopy(
  deps: WorkerDeps,
  row: OutboundEmailRow,
  mailbox: MailboxRow | undefined,
): Promise<boolean> {
  if (!mailbox?.sent_folder) return false
  try {
    const access = await sentFolderAccess(deps, mailbox)
    return await deps.sentFolder.holds(access, mailbox.sent_folder, row.rfc822_id)
  } catch (error) {
    deps.log.warn({ outboundEmailId: row.id, error: errorText(error) }, 'folder of sent mail not readable')
    return false
  }
}

/** @throws MaildeskError config.invalid when the mailbox has no complete IMAP access; secret.unreadable; mailbox.oauth-*. */
export async function sentFolderAccess(
  { tokens, unseal }: Pick<WorkerDeps, 'tokens' | 'unseal'>,
  mailbox: MailboxRow,
): Promise<ImapAccess> {
  const { imap_host: host, imap_port: port, imap_user: user, imap_secret: secret } = mailbox
  const accessToken = await tokens.find(mailbox)
  if (!host || !port || !user || !(secret || accessToken))
    throw new MaildeskError('config.invalid', `mailbox ${mailbox.address} has no complete IMAP access`)
  const place = { host, port, tls: mailbox.imap_tls, user }
  if (accessToken) return { ...place, password: '', accessToken }
  return { ...place, password: unseal(secret ?? '', `mailbox:${mailbox.id}:imap`) }
}

async function settle(
  tx: Transaction,
  deps: WorkerDeps,
  row: OutboundEmailRow,
  verdict: Exclude<UncertainVerdict, { kind: 'resend' }>,
): Promise<Job[]> {
  const response = row.last_response ?? ''
  const event = (type: string, data: object) =>
    recordEvent(tx, {
      id: deps.ids.uuid(),
      ticketId: row.ticket_id,
      type,
      outboundEmailId: row.id,
      data: { response, attempts: row.attempts, ...data },
    })
  switch (verdict.kind) {
    case 'wait':
      await settleUncertain(tx, row, { status: 'uncertain', nextInMs: verdict.ms, response })
      return []
    case 'sent': {
      if (!(await settleUncertain(tx, row, { status: 'sent', nextInMs: null, response }))) return []
      await event(`${row.kind}_sent`, { proof: verdict.because })
      const isCopied = row.kind === 'reply' && (await requestSentCopy(tx, row.id))
      return isCopied ? [{ name: 'copy-sent', id: row.id }] : []
    }
    case 'give-up': {
      if (await settleUncertain(tx, row, { status: 'failed', nextInMs: null, response }))
        await event(`${row.kind}_failed`, { reason: 'fate-unknown', refused: [] })
      return []
    }
    case 'ask': {
      if (await settleUncertain(tx, row, { status: 'uncertain', nextInMs: null, response }))
        await event(`${row.kind}_needs_decision`, { reason: verdict.because })
      return []
    }
  }
}
