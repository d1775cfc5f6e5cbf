// Stage 7→9: a queued email is built once, handed to SMTP, and its fate written down.
// Before the body leaves, the phase mark is committed: whoever dies after it leaves an `uncertain` row, never a silent double.

import { setTimeout as sleep } from 'node:timers/promises'
import {
  afterAttempt,
  type DkimSigning,
  databaseText,
  domainOf,
  type EnvelopeResult,
  errorText,
  isFinal,
  type Job,
  MaildeskError,
  type OutboundEmailId,
  type SmtpAccess,
  uncertain,
} from '@maildesk/core'
import {
  claimOutboundEmail,
  classifyPgError,
  databaseNow,
  findMailbox,
  findOutboundEmail,
  finishAttempt,
  inTransaction,
  keepBuiltMail,
  listDeliveries,
  listMessageAttachments,
  type MailboxRow,
  markDataStarted,
  type OutboundEmailRow,
  recordEvent,
  renewOutboundLease,
  requestSentCopy,
  type Transaction,
  updateMailbox,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import { databaseValue } from './database-value.ts'
import type { WorkerDeps } from './deps.ts'
import { withLease } from './lease.ts'
import { isOurTrouble } from './our-trouble.ts'
import { resolveUncertainMail } from './resolve-uncertain.ts'
import { ringQuietly } from './ring.ts'

/** Longest answer of a server that is kept, UTF-16 units. */
const maxResponse = 1000

/** Sends one email, if it is due and nobody else has it. */
export async function sendEmail(deps: WorkerDeps, id: OutboundEmailId): Promise<void> {
  const { leaseMs } = deps.settings
  const waiting = await findOutboundEmail(deps.db, id)
  const mailbox = waiting?.mailbox_id ? await findMailbox(deps.db, waiting.mailbox_id) : undefined
  if (!waiting || mailbox?.smtp_paused_reason) return
  if (waiting.status === 'uncertain') {
    if (waiting.next_attempt_at === null) return
    if (!(await resolveUncertainMail(deps, waiting, mailbox))) return
  }
  const leaseToken = deps.ids.uuid()
  const row = await claimOutboundEmail(deps.db, id, leaseToken, leaseMs)
  if (!row) return
  await failpoint('send.claimed')
  const result = await withLease(
    leaseMs,
    () => renewOutboundLease(deps.db, id, leaseToken, leaseMs),
    () => attempt(deps, row, mailbox, leaseToken),
  )
  if (!result) return
  await failpoint('send.answered')
  const rings = await insisting(leaseMs, () =>
    inTransaction(deps.db, (tx) => recordAttempt(tx, deps, row, leaseToken, result)),
  )
  await failpoint('send.recorded')
  await ringQuietly(deps, rings)
  await failpoint('send.rung')
}

/** Pause between two tries to write down what the server said, milliseconds. */
const insistPauseMs = 250

/** The server's answer is known only here: a database that is away for a moment must not make it unknown. */
async function insisting<Result>(forMs: number, work: () => Promise<Result>): Promise<Result> {
  const until = performance.now() + forMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const mayHelp =
        error instanceof MaildeskError && (error.code === 'db.unavailable' || error.code === 'db.conflict')
      if (!mayHelp || performance.now() > until) throw error
      await sleep(insistPauseMs)
    }
  }
}

/** One attempt; undefined when the lease was lost and another worker has the mail. Trouble before the body means another. */
async function attempt(
  deps: WorkerDeps,
  row: OutboundEmailRow,
  mailbox: MailboxRow | undefined,
  leaseToken: string,
): Promise<EnvelopeResult | undefined> {
  const { leaseMs } = deps.settings
  try {
    if (!mailbox) return refusal('refused', 'the mailbox this mail was to be sent from is gone')
    const token = await deps.tokens.find(mailbox)
    const access = smtpAccessOf(mailbox, deps.unseal, token)
    if (!access) return refusal('refused', `mailbox ${mailbox.address} has no SMTP server`)
    const rawKey = await ensureBuilt(deps, row, mailbox)
    const recipients = (await listDeliveries(deps.db, row.id)).filter(
      ({ status }) => status === 'queued' || status === 'retry',
    )
    await failpoint('send.kept')
    if (recipients.length === 0) return refusal('refused', 'no recipient is left to send to')
    const result = await deps.mailer.send(
      access,
      { from: row.envelope_from, to: recipients.map(({ address }) => address) },
      () => deps.blobs.open(rawKey),
      async () => {
        if (!(await markDataStarted(deps.db, row.id, leaseToken, leaseMs))) {
          throw new MaildeskError('smtp.lease-lost', 'another worker has this mail', {
            outboundEmailId: row.id,
          })
        }
      },
    )
    if (result.outcome === 'auth-failed' && token !== undefined) await deps.tokens.forget(mailbox, token)
    return result
  } catch (error) {
    deps.log.warn({ outboundEmailId: row.id, error: errorText(error) }, 'sending did not get to the body')
    if (error instanceof MaildeskError && error.code === 'smtp.lease-lost') return undefined
    if (error instanceof MaildeskError && error.code === 'mailbox.oauth-refused')
      return refusal('auth-failed', errorText(error))
    if (isHopeless(error)) return refusal('refused', errorText(error))
    return refusal(isOurTrouble(classifyPgError(error)) ? 'hindered' : 'refused-for-now', errorText(error))
  }
}

/** Such a mail can never be built or read. A secret that cannot be opened is a setting, and settings get mended. */
function isHopeless(error: unknown): boolean {
  return isFinal(error) && !(error instanceof MaildeskError && error.code === 'secret.unreadable')
}

function refusal(
  outcome: 'refused' | 'refused-for-now' | 'auth-failed' | 'hindered',
  response: string,
): EnvelopeResult {
  return { outcome, dataStarted: false, code: null, response, recipients: [] }
}

/** How to reach the mailbox's SMTP server; undefined when it has none. @throws MaildeskError secret.unreadable */
export function smtpAccessOf(
  mailbox: MailboxRow,
  unseal: WorkerDeps['unseal'],
  accessToken?: string,
): SmtpAccess | undefined {
  if (!mailbox.smtp_host || !mailbox.smtp_port) return undefined
  return {
    host: mailbox.smtp_host,
    port: mailbox.smtp_port,
    tls: mailbox.smtp_tls,
    user: mailbox.smtp_user,
    password: mailbox.smtp_secret ? unseal(mailbox.smtp_secret, `mailbox:${mailbox.id}:smtp`) : null,
    ...(accessToken === undefined ? {} : { accessToken }),
  }
}

async function ensureBuilt(deps: WorkerDeps, row: OutboundEmailRow, mailbox: MailboxRow) {
  if (row.raw_key) return row.raw_key
  const files = row.message_id ? await listMessageAttachments(deps.db, row.message_id) : []
  const mime = deps.buildMime(
    row.composed,
    files.map((file) => ({
      filename: file.filename,
      contentType: file.content_type,
      open: () => deps.blobs.open(file.file),
    })),
    signingOf(mailbox, deps.unseal),
  )
  const { key } = await deps.blobs.put(mime)
  await failpoint('send.built')
  return keepBuiltMail(deps.db, row.id, key)
}

/** @throws MaildeskError secret.unreadable */
function signingOf(mailbox: MailboxRow, unseal: WorkerDeps['unseal']): DkimSigning | null {
  const { id, address, dkim_selector: selector, dkim_secret: secret } = mailbox
  if (!selector || !secret) return null
  return { domain: domainOf(address), selector, privateKey: unseal(secret, `mailbox:${id}:dkim`) }
}

async function recordAttempt(
  tx: Transaction,
  deps: WorkerDeps,
  row: OutboundEmailRow,
  leaseToken: string,
  result: EnvelopeResult,
): Promise<Job[]> {
  // The server's words are anybody's words: a NUL in them must not keep the outcome from being written.
  const said = databaseValue(result)
  const after = afterAttempt(said, await attemptOf(tx, deps, row))
  const response = databaseText(said.response, maxResponse)
  if (!(await finishAttempt(tx, row, leaseToken, after, response))) return []
  if (after.pauseMailbox && row.mailbox_id) {
    await updateMailbox(tx, row.mailbox_id, { smtp_paused_reason: response })
    deps.log.error({ mailboxId: row.mailbox_id, response }, 'mailbox paused: it cannot log in to send')
  }
  await recordFate(tx, deps, row, after, response)
  await failpoint('send.recording')
  deps.log.info(
    {
      outboundEmailId: row.id,
      kind: row.kind,
      status: after.status,
      code: result.code,
      attempts: row.attempts,
    },
    'sending attempted',
  )
  const isOut = after.deliveries.some(({ status }) => status === 'sent')
  const isCopied = row.kind === 'reply' && isOut && (await requestSentCopy(tx, row.id))
  return isCopied ? [{ name: 'copy-sent', id: row.id }] : []
}

/** A dead worker's attempt: before the phase mark nothing left and it is due at once; after it the fate is unknown. */
export async function takeOverAbandoned(
  deps: Omit<WorkerDeps, 'parser'>,
  row: OutboundEmailRow,
): Promise<void> {
  const { lease_token: leaseToken } = row
  if (!leaseToken) return
  const response = row.data_started_at
    ? 'the worker died after the body had begun'
    : 'the worker died before the body had begun'
  await inTransaction(deps.db, async (tx) => {
    const before = {
      status: 'retry' as const,
      nextInMs: 0,
      uncertainAttempts: row.uncertain_attempts,
      deliveries: [],
      pauseMailbox: false,
    }
    const after = row.data_started_at ? uncertain(await attemptOf(tx, deps, row)) : before
    if (!(await finishAttempt(tx, row, leaseToken, after, response))) return
    await recordFate(tx, deps, row, after, response)
    await failpoint('sweep.taking-over')
  })
  await failpoint('sweep.taken-over')
  deps.log.warn(
    { outboundEmailId: row.id, dataStarted: row.data_started_at !== null },
    'abandoned sending taken over',
  )
}

async function attemptOf(tx: Transaction, deps: Pick<WorkerDeps, 'settings'>, row: OutboundEmailRow) {
  const { sendGiveUpMs, uncertainWaitMs } = deps.settings
  return {
    attempts: row.attempts,
    uncertainAttempts: row.uncertain_attempts,
    ageMs: (await databaseNow(tx)).getTime() - row.queued_at.getTime(),
    giveUpMs: sendGiveUpMs,
    uncertainWaitMs,
  }
}

/** What people should know stands on the ticket; a plain retry is no news. */
async function recordFate(
  tx: Transaction,
  deps: Pick<WorkerDeps, 'ids'>,
  row: OutboundEmailRow,
  after: ReturnType<typeof afterAttempt>,
  response: string,
): Promise<void> {
  const refused = after.deliveries
    .filter(({ status }) => status === 'refused')
    .map(({ address, response: text }) => ({ address, response: text }))
  const isNews = after.status === 'sent' || after.status === 'failed' || after.status === 'uncertain'
  if (!isNews && refused.length === 0) return
  const mayBeDoubled = after.status === 'sent' && row.uncertain_attempts > 0
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId: row.ticket_id,
    // Some are waited for still; those who refused for good are told of now.
    type: isNews ? `${row.kind}_${after.status}` : `${row.kind}_refused`,
    outboundEmailId: row.id,
    data: {
      response,
      attempts: row.attempts,
      ...(mayBeDoubled ? { may_have_been_delivered_twice: true } : {}),
      refused,
    },
  })
}
