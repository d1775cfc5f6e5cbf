// Judges a run by what was given and what is there. Pure: no clock, no database.
import type { Account, Ledgers, Snapshot, Violation } from '../contracts.ts'
import { checkAnswers } from './check-answers.ts'
import { checkFiles } from './check-files.ts'
import { checkInbound, checkMailbox } from './check-inbound.ts'
import { checkMessages, checkOrder } from './check-messages.ts'
import { checkOutbound } from './check-outbound.ts'
import { gatherEvidence } from './evidence.ts'

/** Judges a desk at rest by I1 to I5, I9 and I10; the other invariants need time, see over-time.ts. */
export function checkInvariants(ledgers: Ledgers, snapshot: Snapshot): Account {
  const evidence = gatherEvidence(ledgers, snapshot)
  const outbound = checkOutbound(evidence)
  const violations = [
    ...checkInbound(evidence),
    ...checkMessages(evidence),
    ...checkFiles(evidence),
    ...outbound.violations,
    ...checkAnswers(evidence),
    ...checkMailbox(evidence),
    ...checkOrder(evidence),
  ]
  const count = (wanted: Violation['kind']) => violations.filter(({ kind }) => kind === wanted).length
  return {
    mails: ledgers.delivered.length,
    answers: ledgers.accepted.length,
    lost: count('lost'),
    doubled: count('doubled'),
    misthreaded: count('misthreaded'),
    listedDoubles: outbound.listedDoubles,
    uncertain: outbound.uncertain,
    violations,
  }
}
