// What would become of a mail that has not come in: the same facts and rules as for filing, and nothing is written.
import {
  type BlobKey,
  decideForDesk,
  type InboundDecision,
  type InboundEmailId,
  type ParsedEmail,
  recipientAddresses,
} from '@maildesk/core'
import { inTransaction, listMailboxes, type MailboxRow } from '@maildesk/db'
import { databaseValue } from './database-value.ts'
import type { DeskDeps } from './deps.ts'
import { gatherFacts, reaches } from './gather-facts.ts'
import { gatherWishes } from './gather-wishes.ts'
import { type JudgeDeps, judgeEmail } from './judge-email.ts'

export interface Foreseen {
  readonly decision: InboundDecision
  /** Whose settings were used: the one that was named, else the first among the mail's recipients. */
  readonly mailbox: MailboxRow | undefined
}

/**
 * Decides on a mail as if it came in now. The database itself is told to let nothing be written.
 * @throws MaildeskError db.*
 */
export async function foreseeEmail(
  deps: Pick<DeskDeps, 'db' | 'settings' | 'clock' | 'ids'> & JudgeDeps,
  given: { readonly raw: BlobKey /** Bytes. */; readonly size: number; readonly email: ParsedEmail },
  named?: MailboxRow,
): Promise<Foreseen> {
  const email = databaseValue(given.email)
  const mailbox = named ?? addressedMailbox(email, await listMailboxes(deps.db))
  const unjudged = { raw_key: given.raw, authentication: null, authentication_detail: null }
  const mail = await judgeEmail(deps, unjudged, email, mailbox)
  return inTransaction(deps.db, async (tx) => {
    await tx.raw('SET TRANSACTION READ ONLY')
    const row = {
      id: deps.ids.uuid() as InboundEmailId,
      mailbox_id: mailbox?.id ?? null,
      received_at: deps.clock.now(),
      internal_date: null,
      folder_purpose: null,
    }
    const { facts } = await gatherFacts(tx, deps.settings, row, mail, deps.clock.now())
    const wishes = await gatherWishes(tx, { raw_size: String(given.size), placed_in_id: null }, facts)
    return { decision: decideForDesk(mail.email, facts, wishes), mailbox }
  })
}

function addressedMailbox(email: ParsedEmail, mailboxes: readonly MailboxRow[]): MailboxRow | undefined {
  const recipients = recipientAddresses(email)
  return mailboxes.find((mailbox) => recipients.some((recipient) => reaches(recipient, mailbox)))
}
