// The end of every story with mail: all of it was kept, and nothing is still to be done.
import type { Database } from '@maildesk/db'
import { waitUntil } from '@maildesk/testkit'
import { listUnfinished, type UnfinishedRow } from './account-for.ts'
import type { FourProcesses } from './four-processes.ts'

/** @throws Error after the deadline, with what was not at rest and what each process logged last. */
export async function waitForRest(
  db: Database,
  desk: FourProcesses,
  count: number,
  { timeoutMs, intervalMs }: { readonly timeoutMs: number; readonly intervalMs: number },
): Promise<void> {
  let last: { kept: number; unfinished: UnfinishedRow[] } | undefined
  await waitUntil(
    async () => {
      const row = await db('inbound_emails').count('* as all').first()
      last = { kept: Number(row?.all), unfinished: await listUnfinished(db) }
      return last.kept >= count && last.unfinished.length === 0
    },
    { timeoutMs, intervalMs, what: `${count} mails filed and all outgoing mail at rest` },
  ).catch((error: Error) => {
    const logs = desk.all.map((each) => `== ${each.name}\n${each.log().slice(-3000)}`).join('\n')
    throw new Error(`${error.message}; it was ${JSON.stringify(last)}\n${logs}`, { cause: error })
  })
}
