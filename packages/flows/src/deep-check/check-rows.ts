// Rows that contradict each other, stand still, or wait for a person.
import { type Database, findRowFault, rowFaultNames } from '@maildesk/db'
import type { Findings } from './findings.ts'

/** A row that may be worked on and was not for longer stands still, milliseconds: five minutes. */
const overdueMs = 5 * 60 * 1000
const maxExamples = 10

/** @throws MaildeskError db.* */
export async function checkRows(
  db: Database,
  findings: Findings,
  onProgress: (text: string) => void,
): Promise<void> {
  for (const name of rowFaultNames) {
    const { count, examples } = await findRowFault(db, name, { overdueMs, maxExamples })
    onProgress(`rows: ${name}: ${count}`)
    if (count > 0) findings.add({ finding: name, of: `${count} rows`, detail: examples.join(' ') }, count)
  }
}
