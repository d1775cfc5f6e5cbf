// What the desk wants with a mail beside the built-in policy: the staff's rules, and what a person said about this one.
import type { DeskWishes, InboundFacts } from '@maildesk/core'
import { type Database, findPlacement, type InboundEmailRow, listActiveMailRules } from '@maildesk/db'

/** Reads the rules, and the ticket a person released the mail into. Writes nothing. */
export async function gatherWishes(
  db: Database,
  row: Pick<InboundEmailRow, 'raw_size' | 'placed_in_id'>,
  { sender }: InboundFacts,
): Promise<DeskWishes> {
  return {
    mailRules: await listActiveMailRules(db),
    size: Number(row.raw_size),
    placement: row.placed_in_id ? ((await findPlacement(db, row.placed_in_id, sender)) ?? null) : null,
  }
}
