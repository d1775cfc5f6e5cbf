// Stage 2→6: a kept mail is parsed, decided on and filed. May run twice, late, or be killed anywhere:
// the start is counted before the work, the whole effect is one transaction, and the row's lock lets one start win.

import {
  decideForDesk,
  errorText,
  type InboundDecision,
  type InboundEmailId,
  isFinal,
  type ParsedEmail,
  type ParseOutcome,
} from '@maildesk/core'
import {
  claimInboundEmail,
  classifyPgError,
  databaseNow,
  deferInboundEmail,
  findMailbox,
  finishInboundEmail,
  type InboundEmailRow,
  type InboundEnd,
  inTransaction,
  lockClaimedInboundEmail,
  lockWord,
  recordAuthentication,
  renewInboundLease,
  type Transaction,
  wakeWaiting,
} from '@maildesk/db'
import { failpoint } from '@maildesk/failpoints'
import { afterFiling } from './after-filing.ts'
import { applyVerdict } from './apply-verdict.ts'
import { databaseValue } from './database-value.ts'
import type { WorkerDeps } from './deps.ts'
import { type Gathered, gatherFacts } from './gather-facts.ts'
import { gatherWishes } from './gather-wishes.ts'
import { type JudgedMail, judgeEmail } from './judge-email.ts'
import { withLease } from './lease.ts'
import { isOurTrouble } from './our-trouble.ts'
import { ringQuietly } from './ring.ts'
import { liftByMail, recordLifting } from './suppress.ts'

/** Wait before a mail that failed, or that waits for another, is looked at again; milliseconds. */
const retryWaitMs = 2000
const parentPollMs = 3000
/** Wait before DNS is asked again for a sender's keys, milliseconds. */
const dnsRetryWaitMs = 5000

/** Files one mail, if it is due and nobody else has it. Never throws for what a mail contains. */
export async function fileEmail(deps: WorkerDeps, id: InboundEmailId): Promise<void> {
  const { leaseMs, maxFileAttempts } = deps.settings
  const row = await claimInboundEmail(deps.db, id, leaseMs)
  if (!row) return
  await failpoint('file.claimed')
  if (row.attempts > maxFileAttempts) {
    await quarantine(deps, row, 'attempts-exhausted')
    return
  }
  try {
    await withLease(
      leaseMs,
      () => renewInboundLease(deps.db, row, leaseMs),
      () => parseAndFile(deps, row),
    )
  } catch (error) {
    await handleFailure(deps, row, error)
  }
}

async function parseAndFile(deps: WorkerDeps, row: InboundEmailRow): Promise<void> {
  if (!row.raw_complete && !row.waived_reasons.includes('oversize')) {
    await quarantine(deps, row, 'oversize')
    return
  }
  const startedAt = performance.now()
  const parsed = await deps.parser.parse(row.raw_key)
  await failpoint('file.parsed')
  if (!parsed.ok) {
    await handleParseFailure(deps, row, parsed)
    return
  }
  const email = databaseValue(row.raw_complete ? parsed.email : headerOnly(parsed.email, row))
  const mailbox = row.mailbox_id ? await findMailbox(deps.db, row.mailbox_id) : undefined
  const mail = await judgeEmail(deps, row, email, mailbox)
  await failpoint('file.judged')
  if (mail.mayChange && row.attempts < deps.settings.maxFileAttempts) {
    const error = `sender not checked yet: ${mail.authentication.detail.because}`
    await deferInboundEmail(deps.db, row, { inMs: dnsRetryWaitMs, refund: false, error, waitingFor: null })
    return
  }
  const result = await inTransaction(deps.db, (tx) => decideAndApply(tx, deps, row, mail))
  if (!result) return
  await failpoint('file.committed')
  const { decision, rings } = result
  deps.log.info(
    {
      inboundEmailId: row.id,
      verdict: decision.verdict,
      decidedBy: decision.decidedBy,
      ms: Math.round(performance.now() - startedAt),
    },
    'email filed',
  )
  await ringQuietly(deps, rings)
  await failpoint('file.rung')
}

async function decideAndApply(tx: Transaction, deps: WorkerDeps, row: InboundEmailRow, mail: JudgedMail) {
  const { email, authentication } = mail
  const locked = await lockClaimedInboundEmail(tx, row)
  if (!locked) return undefined
  await failpoint('file.locked')
  await recordAuthentication(tx, row.id, authentication)
  const gathered = await gatherLocked(tx, deps, locked, mail)
  await failpoint('file.gathered')
  const decision = decideForDesk(email, gathered.facts, await gatherWishes(tx, locked, gathered.facts))
  await failpoint('file.decided')
  if (decision.verdict.kind === 'wait') {
    await deferInboundEmail(tx, row, {
      inMs: parentPollMs,
      refund: true,
      error: null,
      waitingFor: decision.verdict.for,
    })
    await failpoint('file.deferred')
    return { decision, rings: [] }
  }
  // Before anything is sent: the acknowledgement of the mail that shows its sender to be there may go.
  const isLifted = await liftByMail(tx, deps, gathered, decision)
  const applied = await applyVerdict(tx, deps, locked, email, gathered, decision)
  await failpoint('file.applied')
  const told = await afterFiling(tx, deps, locked, gathered, decision, applied)
  await failpoint('file.told')
  if (isLifted && applied.end.ticketId)
    await recordLifting(tx, deps, applied.end.ticketId, gathered.facts.sender.address)
  await finishInboundEmail(tx, row.id, {
    ...applied.end,
    decision: traceOf(decision, email),
    contentHash: gathered.contentHash,
    bodyHash: gathered.bodyHash,
  })
  const woken = await wakeWaiting(tx, row.id)
  await failpoint('file.finished')
  const rings = [
    ...[...applied.outbound, ...told].map((id) => ({ name: 'send-email' as const, id })),
    ...woken.map((id) => ({ name: 'file-email' as const, id })),
  ]
  return { decision, rings }
}

/** A mail too large to be kept whole, which a person wants as a ticket all the same: its text says what is missing. */
function headerOnly(email: ParsedEmail, { raw_size }: InboundEmailRow): ParsedEmail {
  const text = `This mail was larger than the limit. Only its header was kept (${raw_size} bytes of it).\n`
  return { ...email, text, html: null, parts: [], reply: { ranges: [], htmlRanges: null, reasons: [] } }
}

/** Facts read behind the lock that keeps a twin of this mail from racing it. */
async function gatherLocked(
  tx: Transaction,
  deps: WorkerDeps,
  row: InboundEmailRow,
  mail: JudgedMail,
): Promise<Gathered> {
  await lockWord(tx, `content ${mail.contentHash}`)
  return gatherFacts(tx, deps.settings, row, mail, await databaseNow(tx))
}

function traceOf(decision: InboundDecision, email: ParsedEmail) {
  return { ...decision, warnings: email.warnings }
}

async function handleParseFailure(
  deps: WorkerDeps,
  row: InboundEmailRow,
  parsed: Extract<ParseOutcome, { ok: false }>,
): Promise<void> {
  // A limit is the mail's own doing and will be exceeded again; a dead or slow child may have been bad luck.
  const isMailsFault = parsed.failure === 'limit-exceeded' || parsed.failure === 'unparseable'
  if (isMailsFault || row.attempts >= deps.settings.maxFileAttempts) {
    await quarantine(deps, row, parsed.failure, parsed.detail)
    return
  }
  await deferInboundEmail(deps.db, row, {
    inMs: retryWaitMs,
    refund: false,
    error: `${parsed.failure}: ${parsed.detail}`,
    waitingFor: null,
  })
}

async function handleFailure(deps: WorkerDeps, row: InboundEmailRow, thrown: unknown): Promise<void> {
  // What is asked outside of the transaction fails in the driver's words.
  const error = classifyPgError(thrown)
  const text = errorText(error)
  if (isOurTrouble(error)) {
    deps.log.warn({ inboundEmailId: row.id, error: text }, 'filing put off')
    // When the database is what is away, the lease simply runs out.
    await deferInboundEmail(deps.db, row, { inMs: retryWaitMs, refund: true, error: text, waitingFor: null })
    return
  }
  deps.log.error({ inboundEmailId: row.id, attempts: row.attempts, error: text, err: error }, 'filing failed')
  if (isFinal(error) || row.attempts >= deps.settings.maxFileAttempts)
    await quarantine(deps, row, 'filing-failed', text)
  else
    await deferInboundEmail(deps.db, row, { inMs: retryWaitMs, refund: false, error: text, waitingFor: null })
}

async function quarantine(
  deps: WorkerDeps,
  row: InboundEmailRow,
  reason: string,
  detail = '',
): Promise<void> {
  const woken = await inTransaction(deps.db, async (tx) => {
    if (!(await lockClaimedInboundEmail(tx, row))) return undefined
    await finishInboundEmail(tx, row.id, deadLetter(reason, detail, row))
    await failpoint('file.quarantining')
    return wakeWaiting(tx, row.id)
  })
  if (!woken) return
  await failpoint('file.quarantined')
  deps.log.warn({ inboundEmailId: row.id, reason, detail }, 'email quarantined')
  await ringQuietly(
    deps,
    woken.map((id) => ({ name: 'file-email', id })),
  )
}

function deadLetter(reason: string, detail: string, row: InboundEmailRow): InboundEnd {
  return {
    status: 'quarantined',
    outcome: 'dead_letter',
    reason,
    decision: { decidedBy: 'parser', reason, detail, attempts: row.attempts, lastError: row.last_error },
    ticketId: null,
    duplicateOf: null,
    contentHash: row.content_hash,
    bodyHash: row.body_hash,
  }
}
