// Who gets no mail: what reports come to, what lifts it, and what a person says about an address.
import {
  type InboundDecision,
  MaildeskError,
  normalAddress,
  type Suppression,
  type SuppressionScope,
  suppressionAfter,
  type TicketId,
  type UserId,
} from '@maildesk/core'
import {
  databaseNow,
  deleteSuppression,
  findSuppression,
  liftBounces,
  listBounceFacts,
  lockWord,
  putSuppression,
  recordEvent,
  resumeAgentMail,
  type SuppressionRow,
  type Transaction,
} from '@maildesk/db'
import type { DeskDeps } from './deps.ts'
import type { Gathered } from './gather-facts.ts'

type SuppressDeps = Pick<DeskDeps, 'clock' | 'settings'>

/** Takes what is said about addresses until the transaction ends, always in the same order. */
export async function lockSuppressions(tx: Transaction, addresses: readonly string[]): Promise<void> {
  const all = new Set(addresses.map(normalAddress))
  for (const address of [...all].sort()) await lockWord(tx, `suppression ${address}`)
}

/** Makes an address's suppression what its history comes to. What a person said about it stands. */
export async function refreshSuppression(
  tx: Transaction,
  deps: SuppressDeps,
  address: string,
): Promise<Suppression | null> {
  await lockSuppressions(tx, [address])
  const before = await findSuppression(tx, address)
  if (before?.reason === 'manual') return before
  const { suppression: settings } = deps.settings
  const next = suppressionAfter(await listBounceFacts(tx, address), await databaseNow(tx), settings)
  if (next) await putSuppression(tx, address, next, null)
  else await deleteSuppression(tx, address)
  return next
}

/**
 * A mail that is surely of its sender shows that the address lives: bounces count no more. A complaint does, and so does
 * what a person said. @returns whether mail goes there again that did not before
 */
export async function liftByMail(
  tx: Transaction,
  deps: SuppressDeps,
  { facts }: Gathered,
  { verdict }: InboundDecision,
): Promise<boolean> {
  const { authentication, sender } = facts
  const isSure = authentication === 'pass' || authentication === 'pass_arc'
  const isTaken = verdict.kind === 'open' || verdict.kind === 'append' || verdict.kind === 'log'
  if (!isSure || !isTaken || !sender.address) return false
  const isResumed = await resumeAgentMail(tx, sender.address)
  const counting = (await listBounceFacts(tx, sender.address)).filter(({ kind }) => kind !== 'complaint')
  const isHeld = counting.length > 0 || (await findSuppression(tx, sender.address)) !== undefined
  // Nearly no sender has a history: their mails need not wait for each other.
  if (!isHeld) return isResumed
  await lockSuppressions(tx, [sender.address])
  const before = await findSuppression(tx, sender.address)
  await liftBounces(tx, sender.address, { complaintsToo: false, at: await databaseNow(tx) })
  const after = await refreshSuppression(tx, deps, sender.address)
  return isResumed || (before !== undefined && (after === null || after.scope !== before.scope))
}

/** Tells on the ticket whose mail lifted it. */
export async function recordLifting(
  tx: Transaction,
  deps: Pick<DeskDeps, 'ids'>,
  ticketId: TicketId,
  address: string,
): Promise<void> {
  await recordEvent(tx, {
    id: deps.ids.uuid(),
    ticketId,
    type: 'suppression_lifted',
    data: { address, by: 'authenticated-mail' },
  })
}

export interface SuppressionWish {
  readonly address: string
  readonly scope: SuppressionScope
  /** Null: until a person lifts it. */
  readonly until: Date | null
}

/** A person says that an address gets no mail. */
export async function suppressByHand(
  tx: Transaction,
  { address, scope, until }: SuppressionWish,
  actorId: UserId | null,
): Promise<SuppressionRow> {
  await lockSuppressions(tx, [address])
  return putSuppression(tx, address, { scope, until, reason: 'manual' }, actorId)
}

/**
 * A person lifts it: what reports said so far counts no more. @returns false when there was nothing to lift
 * @throws MaildeskError request.forbidden when somebody complained and this person may not pass over that
 */
export async function liftByHand(
  tx: Transaction,
  address: string,
  { complaintsToo }: { readonly complaintsToo: boolean },
): Promise<boolean> {
  await lockSuppressions(tx, [address])
  const complaint = (await listBounceFacts(tx, address)).some(({ kind }) => kind === 'complaint')
  if (complaint && !complaintsToo)
    throw new MaildeskError('request.forbidden', `${address} complained; only an admin may lift that`)
  const wasThere = await deleteSuppression(tx, address)
  const counted = await liftBounces(tx, address, { complaintsToo, at: await databaseNow(tx) })
  return (await resumeAgentMail(tx, address)) || wasThere || counted > 0
}
