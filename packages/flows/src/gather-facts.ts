// The read-only step before a decision: everything the rules may know, in one place.
import {
  classifyEmail,
  contentHash,
  type InboundFacts,
  normalAddress,
  type ParsedEmail,
  pointersOf,
  senderOf,
} from '@maildesk/core'
import {
  countTicketsOpenedBy,
  type Database,
  findDuplicate,
  findPendingParent,
  findTicketEvidence,
  findUserByEmail,
  type InboundEmailRow,
  listMailboxes,
  type MailboxRow,
  type UserRow,
} from '@maildesk/db'
import type { DeskSettings } from './deps.ts'

const dayMs = 24 * 60 * 60 * 1000

export interface Gathered {
  readonly facts: InboundFacts
  readonly contentHash: string
  readonly mailbox: MailboxRow | undefined
  readonly sender: UserRow | undefined
  /** Addresses of all our mailboxes, normal form. */
  readonly ownAddresses: readonly string[]
}

/** Reads what the rules need to know about one mail. Writes nothing. */
export async function gatherFacts(
  db: Database,
  settings: DeskSettings,
  row: Pick<InboundEmailRow, 'id' | 'mailbox_id' | 'received_at'>,
  email: ParsedEmail,
  now: Date,
): Promise<Gathered> {
  const mailboxes = await listMailboxes(db)
  const mailbox = mailboxes.find(({ id }) => id === row.mailbox_id)
  const ownAddresses = mailboxes.map(({ address }) => normalAddress(address))
  const address = normalAddress(senderOf(email)?.address ?? '')
  const sender = address ? await findUserByEmail(db, address) : undefined
  const hash = contentHash(email)
  const references = [...email.inReplyTo, ...email.references]
  // Asked before the evidence: a parent that is filed between the two questions is then found as evidence, not missed by both.
  const pendingParent = (await findPendingParent(db, row.id, references)) ?? null
  const facts: InboundFacts = {
    sender: {
      address,
      userId: sender?.id ?? null,
      role: sender?.role ?? null,
      isActive: sender?.is_active ?? true,
      ticketsInLastHour: address ? await countTicketsOpenedBy(db, address) : 0,
    },
    classification: classifyEmail(email, ownAddresses, { tokenKeys: settings.tokenKeys }),
    evidence: await findTicketEvidence(
      db,
      pointersOf(email, settings.tokenKeys),
      { address, user: sender },
      mailbox,
    ),
    duplicateOf:
      (await findDuplicate(db, { id: row.id, contentHash: hash, rfc822Id: email.messageId })) ?? null,
    pendingParent,
    waitedMs: Math.max(0, now.getTime() - row.received_at.getTime()),
    policy: {
      parentWaitMs: settings.parentWaitMs,
      reopenMs: settings.reopenDays * dayMs,
      floodTicketsPerHour: settings.floodTicketsPerHour,
    },
  }
  return { facts, contentHash: hash, mailbox, sender, ownAddresses }
}
