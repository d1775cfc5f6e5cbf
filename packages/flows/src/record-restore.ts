// After a restore: what the lost desk may have done since the backup is not done a second time.
import { MaildeskError } from '@maildesk/core'
import { doubtUnsentEmails, insertRestore, inTransaction, recordEvent, skipTicketNumbers } from '@maildesk/db'
import type { DeskDeps } from './deps.ts'

export interface RecordedRestore {
  readonly workedUntil: Date
  /** Tickets made from now on have higher numbers. */
  readonly lastSkippedNumber: string
  /** Outgoing mails that may have left since the backup. */
  readonly maybeSent: number
}

/**
 * Notes the restore; to be done before poller and workers start. Mail that came until `workedUntil` is filed without an
 * automatic answer. Ticket numbers are left out, since the lost desk may have told them to others: an answer that names
 * one must find no ticket rather than a stranger's.
 * @throws MaildeskError request.invalid for a time to come; db.*
 */
export async function recordRestore(
  deps: DeskDeps,
  { workedUntil, skipNumbers }: { readonly workedUntil: Date; readonly skipNumbers: number },
): Promise<RecordedRestore> {
  if (workedUntil > deps.clock.now())
    throw new MaildeskError('request.invalid', 'the lost desk cannot have worked in the time to come')
  return inTransaction(deps.db, async (tx) => {
    await insertRestore(tx, { id: deps.ids.uuid(), workedUntil, skippedNumbers: skipNumbers })
    const doubted = await doubtUnsentEmails(tx, workedUntil, deps.settings.maxUncertainResends + 1)
    for (const { id, kind, ticketId } of doubted) {
      await recordEvent(tx, {
        id: deps.ids.uuid(),
        ticketId,
        type: `${kind}_doubted`,
        outboundEmailId: id,
        data: { reason: 'restored' },
      })
    }
    return {
      workedUntil,
      lastSkippedNumber: await skipTicketNumbers(tx, skipNumbers),
      maybeSent: doubted.length,
    }
  })
}
